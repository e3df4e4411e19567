//! `data:` addresses (RFC 2397): files inside of attributes.

use crate::document::{Embedded, base64, percent};

/// Bytes of an address below which nothing worth reading is in it.
const BYTES_MIN: usize = 24;

/// The file that an address holds, with a name made of its media type; `None` = it is another address.
pub(super) fn decode(address: &str, number: usize) -> Option<Embedded> {
    let address = address.trim_ascii();
    let rest = address.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and_then(|_| address.get(5..))?;
    let (head, data) = rest.split_once(',')?;
    if address.len() < BYTES_MIN {
        return None;
    }
    let media = head.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let encoded = percent::decode(data, b'%');
    let base64_coded = head.rsplit(';').next().is_some_and(|word| word.trim().eq_ignore_ascii_case("base64"));
    let bytes = if base64_coded { base64::decode(&encoded) } else { encoded };
    let media = if media.is_empty() { "text/plain".to_owned() } else { media };
    (!bytes.is_empty()).then(|| Embedded { name: format!("data {number} ({media})"), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_codings() {
        let bytes = |address: &str| decode(address, 1).map(|part| part.bytes);
        assert_eq!(bytes("data:text/plain;base64,U1NOOiA1MzYtMjI="), Some(b"SSN: 536-22".to_vec()));
        assert_eq!(bytes(" DATA:text/html,%3Cp%3ESSN%3A%20536 22"), Some(b"<p>SSN: 536 22".to_vec()));
        assert_eq!(
            decode("data:,A%20brief%20note%20of%20one", 3).map(|part| part.name),
            Some("data 3 (text/plain)".to_owned())
        );
        assert_eq!((bytes("https://x.test/data:,1234567890123"), bytes("data:,")), (None, None));
    }
}
