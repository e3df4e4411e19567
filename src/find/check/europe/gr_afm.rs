//! Greek tax number (ΑΦΜ; EL in front as VAT number): nine digits, the sum of each times two to the power of its
//! distance from the end, mod 11 mod 10, is the last.
//! Source: ΑΑΔΕ (Independent Authority for Public Revenue), ΑΦΜ; OECD, TIN information Greece.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("EL").or_else(|| value.strip_prefix("GR")).unwrap_or(value);
    let Some(all @ [.., check]) = arithmetic::digits::<9>(number) else { return false };
    !arithmetic::is_uniform(number) && arithmetic::weighted(&all, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["094259216", "EL094259216", "092601436"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["094259217", "094252916", "123456781", "000000000", "09425921", "0942592160", "EL09425921é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
