//! XOR obfuscation (2.3.7): what documents up to Office 95 call a password.

use encoding_rs::Encoding;

use super::candidates;
use crate::blob::Passwords;

/// What a document is XORed with: 16 bytes, over and over.
#[derive(Clone)]
pub struct XorKey {
    array: [u8; 16],
    is_default: bool,
}

/// Longest password, in bytes; what programs take of a longer one.
const PASSWORD_BYTES_MAX: usize = 15;

/// PadArray: what fills up a password to 16 bytes.
const PAD: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00];

/// InitialCode: where the key starts, by the length of the password.
const INITIAL: [u16; PASSWORD_BYTES_MAX] = [
    0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A,
    0x4EC3,
];

/// First column of XorMatrix, a row for each character; the columns beside it follow by [`doubled`].
const MATRIX: [u16; PASSWORD_BYTES_MAX] = [
    0xAEFC, 0x7B61, 0x4563, 0x0375, 0xD849, 0x6F45, 0xEB23, 0x47D3, 0xB861, 0x45A0, 0xAA51, 0x76B4, 0x3730, 0x3331,
    0x1021,
];

impl XorKey {
    /// The key that belongs to `key` and `verifier` of a document, if one of `passwords` or the default password fits.
    ///
    /// In a workbook they stand in the record FilePass (MS-XLS 2.5.343), in a Word document they are the two halves of
    /// the FIB's `lKey` (2.3.7.4: the key is its upper half). Passwords are tried in the code pages of Windows.
    pub fn open(key: u16, verifier: u16, passwords: &Passwords) -> Option<Self> {
        candidates(passwords).find_map(|(password, is_default)| {
            let mut bytes = ansi(password).into_iter();
            bytes.find_map(|mut bytes| {
                bytes.truncate(PASSWORD_BYTES_MAX);
                let fits = (key_of(&bytes)?, verifier_of(&bytes)) == (key, verifier);
                fits.then(|| Self { array: array_of(&bytes, key), is_default })
            })
        })
    }

    /// Whether it was opened with a password that all know, so that nobody had to give one.
    pub fn is_default(&self) -> bool {
        self.is_default
    }

    /// Undoes method 1 (2.3.7.2), that of Excel: XOR, then three bits to the left. The byte `bytes[i]` takes byte
    /// `(position + i) % 16` of the key. In a workbook `position` is the offset in the stream behind the record's last
    /// byte plus the offset of `bytes` in the body of the record (MS-XLS 2.2.10): for a whole body that starts at
    /// `start`, it is `start + body.len()`.
    pub fn apply(&self, position: usize, bytes: &mut [u8]) {
        for (byte, key) in bytes.iter_mut().zip(self.from(position)) {
            *byte = (*byte ^ key).rotate_left(3);
        }
    }

    /// Undoes method 2 (2.3.7.6), that of Word: XOR, but for bytes that are zero or would become so. The byte
    /// `bytes[i]` takes byte `(position + i) % 16` of the key, `position` being the offset of `bytes` in the stream.
    pub fn apply_method2(&self, position: usize, bytes: &mut [u8]) {
        for (byte, key) in bytes.iter_mut().zip(self.from(position)) {
            if *byte != 0 && *byte != key {
                *byte ^= key;
            }
        }
    }

    fn from(&self, position: usize) -> impl Iterator<Item = u8> {
        self.array.into_iter().cycle().skip(position % 16)
    }
}

impl std::fmt::Debug for XorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("XorKey(…)")
    }
}

/// A password in every code page that has all its characters, and as the low bytes of its UTF-16 (2.3.7.4).
fn ansi(password: &str) -> Vec<Vec<u8>> {
    const PAGES: [&Encoding; 14] = [
        encoding_rs::WINDOWS_1252,
        encoding_rs::WINDOWS_1250,
        encoding_rs::WINDOWS_1251,
        encoding_rs::WINDOWS_1253,
        encoding_rs::WINDOWS_1254,
        encoding_rs::WINDOWS_1255,
        encoding_rs::WINDOWS_1256,
        encoding_rs::WINDOWS_1257,
        encoding_rs::WINDOWS_1258,
        encoding_rs::WINDOWS_874,
        encoding_rs::SHIFT_JIS,
        encoding_rs::GBK,
        encoding_rs::BIG5,
        encoding_rs::EUC_KR,
    ];
    if password.is_ascii() {
        return vec![password.as_bytes().to_vec()];
    }
    let wide = password.encode_utf16();
    let mut forms: Vec<Vec<u8>> =
        vec![wide.map(|unit| if unit as u8 == 0 { (unit >> 8) as u8 } else { unit as u8 }).collect()];
    for page in PAGES {
        let (bytes, _, lossy) = page.encode(password);
        if !lossy && !forms.iter().any(|form| *form == *bytes) {
            forms.push(bytes.into_owned());
        }
    }
    forms
}

/// CreatePasswordVerifier_Method1 (2.3.7.1).
fn verifier_of(password: &[u8]) -> u16 {
    let length = password.len() as u8;
    let fold = |verifier: u16, byte: &u8| (verifier >> 14 & 1 | verifier << 1 & 0x7FFF) ^ u16::from(*byte);
    password.iter().rev().chain([&length]).fold(0, fold) ^ 0xCE4B
}

/// CreateXorKey_Method1 (2.3.7.2). None for an empty password.
fn key_of(password: &[u8]) -> Option<u16> {
    let mut key = *INITIAL.get(password.len().checked_sub(1)?)?;
    for (byte, row) in password.iter().rev().zip(MATRIX.iter().rev()) {
        let mut element = *row;
        for bit in 0..7 {
            if byte >> bit & 1 == 1 {
                key ^= element;
            }
            element = doubled(element);
        }
    }
    Some(key)
}

/// The element of XorMatrix beside this one: a step of the CRC of CCITT.
fn doubled(element: u16) -> u16 {
    element << 1 ^ if element >> 15 == 1 { 0x1021 } else { 0 }
}

/// CreateXorArray_Method1 and _Method2, which come to the same: the padded password, XORed with the key's bytes in turn.
fn array_of(password: &[u8], key: u16) -> [u8; 16] {
    let mut array = [0; 16];
    let padded = password.iter().chain(&PAD);
    for ((byte, padded), key) in array.iter_mut().zip(padded).zip(key.to_le_bytes().into_iter().cycle()) {
        *byte = (padded ^ key).rotate_right(1);
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_matrix_end_as_published() {
        for (row, last) in [(0, 0x2A09), (1, 0x2BBF), (7, 0xF6D0), (11, 0x6E9C), (14, 0x48C4)] {
            assert_eq!((0..6).fold(MATRIX[row], |element, _| doubled(element)), last);
        }
    }

    #[test]
    fn a_password_is_told_by_key_and_verifier() {
        // The default password as workbooks carry it: key B359, verifier 9A0A.
        let key = XorKey::open(0xB359, 0x9A0A, &Passwords::default()).expect("the default password");
        assert!(key.is_default());
        assert!(XorKey::open(0xB359, 0x9A0B, &Passwords::default()).is_none());
        let (page, verifier) = (b"pa\xDFwort".as_slice(), verifier_of(b"pa\xDFwort"));
        let given = Passwords::new(["", "paßwort"].map(str::to_owned));
        let key = XorKey::open(key_of(page).unwrap(), verifier, &given).expect("in code page 1252");
        assert!(!key.is_default());
    }

    #[test]
    fn both_methods_undo_themselves() {
        let key = XorKey { array: array_of(b"secret", key_of(b"secret").unwrap()), is_default: false };
        let text: Vec<u8> = (0..=255).collect();
        let mut one: Vec<u8> = text.iter().zip(key.from(5)).map(|(byte, key)| byte.rotate_right(3) ^ key).collect();
        key.apply(5, &mut one[..100]);
        key.apply(105, &mut one[100..]);
        assert_eq!(one, text);
        let mut two = text.clone();
        key.apply_method2(3, &mut two);
        assert!(two[0] == 0 && two[1..].iter().zip(&text[1..]).filter(|(a, b)| a == b).count() < 40);
        key.apply_method2(3, &mut two);
        assert_eq!(two, text);
    }
}
