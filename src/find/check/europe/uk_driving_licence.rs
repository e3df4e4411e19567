//! British driver number: five letters of the surname filled up with 9, the birth date as decade, month (50 added for
//! women), day and year, two initials filled up with 9, a distinguishing character and two check characters, then perhaps
//! two digits of the issue. How the check characters are made is not public.
//! Source: DVLA, INF45 and "What the driver number means".

use super::super::date::is_short_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let [a, b, c, d, e, decade, m, month, day, ones, year, first, second, arbitrary, check @ ..] = value.as_bytes()
    else {
        return false;
    };
    let surname = [a, b, c, d, e];
    let letters = surname.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let filled = surname.iter().skip(letters).all(|c| **c == b'9');
    let number = |tens: &u8, ones: &u8| {
        let digit = |c: &u8| c.is_ascii_digit().then(|| u32::from(c - b'0'));
        Some(digit(tens)? * 10 + digit(ones)?)
    };
    let (Some(month), Some(day), Some(year)) = (number(m, month), number(day, ones), number(decade, year)) else {
        return false;
    };
    let month = if month > 50 { month - 50 } else { month };
    let initials = match (first, second) {
        (b'9', b'9') => true,
        (first, second) => first.is_ascii_uppercase() && (second.is_ascii_uppercase() || *second == b'9'),
    };
    let alphanumeric = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    let ending = match check {
        [x, y] => alphanumeric(x) && alphanumeric(y),
        [x, y, issue @ ..] => {
            alphanumeric(x) && alphanumeric(y) && issue.len() == 2 && issue.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    letters > 0 && filled && is_short_date(year, month, day) && initials && alphanumeric(arbitrary) && ending
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_specimens_pass_and_their_neighbours_do_not() {
        for good in ["MORGA657054SM9IJ", "MORGA753116SM9IJ", "MORGA753116SM9IJ35", "FOX99802016J99AB"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "MORGA613054SM9IJ",
            "MORGA657324SM9IJ",
            "MO9GA657054SM9IJ",
            "99999657054SM9IJ",
            "MORGA6570549M9IJ",
            "MORGA657054SM9I",
            "MORGA657054SM9IJ3",
            "MORGA657054SM9IJ355",
            "MORG1657054SM9IJ",
            "éORG657054SM9IJ",
            "",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
