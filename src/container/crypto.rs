//! Encryption of archives, undone with a password: ZipCrypto (APPNOTE 6.1), WinZip AES (AE-1, AE-2) and 7z AES-256.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "sizes of keys, salts and blocks, and rounds that are held against a limit"
)]

use std::io::{self, Read};

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use flate2::Crc;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::blob::{Budget, Reason};

const BLOCK_BYTES: usize = 16;

/// The bytes that a password may have been when it was typed: UTF-8, and the code pages of old tools.
pub fn spellings(password: &str) -> Vec<Vec<u8>> {
    let mut out = vec![password.as_bytes().to_vec()];
    if !password.is_ascii() {
        let latin: Option<Vec<u8>> = password.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let dos: Option<Vec<u8>> = password.chars().map(crate::blob::cp437::encode).collect();
        out.extend(latin);
        out.extend(dos);
    }
    out
}

/// Keys of the traditional encryption of PKWARE.
#[derive(Clone)]
pub struct ZipCrypto([u32; 3]);

impl ZipCrypto {
    /// Bytes in front of the data that hold nothing but a check.
    pub const HEADER_BYTES: usize = 12;

    /// The keys for a password.
    pub fn new(password: &[u8]) -> Self {
        let mut keys = Self([0x1234_5678, 0x2345_6789, 0x3456_7890]);
        password.iter().for_each(|byte| keys.update(*byte));
        keys
    }

    fn update(&mut self, byte: u8) {
        let [a, b, c] = &mut self.0;
        *a = crc_step(*a, byte);
        *b = b.wrapping_add(*a & 0xFF).wrapping_mul(134_775_813).wrapping_add(1);
        *c = crc_step(*c, (*b >> 24) as u8);
    }

    fn next(&mut self, byte: u8) -> u8 {
        let [_, _, c] = self.0;
        let t = (c | 2) & 0xFFFF;
        let plain = byte ^ (t.wrapping_mul(t ^ 1) >> 8) as u8;
        self.update(plain);
        plain
    }

    /// Decrypts `data` after its header if the last byte of that is one of `checks`: 1 in 256 wrong passwords pass.
    pub fn open(mut self, data: &[u8], checks: &[u8]) -> Option<Vec<u8>> {
        let (header, data) = data.split_at_checked(Self::HEADER_BYTES)?;
        let last = header.iter().map(|byte| self.next(*byte)).last()?;
        checks.contains(&last).then(|| data.iter().map(|byte| self.next(*byte)).collect())
    }
}

/// The checksum of zip, a byte further, without the two complements.
fn crc_step(value: u32, byte: u8) -> u32 {
    CRC_TABLE.get((value ^ u32::from(byte)) as usize & 0xFF).copied().unwrap_or(0) ^ (value >> 8)
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut value, mut bit) = (i as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which checks it")]
        {
            table[i] = value;
        }
        i += 1;
    }
    table
};

/// What the extra field of a member with AES says (0x9901).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WinZipAes {
    /// 1, 2 or 3: keys of 128, 192 or 256 bits.
    pub strength: u8,
    /// The method the data was packed with before it was encrypted.
    pub method: u16,
    /// Whether the checksum of the member counts (AE-1).
    pub checked: bool,
}

/// What became of opening something with a password.
pub enum Opened {
    /// The password was right.
    Right(Vec<u8>),
    /// It fits, but the data was changed since.
    Changed(Vec<u8>),
}

impl WinZipAes {
    /// Reads the extra field with this number from the extra fields of a member.
    pub fn find(mut extra: &[u8]) -> Option<Self> {
        while let [a, b, c, d, rest @ ..] = extra {
            let length = usize::from(u16::from_le_bytes([*c, *d]));
            if [*a, *b] == [0x01, 0x99] {
                return match rest {
                    [version, _, _, _, strength @ 1..=3, low, high, ..] => Some(Self {
                        strength: *strength,
                        method: u16::from_le_bytes([*low, *high]),
                        checked: *version != 2,
                    }),
                    _ => None,
                };
            }
            extra = rest.get(length..).unwrap_or_default();
        }
        None
    }

    /// Decrypts `data` (salt, check, encrypted bytes, code of ten bytes).
    pub fn open(self, data: &[u8], password: &[u8]) -> Option<Opened> {
        const CODE_BYTES: usize = 10;
        let (key_bytes, salt_bytes) = match self.strength {
            1 => (16, 8),
            2 => (24, 12),
            _ => (32, 16),
        };
        let (salt, rest) = data.split_at_checked(salt_bytes)?;
        let (check, rest) = rest.split_at_checked(2)?;
        let mut derived = [0; 66];
        let derived = derived.get_mut(..2 * key_bytes + 2)?;
        derive(password, salt, derived)?;
        if derived.get(2 * key_bytes..)? != check {
            return None;
        }
        let (sealed, code) = rest.split_at_checked(rest.len().saturating_sub(CODE_BYTES))?;
        let mut mac = Hmac::<Sha1>::new_from_slice(derived.get(key_bytes..2 * key_bytes)?).ok()?;
        mac.update(sealed);
        let whole = mac.finalize().into_bytes().get(..CODE_BYTES) == Some(code);
        let mut plain = sealed.to_vec();
        let key = derived.get(..key_bytes)?;
        match self.strength {
            1 => count(&Aes128::new_from_slice(key).ok()?, &mut plain),
            2 => count(&Aes192::new_from_slice(key).ok()?, &mut plain),
            _ => count(&Aes256::new_from_slice(key).ok()?, &mut plain),
        }
        Some(if whole { Opened::Right(plain) } else { Opened::Changed(plain) })
    }
}

/// PBKDF2 with HMAC-SHA-1 and the thousand rounds of WinZip (RFC 8018, 5.2).
fn derive(password: &[u8], salt: &[u8], out: &mut [u8]) -> Option<()> {
    const ROUNDS: u32 = 1000;
    let keyed = Hmac::<Sha1>::new_from_slice(password).ok()?;
    for (index, piece) in out.chunks_mut(20).enumerate() {
        let mut mac = keyed.clone();
        mac.update(salt);
        mac.update(&(u32::try_from(index).ok()? + 1).to_be_bytes());
        let mut block = mac.finalize().into_bytes();
        let mut sum = block;
        for _ in 1..ROUNDS {
            let mut mac = keyed.clone();
            mac.update(&block);
            block = mac.finalize().into_bytes();
            sum.iter_mut().zip(&block).for_each(|(sum, byte)| *sum ^= byte);
        }
        piece.iter_mut().zip(&sum).for_each(|(out, byte)| *out = *byte);
    }
    Some(())
}

/// Counter mode with a little-endian counter that starts at 1.
fn count<C: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>>(cipher: &C, data: &mut [u8]) {
    for (index, piece) in data.chunks_mut(BLOCK_BYTES).enumerate() {
        let mut block = Array::from((index as u128 + 1).to_le_bytes());
        cipher.encrypt_block(&mut block);
        piece.iter_mut().zip(&block).for_each(|(byte, key)| *byte ^= key);
    }
}

/// What the AES coder of 7z is told: rounds, salt, first vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SevenZipAes {
    power: u8,
    salt: Vec<u8>,
    vector: [u8; BLOCK_BYTES],
}

impl SevenZipAes {
    /// Reads the properties of the coder.
    pub fn read(properties: &[u8]) -> Option<Self> {
        let (first, second) = (*properties.first()?, properties.get(1).copied().unwrap_or(0));
        let salt_bytes = usize::from(first >> 7) + usize::from(second >> 4);
        let vector_bytes = usize::from(first >> 6 & 1) + usize::from(second & 15);
        let salt = properties.get(2..2 + salt_bytes).unwrap_or_default().to_vec();
        let told = properties.get(2 + salt_bytes..).and_then(|rest| rest.get(..vector_bytes)).unwrap_or_default();
        let mut vector = [0; BLOCK_BYTES];
        vector.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
        Some(Self { power: first & 0x3F, salt, vector })
    }

    /// Whether the same password makes the same key for `other`.
    pub fn same_key(&self, other: &Self) -> bool {
        self.power == other.power && self.salt == other.salt
    }

    /// The key for a password: many rounds of SHA-256 over salt, password in UTF-16 and a counter.
    ///
    /// # Errors
    /// More rounds than there is time for.
    pub fn key(&self, password: &str, budget: &Budget) -> Result<[u8; 32], Reason> {
        /// 2^24 rounds take seconds; tools write 2^19.
        const POWER_MAX: u8 = 24;
        let mut input = self.salt.clone();
        input.extend(password.encode_utf16().flat_map(u16::to_le_bytes));
        if self.power == 0x3F {
            let mut key = [0; 32];
            key.iter_mut().zip(&input).for_each(|(to, from)| *to = *from);
            return Ok(key);
        }
        if self.power > POWER_MAX {
            return Err(Reason::UnsupportedType);
        }
        let at = input.len();
        input.extend([0; 8]);
        let mut hash = Sha256::new();
        for round in 0..1u64 << self.power {
            if round % 65_536 == 0 {
                budget.time()?;
            }
            if let Some(counter) = input.get_mut(at..) {
                counter.copy_from_slice(&round.to_le_bytes());
            }
            hash.update(&input);
        }
        Ok(hash.finalize().into())
    }

    /// What `data` is without the encryption.
    pub fn decrypt<'a>(&self, key: &[u8; 32], data: impl Read + 'a) -> impl Read + 'a {
        Chained { cipher: Aes256::new(&Array::from(*key)), vector: self.vector, data, block: [0; BLOCK_BYTES], left: 0 }
    }
}

/// How RAR 5 encrypts: rounds of PBKDF2, salt, first vector, and a value that tells wrong passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RarAes {
    /// Binary logarithm of the number of rounds.
    pub power: u8,
    /// Salt of the key.
    pub salt: [u8; 16],
    /// What the first block is chained to.
    pub vector: [u8; BLOCK_BYTES],
    /// What the right password gives after some more rounds.
    pub check: Option<[u8; 8]>,
    /// Checksums depend on the password and cannot be compared.
    pub tweaked: bool,
}

impl RarAes {
    /// The key for a password; `None` if that is wrong.
    ///
    /// # Errors
    /// More rounds than there is time for.
    pub fn key(&self, password: &str, budget: &Budget) -> Result<Option<[u8; 32]>, Reason> {
        /// The most that the specification allows; tools write 2^15.
        const POWER_MAX: u8 = 24;
        /// Rounds behind those of the key to a value for checksums, and from that to the check.
        const MORE_ROUNDS: u64 = 16;
        if self.power > POWER_MAX {
            return Err(Reason::UnsupportedType);
        }
        let Ok(keyed) = Hmac::<Sha256>::new_from_slice(password.as_bytes()) else { return Ok(None) };
        let mut mac = keyed.clone();
        mac.update(&self.salt);
        mac.update(&1u32.to_be_bytes());
        let mut block = mac.finalize().into_bytes();
        let mut sum = block;
        let rounds = 1u64 << self.power;
        let mut key = [0; 32];
        for round in 1..=rounds + 2 * MORE_ROUNDS {
            if round == rounds {
                key = sum.into();
            }
            if round % 65_536 == 0 {
                budget.time()?;
            }
            if round == rounds + 2 * MORE_ROUNDS {
                break;
            }
            let mut mac = keyed.clone();
            mac.update(&block);
            block = mac.finalize().into_bytes();
            sum.iter_mut().zip(&block).for_each(|(sum, byte)| *sum ^= byte);
        }
        let mut check = [0u8; 8];
        for piece in sum.chunks(8) {
            check.iter_mut().zip(piece).for_each(|(check, byte)| *check ^= byte);
        }
        Ok(Some(key).filter(|_| self.check.is_none_or(|told| told == check)))
    }

    /// What `data` is without the encryption, filled up to whole blocks.
    pub fn decrypt(vector: &[u8; BLOCK_BYTES], key: &[u8; 32], data: &[u8]) -> Vec<u8> {
        let cipher = Aes256::new(&Array::from(*key));
        let mut last = *vector;
        let mut out = Vec::with_capacity(data.len());
        for sealed in data.as_chunks::<BLOCK_BYTES>().0 {
            let mut block = Array::from(*sealed);
            cipher.decrypt_block(&mut block);
            out.extend(block.iter().zip(&last).map(|(byte, key)| byte ^ key));
            last = *sealed;
        }
        out
    }
}

/// Key and vector of RAR 3 and 4 for a password and a salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldRarKey {
    key: [u8; 16],
    vector: [u8; BLOCK_BYTES],
}

impl OldRarKey {
    /// Rounds of SHA-1 over salt, password in UTF-16 and a counter of three bytes; some of the states on the way give
    /// the vector.
    ///
    /// # Errors
    /// The time is up.
    pub fn new(password: &str, salt: &[u8], budget: &Budget) -> Result<Self, Reason> {
        const ROUNDS: u32 = 1 << 18;
        const ROUNDS_A_BYTE: u32 = ROUNDS / 16;
        budget.time()?;
        let mut input: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        input.extend_from_slice(salt);
        let mut hash = Sha1::new();
        let mut vector = [0; BLOCK_BYTES];
        let mut places = vector.iter_mut();
        for round in 0..ROUNDS {
            hash.update(&input);
            hash.update(round.to_le_bytes().get(..3).unwrap_or_default());
            if round % ROUNDS_A_BYTE == 0
                && let Some(place) = places.next()
            {
                *place = hash.clone().finalize().last().copied().unwrap_or(0);
            }
        }
        let digest = hash.finalize();
        let mut key = [0; 16];
        for (to, from) in key.chunks_mut(4).zip(digest.chunks(4)) {
            to.iter_mut().zip(from.iter().rev()).for_each(|(to, from)| *to = *from);
        }
        Ok(Self { key, vector })
    }

    /// What `data` is without the encryption, filled up to whole blocks.
    pub fn decrypt(&self, data: &[u8]) -> Vec<u8> {
        let cipher = Aes128::new(&Array::from(self.key));
        let mut last = self.vector;
        let mut out = Vec::with_capacity(data.len());
        for sealed in data.as_chunks::<BLOCK_BYTES>().0 {
            let mut block = Array::from(*sealed);
            cipher.decrypt_block(&mut block);
            out.extend(block.iter().zip(&last).map(|(byte, key)| byte ^ key));
            last = *sealed;
        }
        out
    }
}

/// Cipher block chaining, undone.
struct Chained<R> {
    cipher: Aes256,
    vector: [u8; BLOCK_BYTES],
    data: R,
    block: [u8; BLOCK_BYTES],
    /// Bytes of the block that were not yet given away.
    left: usize,
}

impl<R: Read> Chained<R> {
    fn advance(&mut self) -> io::Result<bool> {
        let mut sealed = [0; BLOCK_BYTES];
        let mut filled = 0;
        while let Some(space) = sealed.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.data.read(space)? {
                0 => return Ok(false),
                got => filled += got,
            }
        }
        let mut block = Array::from(sealed);
        self.cipher.decrypt_block(&mut block);
        self.block = block.into();
        self.block.iter_mut().zip(&self.vector).for_each(|(byte, key)| *byte ^= key);
        (self.vector, self.left) = (sealed, BLOCK_BYTES);
        Ok(true)
    }
}

impl<R: Read> Read for Chained<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(space) = buffer.get_mut(done..).filter(|space| !space.is_empty()) {
            if self.left == 0 && !self.advance()? {
                break;
            }
            let held = self.block.get(BLOCK_BYTES - self.left..).unwrap_or_default();
            let got = held.len().min(space.len());
            space.iter_mut().zip(held).for_each(|(to, from)| *to = *from);
            self.left -= got;
            done += got;
        }
        Ok(done)
    }
}

/// CRC-32 of some bytes (APPNOTE 4.4.7).
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_spellings() {
        assert_eq!(spellings("abc"), [b"abc".to_vec()]);
        assert_eq!(spellings("\u{fc}"), [vec![0xC3, 0xBC], vec![0xFC], vec![0x81]]);
        assert_eq!(spellings("\u{5bc6}").len(), 1);
    }

    /// The published vectors of RFC 6070 stand for other lengths and rounds; this is PBKDF2-HMAC-SHA-1 of "password",
    /// "salt", 1,000 rounds, as Python's hashlib gives it.
    #[test]
    fn keys_are_derived() {
        let mut key = [0; 20];
        derive(b"password", b"salt", &mut key).unwrap();
        assert_eq!(key[..8], [0x6E, 0x88, 0xBE, 0x8B, 0xAD, 0x7E, 0xAE, 0x9D]);
    }

    #[test]
    fn extra_fields_that_lie_are_none() {
        let field = [0x01, 0x99, 7, 0, 2, 0, b'A', b'E', 3, 8, 0];
        assert_eq!(WinZipAes::find(&field), Some(WinZipAes { strength: 3, method: 8, checked: false }));
        assert_eq!(WinZipAes::find(&[&[7, 7, 2, 0, 0, 0][..], &field].concat()).map(|aes| aes.strength), Some(3));
        for length in 0..field.len() {
            assert_eq!(WinZipAes::find(&field[..length]), None);
        }
    }
}
