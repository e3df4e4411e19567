//! Spanish social security number: province, number of eight digits for people and seven for employers, two check
//! digits: province and number modulo 97. Numbers below ten million are taken without the zeros in front.
//! Source: Orden de 7 de febrero de 1994; Tesorería General de la Seguridad Social.

pub(crate) fn is_valid(value: &str) -> bool {
    if !matches!(value.len(), 11 | 12) || !value.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (front, check) = value.split_at(value.len() - 2);
    let (province, number) = front.split_at(2);
    let (Ok(province), Ok(number), Ok(check)) = (province.parse::<u64>(), number.parse::<u64>(), check.parse::<u64>())
    else {
        return false;
    };
    let base = if number < 10_000_000 { province * 10_000_000 } else { province * 100_000_000 } + number;
    matches!(province, 1..=53 | 66) && number > 0 && base % 97 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["281234567840", "28123456742"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "281234567841",
            "821234567840",
            "281234576840",
            "28123456784",
            "2812345678400",
            "000000000000",
            "é81234567840",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
