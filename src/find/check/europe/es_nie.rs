//! Spanish identity number of foreigners: X, Y or Z, seven digits and the check letter of the DNI, where X counts as
//! 0, Y as 1 and Z as 2 in front.
//! Source: Ley Orgánica 4/2000; Orden INT/2058/2008.

use super::es_dni::is_letter_of;

pub(crate) fn is_valid(value: &str) -> bool {
    let value = value.strip_prefix("ES").unwrap_or(value);
    let (Some(kind), Some(number), Some(letter)) = (value.get(..1), value.get(1..8), value.get(8..)) else {
        return false;
    };
    let Some(kind) = "XYZ".find(kind) else { return false };
    number.bytes().any(|b| b != b'0') && is_letter_of(&format!("{kind}{number}"), letter)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["X2482300W", "ESX2482300W", "X5253868R", "Y0000001S"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["X2482300A", "X4282300W", "Y2482300W", "X0000000T", "X248230W", "X24823000W", "12345678Z", "Xé48230W"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
