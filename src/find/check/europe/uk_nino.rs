//! UK National Insurance number: two letters, six digits, a letter A-D, which may be missing. The first letter is not
//! D F I Q U V, the second not D F I O Q U V, and some pairs are not given out.
//! Source: HMRC National Insurance Manual NIM39110.

pub(crate) fn is_valid(value: &str) -> bool {
    let [first, second, rest @ ..] = value.as_bytes() else { return false };
    let (Some(prefix), Some((digits, suffix))) = (value.get(..2), rest.split_at_checked(6)) else { return false };
    first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && !matches!(prefix, "BG" | "GB" | "KN" | "NK" | "NT" | "TN" | "ZZ")
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(suffix, [] | [b'A'..=b'D'])
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn prefixes_that_are_given_out_pass() {
        for good in ["AB123456C", "JG103759A", "AP019283D", "ZX047829C", "CE123456"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "QQ123456C",
            "AO123456C",
            "GB123456A",
            "TN123456A",
            "AB123456E",
            "AB12345C",
            "AB1234567",
            "AB123456CD",
            "A1123456C",
            "éB12345C",
            "",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
