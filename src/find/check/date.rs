//! Dates inside numbers: many national numbers begin with a birth date.

/// Whether this day exists (Gregorian calendar, years 1 to 9999).
pub(super) fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1..=9999).contains(&year) && day >= 1 && day <= days(year, month)
}

/// Whether this day exists in some century: for two-digit years.
pub(super) fn is_short_date(year: u32, month: u32, day: u32) -> bool {
    // 29 February of year 00 exists in 2000, so that century has every day that any has.
    is_date(2000 + year % 100, month, day)
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist_and_days_that_do_not() {
        assert!(is_date(2000, 2, 29) && is_date(1999, 12, 31) && is_short_date(0, 2, 29) && is_short_date(96, 2, 29));
        for (y, m, d) in [(1900, 2, 29), (2001, 2, 29), (2001, 4, 31), (2001, 13, 1), (2001, 1, 0), (0, 1, 1)] {
            assert!(!is_date(y, m, d), "{y}-{m}-{d}");
        }
    }
}
