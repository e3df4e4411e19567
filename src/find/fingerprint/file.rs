//! The file of fingerprints. All numbers are little-endian.
//!
//! ```text
//! 8 magic, 4 version, 1 keyed or not, 3 zero, 32 salt, 16 check of the key, 4 bytes of JSON
//! JSON: a list of prints
//! 8 each: the hashes kept, print by print, sorted
//! 32 HMAC-SHA-256 of all before
//! ```

use std::collections::HashSet;

use hmac::Mac;

use super::search::Table;
use super::{Error, Fingerprints, PRINTS_MAX, Print};
use crate::find::Key;

const MAGIC: [u8; 8] = *b"frisk-fp";
pub(super) const VERSION: u32 = 1;
const SALT_AT: usize = 16;
const CHECK_AT: usize = SALT_AT + 32;
const LENGTH_AT: usize = CHECK_AT + 16;
const HEAD_BYTES: usize = LENGTH_AT + 4;

impl Fingerprints {
    /// The file of these fingerprints.
    #[allow(clippy::arithmetic_side_effects, reason = "a file in memory, written from lists in memory")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(&self.prints).unwrap_or_default();
        let mut out = Vec::with_capacity(HEAD_BYTES + json.len() + 8 * self.hashes.iter().map(Vec::len).sum::<usize>());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[u8::from(self.keyed), 0, 0, 0]);
        out.extend_from_slice(&self.salt);
        out.extend_from_slice(&self.key.short("fingerprint check", &self.salt));
        out.extend_from_slice(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&json);
        self.hashes.iter().flatten().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
        if let Some(mac) = self.key.mac("fingerprint tag", &self.salt) {
            out.extend_from_slice(&mac.chain_update(&out).finalize().into_bytes());
        }
        out
    }

    /// Whether a file says that its hashes are under a secret key; `None` if it is no file of fingerprints.
    pub fn needs_key(bytes: &[u8]) -> Option<bool> {
        let keyed = bytes.get(12)?;
        bytes.starts_with(&MAGIC).then_some(*keyed != 0)
    }

    /// Opens a file. `key` is not looked at when the file was made without one.
    ///
    /// # Errors
    /// Another file, version or key; damaged.
    pub fn open(bytes: &[u8], key: Option<&Key>) -> Result<Self, Error> {
        let keyed = Self::needs_key(bytes).ok_or(Error::Foreign)?;
        let version = bytes.get(8..).and_then(<[u8]>::first_chunk).map_or(0, |b| u32::from_le_bytes(*b));
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let salt = *bytes.get(SALT_AT..).and_then(<[u8]>::first_chunk::<32>).ok_or(Error::Damaged)?;
        let key = if keyed { key.cloned() } else { Key::public() }.ok_or(Error::Key)?;
        let check = bytes.get(CHECK_AT..LENGTH_AT).ok_or(Error::Damaged)?;
        if check != key.short("fingerprint check", &salt) {
            return Err(if keyed { Error::Key } else { Error::Damaged });
        }
        let (body, tag) = bytes.split_last_chunk::<32>().ok_or(Error::Damaged)?;
        let mac = key.mac("fingerprint tag", &salt).ok_or(Error::Key)?.chain_update(body);
        mac.verify_slice(tag).map_err(|_| Error::Damaged)?;
        let (prints, hashes) = parse(body).ok_or(Error::Damaged)?;
        let table = Table::new(&hashes);
        Ok(Self { key, keyed, salt, prints, hashes, exceptions: HashSet::new(), table })
    }
}

/// Takes apart what the tag speaks for; counts are checked all the same.
fn parse(body: &[u8]) -> Option<(Vec<Print>, Vec<Vec<u64>>)> {
    let length = usize::try_from(u32::from_le_bytes(*body.get(LENGTH_AT..)?.first_chunk()?)).ok()?;
    let (json, mut rest) = body.get(HEAD_BYTES..)?.split_at_checked(length)?;
    let prints: Vec<Print> = serde_json::from_slice(json).ok()?;
    if prints.len() > PRINTS_MAX {
        return None;
    }
    let mut hashes = Vec::with_capacity(prints.len());
    for print in &prints {
        print.settings.check().ok()?;
        let (own, others) = rest.split_at_checked(print.kept.checked_mul(8)?)?;
        let number = |chunk: &[u8]| chunk.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
        hashes.push(own.chunks_exact(8).map(number).collect());
        rest = others;
    }
    rest.is_empty().then_some((prints, hashes))
}
