//! Canadian social insurance number: nine digits, Luhn; those beginning with 0 and 8 are not issued to people.
//! Source: Employment Insurance Act s. 138; Service Canada, SIN code of practice.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    value.len() == 9 && !value.starts_with(['0', '8']) && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["123456782", "354092488", "130692544"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["123456783", "123456728", "046454286", "823456785", "12345678", "1234567820", "12345678A", "é2345678"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
