//! What the service needs and the library does not do: programs are run and files are mapped by the caller.

use std::path::Path;
use std::sync::Arc;

use crate::document::Ocr;
use crate::find::{Detector, Key};

/// Opens what rules and pictures are looked at with.
pub trait Tools: Send + Sync {
    /// An index of exact data, with whichever of the keys is its own. `secondary_min`: other columns that a row must
    /// have, at least, in the place of those that the index asks for.
    ///
    /// # Errors
    /// Why it cannot be opened.
    fn index(&self, path: &Path, keys: &[Key], secondary_min: Option<usize>) -> Result<Arc<dyn Detector>, String>;

    /// Fingerprints of documents, with whichever of the keys is their own, if they need one.
    ///
    /// # Errors
    /// Why they cannot be opened.
    fn fingerprints(&self, path: &Path, keys: &[Key]) -> Result<Arc<dyn Detector>, String>;

    /// What recognises characters of these languages.
    ///
    /// # Errors
    /// What is missing.
    fn ocr(&self, languages: &str) -> Result<Arc<dyn Ocr>, String>;
}
