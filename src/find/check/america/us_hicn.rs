//! Medicare claim number before 2018 (HICN): the Social Security number of whoever earned the claim and a code of one
//! or two characters for the claimant; of the Railroad Retirement Board a prefix and six or nine digits.
//! Source: SSA POMS RS 00204.020 (beneficiary identification codes); CMS, Medicare claims processing manual, chapter 2.

use super::super::arithmetic::is_uniform;
use super::us_ssn;

pub(crate) fn is_valid(value: &str) -> bool {
    let at = value.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let Some((prefix, number)) = value.split_at_checked(at) else { return false };
    if !prefix.is_empty() {
        let is_number = number.bytes().all(|b| b.is_ascii_digit()) && !is_uniform(number);
        return is_railroad(prefix) && is_number && (number.len() == 6 || us_ssn::is_valid(number));
    }
    value.split_at_checked(9).is_some_and(|(ssn, claimant)| us_ssn::is_valid(ssn) && is_claimant(claimant))
}

fn is_railroad(prefix: &str) -> bool {
    matches!(prefix, "A" | "CA" | "H" | "MA" | "MH" | "PA" | "PD" | "PH" | "WA" | "WCA" | "WCD" | "WCH" | "WD" | "WH")
}

/// The worker (A), spouses (B), children (C), widows (D, E), parents (F), and those without a record of their own.
fn is_claimant(code: &str) -> bool {
    match code.as_bytes() {
        [b'A' | b'B' | b'D' | b'E' | b'M' | b'T' | b'W'] => true,
        [b'B' | b'C' | b'D' | b'E' | b'K' | b'W', second] => matches!(second, b'1'..=b'9' | b'A'..=b'Z'),
        [b'F', second] => matches!(second, b'1'..=b'8'),
        [b'H', second] => matches!(second, b'A'..=b'C'),
        [b'J', second] => matches!(second, b'1'..=b'4'),
        [b'M', second] => *second == b'1',
        [b'T', second] => matches!(second, b'2' | b'A'..=b'Z'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn a_social_security_number_and_a_claimant() {
        for good in [
            "536228467A",
            "536228467B1",
            "536228467C1",
            "536228467T",
            "536228467HA",
            "MA536228467",
            "WCA123456",
            "A123456",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "536228467",
            "666228467A",
            "536228467C",
            "536228467Z",
            "536228467F9",
            "53622846A",
            "5362284671A",
            "QQ536228467",
            "536228467A12",
            "MA666228467",
            "MA5362284",
            "é36228467A",
            "A111111",
            "é",
            "",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
