//! Tokens that end in the CRC-32 of what stands before.
//!
//! GitHub: "Behind GitHub's new authentication token formats" (2021): the last six characters are the CRC-32 of the 30
//! before them, in base 62 with the digits first, then upper case, then lower case; npm took over the same form.
//! Grafana: `pkg/components/apikeygen` of its sources: eight hexadecimal digits, the CRC-32 of all before the last
//! underscore, lowest byte first.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn base62(mut number: u32) -> [u8; 6] {
    let mut out = [b'0'; 6];
    for slot in out.iter_mut().rev() {
        let digit = usize::try_from(number % 62).unwrap_or(0);
        *slot = BASE62.get(digit).copied().unwrap_or(b'0');
        number /= 62;
    }
    out
}

/// Prefix, underscore, 30 characters, and their checksum.
pub(crate) fn is_github(value: &str) -> bool {
    let Some((_, rest)) = value.split_once('_') else { return false };
    match (rest.get(..30), rest.get(30..)) {
        (Some(body), Some(sum)) => {
            body.bytes().all(|b| b.is_ascii_alphanumeric())
                && sum.as_bytes() == base62(crc32fast::hash(body.as_bytes())).as_slice()
        }
        _ => false,
    }
}

/// `glsa_`, 32 characters, an underscore and the checksum.
pub(crate) fn is_grafana(value: &str) -> bool {
    let Some((body, sum)) = value.rsplit_once('_') else { return false };
    let wanted: String = crc32fast::hash(body.as_bytes()).to_le_bytes().iter().map(|b| format!("{b:02x}")).collect();
    sum.eq_ignore_ascii_case(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_six_characters_are_the_checksum() {
        let body = "Zq3nT7vK1xWm9LbR5cYf2HsD8jGpA0";
        let sum = base62(crc32fast::hash(body.as_bytes()));
        let token = format!("ghp_{body}{}", std::str::from_utf8(&sum).unwrap());
        assert!(is_github(&token));
        assert!(!is_github(&token.replace("Zq3", "Zq4")));
        assert!(!is_github(&token.replace("Zq3", "qZ3")));
        for bad in ["ghp_", "ghp", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_éééééééééééééééééé", &token[..39]]
        {
            assert!(!is_github(bad), "{bad}");
        }
        assert_eq!(&base62(0), b"000000");
        assert_eq!(&base62(u32::MAX), b"4gfFC3");
    }

    #[test]
    fn grafana_counts_its_prefix_in() {
        // From Grafana's own tests.
        assert!(is_grafana(&["glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G", "fcaaf58a"].join("_")));
        assert!(!is_grafana(&["glsa_yscW25imSKJIuav8zF37RZmnbiDvB05H", "fcaaf58a"].join("_")));
        assert!(!is_grafana("glsa"));
    }
}
