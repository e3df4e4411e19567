//! Belgian national register number and BIS number: YYMMDD, counter of the day, 97 minus the first nine digits mod 97;
//! for those born since 2000 a 2 is put in front before dividing. BIS numbers add 20 or 40 to the month. Month and day
//! are 00 where they are unknown or the day's counters ran out.
//! Source: Arrêté royal of 3 April 1984 (composition of the number); Registre national, instruction IT000; BCSS (BIS).

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([y1, y2, m1, m2, d1, d2, n1, n2, n3, c1, c2]) = arithmetic::digits(value) else { return false };
    let (year, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let counter = n1 * 100 + n2 * 10 + n3;
    let month = match month {
        20..=32 => month - 20,
        40..=52 => month - 40,
        _ => month,
    };
    let front = (((year * 100 + m1 * 10 + m2) * 100) + day) * 1000 + counter;
    let check = c1 * 10 + c2;
    // The prefix 2 stands for 2,000,000,000. Births after 2049 are not to be expected in such numbers.
    let births = [(1900, front % 97), (2000, (front % 97 + 2_000_000_000 % 97) % 97)];
    births.into_iter().any(|(century, rest)| {
        let born = month == 0 && day <= 31
            || day == 0 && (1..=12).contains(&month)
            || date::is_date(century + year, month, day);
        check == 97 - rest && born && (century == 1900 || year < 50)
    }) && (1..=998).contains(&counter)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["85073003328", "17073003384", "98472899765", "01490700185", "79121457767"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "85073003329",
            "85073030328",
            "12345678901",
            "00000000097",
            "8507300332",
            "850730033280",
            "85133003397",
            "8507300332é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
