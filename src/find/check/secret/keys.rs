//! Keys whose bytes say what they are.
//!
//! AWS: IAM User Guide, "unique identifiers" (base32 behind the prefix). Azure: storage and Cosmos keys are 64 random
//! bytes. Azure DevOps: personal access tokens of 2024 have 84 characters with a signature at the 77th. WireGuard:
//! RFC 7748 section 5 (a private key is clamped). Telegram, Discord: the identity of the bot stands in front.

use super::base64;
use super::placeholder;

/// 16 characters of base32 behind four letters, and no placeholder.
pub(crate) fn is_aws_id(value: &str) -> bool {
    let Some(rest) = value.get(4..) else { return false };
    rest.len() == 16
        && rest.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
        && !rest.contains("EXAMPLE")
        && placeholder::distinct(rest) >= 6
}

/// 40 characters of base64 with capitals, small letters and digits: not a hash, not a path, not a word.
pub(crate) fn is_aws_secret(value: &str) -> bool {
    let slashes = value.bytes().filter(|b| *b == b'/').count();
    value.len() == 40
        && slashes <= 6
        && mixed_classes(value)
        && !value.contains("EXAMPLE")
        && placeholder::distinct(value) >= 16
}

/// Capitals, small letters and digits.
pub(crate) fn mixed_classes(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_uppercase())
        && value.bytes().any(|b| b.is_ascii_lowercase())
        && value.bytes().any(|b| b.is_ascii_digit())
}

/// Letters and digits.
pub(crate) fn letters_and_digits(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_alphabetic()) && value.bytes().any(|b| b.is_ascii_digit())
}

/// Base64 of 64 bytes, and not the key of the storage emulator that every document repeats.
pub(crate) fn is_azure(value: &str) -> bool {
    const EMULATOR: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq";
    value.len() == 88
        && base64::decode(value).is_some_and(|bytes| bytes.len() == 64 && spread(&bytes))
        && !value.starts_with(EMULATOR)
}

/// Base64 of 32 bytes.
pub(crate) fn is_base64_32(value: &str) -> bool {
    matches!(value.len(), 43 | 44) && base64::decode(value).is_some_and(|bytes| bytes.len() == 32 && spread(&bytes))
}

/// Base64 of 32 bytes that are clamped as X25519 wants its private keys.
pub(crate) fn is_wireguard(value: &str) -> bool {
    let Some(bytes) = base64::decode(value) else { return false };
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    bytes.len() == 32 && first & 7 == 0 && last & 0xC0 == 0x40 && spread(&bytes)
}

/// Random bytes rarely repeat.
fn spread(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut count = 0;
    for byte in bytes {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            count += usize::from(!*slot);
            *slot = true;
        }
    }
    count * 2 > bytes.len()
}

/// The personal access tokens of Azure DevOps: 52 of base32, or 84 with `AZDO` as 77th to 80th.
pub(crate) fn is_azure_devops(value: &str) -> bool {
    match value.len() {
        52 => {
            value.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
                && value.bytes().any(|b| b.is_ascii_digit())
                && placeholder::distinct(value) >= 16
        }
        84 => value.get(76..80) == Some("AZDO") && value.bytes().all(|b| b.is_ascii_alphanumeric()),
        _ => false,
    }
}

/// The first part of a Discord token is its user's number in base64: 17 to 20 digits.
pub(crate) fn is_discord(value: &str) -> bool {
    let first = value.split('.').next().unwrap_or_default();
    base64::decode(first)
        .is_some_and(|bytes| (17..=20).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_digit()))
}

/// Cisco's type 7: two digits say where in a fixed key the exclusive or begins; what comes out is text.
/// The key is public since 1995 and in every router's manual pages.
pub(crate) fn is_cisco_type7(value: &str) -> bool {
    const KEY: &[u8] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
    let (Some(seed), Some(rest)) = (value.get(..2), value.get(2..)) else { return false };
    let Ok(seed) = seed.parse::<usize>() else { return false };
    let bytes: Option<Vec<u8>> =
        (0..rest.len()).step_by(2).map(|i| u8::from_str_radix(rest.get(i..i + 2)?, 16).ok()).collect();
    let Some(bytes) = bytes else { return false };
    let clear = bytes.iter().enumerate().map(|(i, b)| b ^ KEY.get((seed + i) % KEY.len()).copied().unwrap_or(0));
    seed <= 15 && !bytes.is_empty() && clear.into_iter().all(|b| (0x20..0x7F).contains(&b))
}

/// Bech32 (BIP 173) over all of it, as age writes its secret keys: `AGE-SECRET-KEY-1…` in capitals.
pub(crate) fn is_age(value: &str) -> bool {
    const ALPHABET: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let Some((prefix, data)) = value.rsplit_once('1') else { return false };
    let step = |sum: u32, digit: u32| {
        let top = sum >> 25;
        let terms = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
        let mixed = terms.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(0, |sum, (_, term)| sum ^ term);
        (sum & 0x01FF_FFFF) << 5 ^ digit ^ mixed
    };
    let lower = || prefix.bytes().map(|b| u32::from(b.to_ascii_lowercase()));
    let mut sum = lower().map(|b| b >> 5).fold(1, step);
    sum = step(sum, 0);
    sum = lower().map(|b| b & 31).fold(sum, step);
    for c in data.chars() {
        let Some(digit) = ALPHABET.find(c).and_then(|i| u32::try_from(i).ok()) else { return false };
        sum = step(sum, digit);
    }
    sum == 1 && data.len() == 58
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws() {
        assert!(is_aws_id("AKIAQ4TZ2LMN6RPW3XYB"));
        for bad in
            ["AKIAIOSFODNN7EXAMPLE", "AKIAXXXXXXXXXXXXXXXX", "AKIAQ4TZ2LMN6RPW3XY1", "AKIAQ4TZ2LMN6RPW3XY", "AKIé"]
        {
            assert!(!is_aws_id(bad), "{bad}");
        }
        assert!(is_aws_secret("k9Xv2QmTz7LwRb4Yc8Nf1HsJ6dGp3EaUtVoZxWqK"));
        let sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        for bad in [sha1, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "Src/main/java/com/acme/app/v1/util/Text2"] {
            assert!(!is_aws_secret(bad), "{bad}");
        }
    }

    #[test]
    fn azure() {
        let key = "q83vEjRWeJCr8N7xI0VniQu83vEjRWeJCrze8SNFZ4nLzd3xI1Rnmau+0eP1BxkrPU9hc4WXqbvN3/EDFSc5Sw==";
        assert!(is_azure(key));
        assert!(!is_azure(&key.replace("Sw==", "Sx==")), "bits that no encoder sets");
        assert!(!is_azure(&format!("{}==", "A".repeat(86))));
        assert!(!is_azure(&key[..80]));
        assert!(is_azure_devops("k5x2mq7vbtzr4nwyj6hdgacpfsleu3iox2kq7mvbtzr4nwyj6hdg"));
        assert!(is_azure_devops(&format!(
            "{}AZDO4kQ2",
            "9Zq3nT7vK1xWm9LbR5cYf2HsD8jGpA0eUtVo".repeat(3)[..76].to_owned()
        )));
        for bad in ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "k5x2mq7v", "é"] {
            assert!(!is_azure_devops(bad), "{bad}");
        }
    }

    #[test]
    fn wireguard_keys_are_clamped() {
        // From the manual page of wg(8).
        assert!(is_wireguard("yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="));
        assert!(!is_wireguard("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="), "a public key");
        assert!(is_base64_32("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="));
        assert!(!is_wireguard(""));
    }

    #[test]
    fn cisco_type_7_decodes_to_text() {
        assert!(is_cisco_type7("0822455D0A16"), "the word cisco");
        assert!(is_cisco_type7("094F471A1A0A"), "the word cisco, too");
        for bad in ["0822455D0A1", "FF22455D0A16", "08FFFFFFFFFF", "99224", "08"] {
            assert!(!is_cisco_type7(bad), "{bad}");
        }
    }

    #[test]
    fn discord_and_age() {
        assert!(is_discord("MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"));
        assert!(!is_discord("dGhpcyBpcyBub3QgYSBudW1iZXI.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"));
        // From the test suite of age.
        assert!(is_age("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"));
        assert!(!is_age("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEY"));
        assert!(!is_age("AGE-SECRET-KEY-1"));
    }
}
