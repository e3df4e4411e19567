//! New Zealand national health index number: three letters without I and O (A is 1, Z is 24), three digits and a check
//! digit modulo 11; since 2026 also three letters, two digits, a letter and a check letter modulo 23.
//! Source: HISO 10046 consumer health identity standard.

const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(crate) fn is_valid(value: &str) -> bool {
    let [a, b, c, d, e, f, check] = value.as_bytes() else { return false };
    let letter = |c: &u8| LETTERS.iter().zip(1_u32..).find(|(l, _)| *l == c).map(|(_, n)| n);
    let digit = |c: &u8| c.is_ascii_digit().then(|| u32::from(c - b'0'));
    let front = || Some(letter(a)? * 7 + letter(b)? * 6 + letter(c)? * 5 + digit(d)? * 4 + digit(e)? * 3);
    let Some(sum) = front() else { return false };
    if let (Some(sixth), Some(check)) = (digit(f), digit(check)) {
        let remainder = (sum + sixth * 2) % 11;
        return remainder > 0 && (11 - remainder) % 10 == check;
    }
    match (letter(f), letter(check)) {
        (Some(sixth), Some(check)) => 23 - (sum + sixth * 2) % 23 == check,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_of_both_kinds_pass_and_their_neighbours_do_not() {
        for good in ["ZZZ0016", "ZZZ0024", "ZAC5361", "ZAA0067", "ZBN77VL", "ZVB97XQ", "ZSC21TN"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "ZZZ0017", "ZZZ0044", "ZZZ00AA", "ZZI0016", "ZZO0016", "ZZZ001", "ZZZ00166", "ZBN77VM", "ZBN77V1",
            "1ZZ0016", "éZ0016", "",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
