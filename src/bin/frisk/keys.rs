//! Secret keys of indexes and fingerprints: from files or the environment, never from flags, which others can see.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use frisk::find::{KEY_BYTES_MIN, Key};

use crate::atomic::Atomic;
use crate::{Failure, say};

/// Environment variable with the key.
pub const VARIABLE: &str = "FRISK_EDM_KEY";
/// Bytes of a key file; a larger file is no key.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// The keys of these files, and the one of the environment, if it is set.
pub fn keys(files: &[PathBuf]) -> Result<Vec<Key>, Failure> {
    let mut keys = files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    if let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        keys.push(key(value.as_encoded_bytes(), VARIABLE)?);
    }
    Ok(keys)
}

/// The key to build with, if there is one.
pub fn key_to_build(file: Option<&Path>) -> Result<Option<Key>, Failure> {
    // A file is named on purpose, the environment may be set for other runs.
    let keys = match file {
        Some(path) => vec![read(path)?],
        None => keys(&[])?,
    };
    Ok(keys.into_iter().next())
}

/// The key in the file beside an index, `INDEX.key`, if there is one.
pub fn key_beside(index: &Path) -> Result<Option<Key>, Failure> {
    let path = beside(index);
    if path.exists() { read(&path).map(Some) } else { Ok(None) }
}

/// Writes a new random key beside an index, for its owner alone, and says where.
pub fn make_key_beside(index: &Path) -> Result<Key, Failure> {
    let path = beside(index);
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|e| Failure::broken(format!("no random numbers: {e}")))?;
    let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let written = Atomic::create(&path).and_then(|mut file| {
        writeln!(file, "{text}")?;
        file.finish()
    });
    written.map_err(|e| Failure::broken(format!("cannot write {}: {e}", path.display())))?;
    say(&format!(
        "{}: a new key; whoever has it and the index can try values against it: keep them apart",
        path.display()
    ));
    read(&path)
}

fn beside(index: &Path) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

fn read(path: &Path) -> Result<Key, Failure> {
    let name = path.display().to_string();
    let fail = |e: std::io::Error| Failure::usage(format!("{name}: {e}"));
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let file = File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::usage(format!("{name}: is too large for a key")));
    }
    key(&bytes, &name)
}

/// White space around a key is the editor's, not the key's.
fn key(bytes: &[u8], from: &str) -> Result<Key, Failure> {
    Key::new(bytes.trim_ascii()).ok_or_else(|| {
        let how = "to make one: head -c 32 /dev/urandom | base64 > FILE";
        Failure::usage(format!("{from}: a key has at least {KEY_BYTES_MIN} bytes\n  = {how}"))
    })
}
