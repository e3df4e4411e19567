//! Brazilian identity card number (RG) of the state of São Paulo: eight digits and a check character modulo 11, X for 10.
//! Other states have other rules or none. Source: IIRGD (São Paulo).

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.split_at_checked(8) else { return false };
    let Some(all) = digits::<8>(body) else { return false };
    let check = match check {
        "X" => 10,
        _ => match digits::<1>(check) {
            Some([digit]) => digit,
            None => return false,
        },
    };
    !is_uniform(body) && (weighted(&all, &[2, 3, 4, 5, 6, 7, 8, 9]) + check).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn sums_modulo_11() {
        // 2·2 + 3·4 + 4·6 + 5·7 + 6·8 + 7·1 + 8·3 + 9·5 = 199, so the digit is 10.
        for good in ["24678135X", "246781361"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["246781350", "24678153X", "2467813X", "24678135XX", "00000000X", "111111110"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
