//! Agile encryption (2.3.4.10 to 2.3.4.15): an XML description, a key encrypted under each way to open it, and the
//! package in segments.

use quick_xml::events::{BytesStart, Event};

use super::hash::{Hash, fitted};
use super::package::{Aes, Opened, Shut, body, no_password, unknown};
use super::{candidates, utf16};
use crate::blob::{Budget, Passwords, Reason};

/// Bytes of the package that are encrypted together.
const SEGMENT_BYTES: usize = 4096;
/// Most rounds that the specification allows (2.3.4.10); programs write 100,000.
const SPINS_MAX: u32 = 10_000_000;
/// Rounds between two looks at the clock: a few milliseconds.
const SPINS_STEP: u32 = 1 << 14;
/// Bytes of a description that are read; honest ones have 1 to 3 KiB.
const INFO_BYTES_MAX: usize = 1 << 16;
/// Ways to open one package that are tried; honest ones have one with a password.
const KEYS_MAX: usize = 4;

/// Ends of what is hashed for the three keys of a password (2.3.4.13).
const VERIFIER_INPUT: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const VERIFIER_VALUE: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const KEY_VALUE: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];

pub(super) fn open(info: &[u8], package: Vec<u8>, passwords: &Passwords, budget: &mut Budget) -> Result<Opened, Shut> {
    let info = info.get(8..).unwrap_or_default();
    let description = Description::read(info.get(..INFO_BYTES_MAX).unwrap_or(info));
    let Some(data) = &description.data else {
        return Err((Reason::PasswordProtected, "the description of the encryption is damaged".to_owned()));
    };
    if description.keys.is_empty() {
        return Err(match description.certificate {
            true => unknown("opens with a certificate, not with a password"),
            false => (Reason::PasswordProtected, "the description of the encryption is damaged".to_owned()),
        });
    }
    let cipher = data.cipher()?;
    let mut refused = no_password(passwords);
    for key in description.keys.iter().take(KEYS_MAX) {
        let algorithm = match key.cipher() {
            Ok(algorithm) if key.spins <= SPINS_MAX => algorithm,
            Ok(_) => {
                refused = (Reason::PasswordProtected, format!("{} rounds for each password", key.spins));
                continue;
            }
            Err(shut) => {
                refused = shut;
                continue;
            }
        };
        for (password, is_default) in candidates(passwords) {
            let late = |reason| (reason, "stopped trying passwords".to_owned());
            if let Some(secret) = key.secret(algorithm, password, cipher.key_bytes, budget).map_err(late)? {
                let bytes = decrypt(package, data, cipher, &secret).ok_or_else(|| no_password(passwords))?;
                return Ok(Opened { bytes, is_default });
            }
        }
    }
    Err(refused)
}

/// Decrypts the package, segment by segment (2.3.4.15).
fn decrypt(package: Vec<u8>, data: &Parameters, algorithm: Algorithm, secret: &[u8]) -> Option<Vec<u8>> {
    let aes = Aes::new(secret)?;
    let (length, mut bytes) = body(package);
    for (number, segment) in (0u32..).zip(bytes.chunks_mut(SEGMENT_BYTES)) {
        let vector = fitted(algorithm.hash.of(&data.salt, &number.to_le_bytes()), 16);
        aes.decrypt_chained(&vector, segment);
    }
    bytes.truncate(length);
    Some(bytes)
}

/// What the XML of the description says.
#[derive(Default)]
struct Description {
    /// How the package is encrypted.
    data: Option<Parameters>,
    /// How its key is encrypted, for each password.
    keys: Vec<Parameters>,
    /// Whether a certificate opens it.
    certificate: bool,
}

/// Attributes of `keyData` or of a password's `encryptedKey`.
#[derive(Default)]
struct Parameters {
    spins: u32,
    key_bits: u32,
    cipher: String,
    chaining: String,
    hash: String,
    salt: Vec<u8>,
    verifier_input: Vec<u8>,
    verifier_value: Vec<u8>,
    key_value: Vec<u8>,
}

/// Algorithms that are known.
#[derive(Clone, Copy)]
struct Algorithm {
    hash: Hash,
    key_bytes: usize,
}

impl Description {
    fn read(xml: &[u8]) -> Self {
        let mut reader = quick_xml::Reader::from_reader(xml);
        reader.config_mut().check_end_names = false;
        let mut description = Self::default();
        while let Ok(event) = reader.read_event() {
            let (Event::Start(tag) | Event::Empty(tag)) = event else {
                if matches!(event, Event::Eof) {
                    break;
                }
                continue;
            };
            match tag.local_name().as_ref() {
                "keyData" if description.data.is_none() => description.data = Some(Parameters::read(&tag)),
                // Certificates have an encryptedKey too, without rounds.
                "encryptedKey" => {
                    let key = Parameters::read(&tag);
                    match key.verifier_input.is_empty() {
                        true => description.certificate |= !key.key_value.is_empty(),
                        false => description.keys.push(key),
                    }
                }
                _ => {}
            }
        }
        description
    }
}

impl Parameters {
    fn read(tag: &BytesStart<'_>) -> Self {
        let mut parameters = Self::default();
        for attribute in tag.attributes().with_checks(false).flatten() {
            let text = || attribute.value.to_string();
            let number = || text().parse().unwrap_or(u32::MAX);
            match attribute.key.local_name().as_ref() {
                "spinCount" => parameters.spins = number(),
                "keyBits" => parameters.key_bits = number(),
                "cipherAlgorithm" => parameters.cipher = text(),
                "cipherChaining" => parameters.chaining = text(),
                "hashAlgorithm" => parameters.hash = text(),
                "saltValue" => parameters.salt = base64(attribute.value.as_bytes()),
                "encryptedVerifierHashInput" => parameters.verifier_input = base64(attribute.value.as_bytes()),
                "encryptedVerifierHashValue" => parameters.verifier_value = base64(attribute.value.as_bytes()),
                "encryptedKeyValue" => parameters.key_value = base64(attribute.value.as_bytes()),
                _ => {}
            }
        }
        parameters
    }

    fn cipher(&self) -> Result<Algorithm, Shut> {
        let key_bytes = self.key_bits as usize / 8;
        if self.cipher != "AES" || self.chaining != "ChainingModeCBC" || !matches!(key_bytes, 16 | 24 | 32) {
            return Err(unknown("encrypted with a cipher that is not known"));
        }
        let hash = Hash::named(&self.hash).ok_or_else(|| unknown("encrypted with a hash that is not known"))?;
        Ok(Algorithm { hash, key_bytes })
    }

    /// The key of the package, if `password` fits (2.3.4.13).
    #[allow(clippy::arithmetic_side_effects, reason = "the rounds left over are asked for first")]
    fn secret(
        &self,
        algorithm: Algorithm,
        password: &str,
        length: usize,
        budget: &Budget,
    ) -> Result<Option<Vec<u8>>, Reason> {
        let mut hash = algorithm.hash.of(&self.salt, &utf16(password));
        let mut round = 0;
        while round < self.spins {
            budget.time()?;
            let step = SPINS_STEP.min(self.spins - round);
            algorithm.hash.spin(&mut hash, round, step);
            round += step;
        }
        let opened = |purpose: &[u8], bytes: &[u8]| {
            let key = fitted(algorithm.hash.of(&hash, purpose), algorithm.key_bytes);
            let mut bytes = bytes.to_vec();
            if let Some(aes) = Aes::new(&key) {
                aes.decrypt_chained(&self.salt, &mut bytes);
            }
            bytes
        };
        let mut input = opened(&VERIFIER_INPUT, &self.verifier_input);
        // The input is as long as the salt; behind it there may be padding.
        input.truncate(self.salt.len().max(1));
        let told = opened(&VERIFIER_VALUE, &self.verifier_value);
        let hashed = algorithm.hash.of(&input, &[]);
        if told.get(..hashed.len()) != Some(&hashed) {
            return Ok(None);
        }
        let mut secret = opened(&KEY_VALUE, &self.key_value);
        secret.truncate(length);
        Ok(Some(secret))
    }
}

/// Decodes base64 (RFC 4648, clause 4); whatever is no character of it is passed over.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "digits taken from the start of their ranges, and at most thirteen bits held"
)]
fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn info(spins: &str) -> Vec<u8> {
        let (a, b) = ("saltValue=\"AAAAAAAAAAAAAAAAAAAAAA==\"", "cipherAlgorithm=\"AES\" hashAlgorithm=\"SHA512\"");
        let c = "keyBits=\"256\" cipherChaining=\"ChainingModeCBC\"";
        let d = "encryptedVerifierHashInput=\"AAAAAAAAAAAAAAAAAAAAAA==\" encryptedVerifierHashValue=\"AAAA\"";
        let xml = format!(
            "<encryption><keyData {a} {b} {c}/><p:encryptedKey spinCount=\"{spins}\" {a} {b} {c} {d}/></encryption>"
        );
        [&[4, 0, 4, 0, 0x40, 0, 0, 0], xml.as_bytes()].concat()
    }

    #[test]
    fn endless_rounds_are_not_begun_and_many_stop_in_time() {
        let of = |spins: &str, time_max| {
            let limits = Limits { time_max, ..Limits::default() };
            open(&info(spins), vec![0; 64], &Passwords::default(), &mut Budget::new(&limits)).unwrap_err().0
        };
        let long = std::time::Duration::from_secs(60);
        assert_eq!(of("10", long), Reason::PasswordProtected);
        for endless in ["4294967295", "99999999999999", "-1", "10000001"] {
            assert_eq!(of(endless, long), Reason::PasswordProtected);
        }
        assert_eq!(of("10000000", std::time::Duration::from_millis(20)), Reason::Timeout);
    }

    #[test]
    fn base64_is_read_past_line_ends() {
        assert_eq!(base64(b"Zm9v\r\nYmE="), b"fooba");
        assert_eq!(base64(b"?"), b"");
    }
}
