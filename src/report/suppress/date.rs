//! Days, as entries expire on them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::report::encode::civil;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    // In this order, so that dates compare as days do.
    year: i64,
    month: u8,
    day: u8,
}

impl Date {
    /// A day by its numbers, which are taken as they are.
    pub fn new(year: i64, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }
}

impl From<SystemTime> for Date {
    /// The day in UTC.
    fn from(time: SystemTime) -> Self {
        const SECONDS: u64 = 86_400;
        let days = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs() / SECONDS).unwrap_or(i64::MAX),
            Err(before) => -1 - i64::try_from(before.duration().as_secs() / SECONDS).unwrap_or(i64::MAX - 1),
        };
        let (year, month, day) = civil(days);
        let small = |n| u8::try_from(n).unwrap_or(1);
        Self::new(year, small(month), small(day))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn days_of_times_and_their_order() {
        let of = |seconds| Date::from(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(of(951_782_400 + 86_399), Date::new(2000, 2, 29));
        assert_eq!(of(951_782_400 + 86_400).to_string(), "2000-03-01");
        assert_eq!(Date::from(UNIX_EPOCH - Duration::from_secs(1)), Date::new(1969, 12, 31));
        assert!(Date::new(2026, 2, 1) > Date::new(2026, 1, 31) && Date::new(2027, 1, 1) > Date::new(2026, 12, 31));
    }
}
