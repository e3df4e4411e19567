//! Encrypted streams (2.2.10, 2.4.117).

use super::super::Options;

/// The stream without its encryption; none if no password opens it.
pub(super) fn open(_stream: &[u8], _file_pass: &[u8], _options: &Options) -> Option<Vec<u8>> {
    None
}
