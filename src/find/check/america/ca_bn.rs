//! Canadian business number: nine digits, Luhn; program accounts add two letters and a four-digit reference.
//! Source: Canada Revenue Agency, "Business number (BN) and program accounts".

use super::super::arithmetic::digits;
use super::super::general::luhn;

/// Corporate tax, payroll, GST/HST, imports, charities, information returns, excise, air security, insurance, lumber.
const PROGRAMS: [&str; 12] = ["RC", "RP", "RT", "RM", "RR", "RZ", "RD", "RE", "RG", "RN", "RS", "SL"];

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((number, account)) = value.split_at_checked(9) else { return false };
    let is_account = account.is_empty()
        || account.split_at_checked(2).is_some_and(|(program, reference)| {
            PROGRAMS.contains(&program) && digits::<4>(reference).is_some_and(|d| d.iter().any(|d| *d > 0))
        });
    is_account && luhn(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["123026635", "123026635RC0001", "123026635RT0001"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "123456783",
            "123026653RC0001",
            "123026635XX0001",
            "123026635RC000",
            "123026635RC0000",
            "12302663",
            "1230266355",
            "é23026635",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
