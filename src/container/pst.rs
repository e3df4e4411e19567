//! Outlook stores (MS-PST).
use super::Visit;
use crate::blob::{Budget, Gap, Reason};
/// x
pub fn unpack(_bytes: &[u8], _budget: &mut Budget, gaps: &mut Vec<Gap>, _visit: &mut Visit<'_>) {
    gaps.push(Gap::new(Reason::UnsupportedType, "", ""));
}
