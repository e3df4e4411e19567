//! Polish statistical number REGON: nine digits with the weights 8 9 2 3 4 5 6 7, modulo 11, modulo 10; local units
//! have fourteen, the first nine a valid number and the last with the weights 2 4 8 5 0 9 7 3 6 1 2 4 8.
//! Source: Regulation of the Council of Ministers on the REGON register (30 November 2015).

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    if let Some(all @ [.., check]) = digits::<9>(value) {
        return weighted(&all, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == check && !is_uniform(value);
    }
    let Some(all @ [.., check]) = digits::<14>(value) else { return false };
    value.get(..9).is_some_and(is_valid) && weighted(&all, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["192598184", "794487949", "12345678512347"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "192598185",
            "129598184",
            "12345678512346",
            "12345678612347",
            "19259818",
            "1925981840",
            "000000000",
            "00000000000000",
            "é92598184",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
