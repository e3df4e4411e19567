//! Hash algorithms that a package may name (2.3.4.10), and keys and vectors of hashes.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The algorithm of that name in an agile descriptor. MD2, MD4, RIPEMD and Whirlpool are known to the
    /// specification and, as far as we know, to no program that writes documents.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => Self::Md5,
            "SHA1" => Self::Sha1,
            "SHA256" => Self::Sha256,
            "SHA384" => Self::Sha384,
            "SHA512" => Self::Sha512,
            _ => return None,
        })
    }

    /// The hash of `a` followed by `b`.
    pub(super) fn of(self, a: &[u8], b: &[u8]) -> Vec<u8> {
        fn with<D: Digest>(a: &[u8], b: &[u8]) -> Vec<u8> {
            D::new().chain_update(a).chain_update(b).finalize().to_vec()
        }
        match self {
            Self::Md5 => with::<Md5>(a, b),
            Self::Sha1 => with::<Sha1>(a, b),
            Self::Sha256 => with::<Sha256>(a, b),
            Self::Sha384 => with::<Sha384>(a, b),
            Self::Sha512 => with::<Sha512>(a, b),
        }
    }

    /// `hash`, hashed again `count` times, each time behind the number of the round from `first` on.
    pub(super) fn spin(self, hash: &mut Vec<u8>, first: u32, count: u32) {
        fn with<D: Digest>(hash: &mut Vec<u8>, first: u32, count: u32) {
            let mut last = D::new().chain_update(first.to_le_bytes()).chain_update(&*hash).finalize();
            for round in first.saturating_add(1)..first.saturating_add(count) {
                last = D::new().chain_update(round.to_le_bytes()).chain_update(&last).finalize();
            }
            *hash = last.to_vec();
        }
        if count == 0 {
            return;
        }
        match self {
            Self::Md5 => with::<Md5>(hash, first, count),
            Self::Sha1 => with::<Sha1>(hash, first, count),
            Self::Sha256 => with::<Sha256>(hash, first, count),
            Self::Sha384 => with::<Sha384>(hash, first, count),
            Self::Sha512 => with::<Sha512>(hash, first, count),
        }
    }
}

/// `bytes` cut or filled with 0x36 to `length` (2.3.4.11, 2.3.4.12).
pub(super) fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}
