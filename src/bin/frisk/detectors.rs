//! Sources of matches beside the rules: indexes of exact data, fingerprints of documents.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use frisk::find::edm::{EdmIndex, Error};
use frisk::find::fingerprint::{self, Fingerprints};
use frisk::find::{Key, RulesetBuilder};

use crate::Failure;
use crate::args::RuleArgs;
use crate::keys::{VARIABLE, key_beside, keys};
use crate::map::mapped;

/// Bytes from which on an index is mapped instead of read.
const MAP_BYTES_MIN: u64 = 16 << 20;
/// Bytes of a file of fingerprints; ten thousand forms take less.
const FINGERPRINT_BYTES_MAX: u64 = 1 << 30;

/// Adds what the flags name.
pub fn add(mut builder: RulesetBuilder, args: &RuleArgs) -> Result<RulesetBuilder, Failure> {
    if args.edm.is_empty() && args.fingerprints.is_empty() {
        return Ok(builder);
    }
    let keys = keys(&args.edm_key_file)?;
    let fail = |e: frisk::find::RuleError| Failure::usage(e.to_string());
    for path in &args.edm {
        let mut index = open_index(path, &keys)?;
        if let Some(least) = args.edm_min_secondary {
            index = index.with_secondary_min(least);
        }
        builder = builder.detector(Arc::new(index)).map_err(fail)?;
    }
    for path in &args.fingerprints {
        builder = builder.detector(Arc::new(open_fingerprints(path, &keys)?)).map_err(fail)?;
    }
    Ok(builder)
}

/// Opens an index with whichever of the keys is its own.
pub fn open_index(path: &Path, keys: &[Key]) -> Result<EdmIndex, Failure> {
    let beside = key_beside(path)?;
    if keys.is_empty() && beside.is_none() {
        let how = format!("give --edm-key-file FILE, or set {VARIABLE}");
        return Err(Failure::usage(format!("{}: needs the key it was built with\n  = {how}", path.display())));
    }
    let fail = |e: &dyn std::fmt::Display| Failure::usage(format!("{}: {e}", path.display()));
    for key in keys.iter().chain(&beside) {
        match open(path, key).map_err(|e| fail(&e))? {
            Err(Error::Key) => {}
            Err(error) => return Err(fail(&error)),
            Ok(index) => return Ok(index),
        }
    }
    Err(fail(&Error::Key))
}

fn open(path: &Path, key: &Key) -> std::io::Result<Result<EdmIndex, Error>> {
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size >= MAP_BYTES_MIN {
        return Ok(EdmIndex::open(mapped(&file)?, key));
    }
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(MAP_BYTES_MIN).read_to_end(&mut bytes)?;
    Ok(EdmIndex::open(bytes, key))
}

/// Opens fingerprints with whichever of the keys is their own, if they need one.
pub fn open_fingerprints(path: &Path, keys: &[Key]) -> Result<Fingerprints, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::usage(format!("{}: {e}", path.display()));
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let file = File::open(path).map_err(|e| fail(&e))?;
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(FINGERPRINT_BYTES_MAX).read_to_end(&mut bytes).map_err(|e| fail(&e))?;
    if Fingerprints::needs_key(&bytes) != Some(true) {
        return Fingerprints::open(&bytes, None).map_err(|e| fail(&e));
    }
    if keys.is_empty() {
        let how = format!("give --edm-key-file FILE, or set {VARIABLE}");
        return Err(Failure::usage(format!("{}: needs the key it was made with\n  = {how}", path.display())));
    }
    for key in keys {
        match Fingerprints::open(&bytes, Some(key)) {
            Err(fingerprint::Error::Key) => {}
            opened => return opened.map_err(|e| fail(&e)),
        }
    }
    Err(fail(&fingerprint::Error::Key))
}
