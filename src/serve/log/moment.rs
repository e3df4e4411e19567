//! Points in time as the log has them: milliseconds since 1970, written as RFC 3339 in UTC.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use toml::value::{Datetime, Offset};

use crate::policy::calendar::civil;
use crate::policy::parse_duration;

/// A point in time to the millisecond; what is finer is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

impl Moment {
    /// A moment by its milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment, by the clock of the machine.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// The day it is in, in UTC, counted from 1970-01-01.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// The moment so much earlier.
    pub fn before(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// A moment as people write it: a time before `now` (`90s`, `30m`, `12h`, `7d`, `2w`), a day (`2026-03-01`, its
    /// beginning) or a time of RFC 3339 (`2026-03-01T08:00:00Z`; UTC where no offset is given).
    pub fn parse(text: &str, now: Self) -> Option<Self> {
        parse_duration(text).map(|by| now.before(by)).or_else(|| text.parse().ok())
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let millis = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => millis(before.duration()).saturating_neg(),
        })
    }
}

impl From<Moment> for SystemTime {
    fn from(moment: Moment) -> Self {
        let by = Duration::from_millis(moment.0.unsigned_abs());
        let time = if moment.0 < 0 { UNIX_EPOCH.checked_sub(by) } else { UNIX_EPOCH.checked_add(by) };
        time.unwrap_or(UNIX_EPOCH)
    }
}

impl fmt::Display for Moment {
    /// `2024-03-05T09:12:44.123Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.day());
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "write 7d, 2026-03-01 or 2026-03-01T08:00:00Z";
        let parsed: Datetime = text.trim().parse().map_err(|_| WRONG)?;
        let date = parsed.date.ok_or(WRONG)?;
        let days = days_from_civil(i64::from(date.year), i64::from(date.month), i64::from(date.day));
        let time = parsed.time.map_or(0, |t| {
            let seconds = i64::from(t.hour) * 3600 + i64::from(t.minute) * 60 + i64::from(t.second.unwrap_or(0));
            seconds * 1000 + i64::from(t.nanosecond.unwrap_or(0)) / 1_000_000
        });
        let offset = match parsed.offset {
            Some(Offset::Custom { minutes }) => i64::from(minutes) * 60_000,
            _ => 0,
        };
        Ok(Self(days * DAY_MS + time - offset))
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar: the way back of [`civil`]. Numbers are those of a
/// date of at most four digits a year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read_alike() {
        for text in ["1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "1969-12-31T23:59:59.001Z"] {
            assert_eq!(text.parse::<Moment>().map(|m| m.to_string()), Ok(text.to_owned()));
        }
        let at = |text: &str| text.parse::<Moment>().map(Moment::millis).ok();
        assert_eq!(at("2024-03-05"), at("2024-03-05T00:00:00Z"), "a day is its beginning");
        assert_eq!(at("2024-03-05T10:12:44+01:00"), at("2024-03-05T09:12:44Z"), "offsets count");
        assert_eq!(at("yesterday"), None);
    }

    #[test]
    fn times_before_now() {
        let now = Moment::from_millis(1_000_000_000);
        let back = |text: &str| Moment::parse(text, now).map(|m| now.millis() - m.millis());
        assert_eq!((back("90s"), back("2h"), back("7d")), (Some(90_000), Some(7_200_000), Some(604_800_000)));
        assert_eq!((back("7"), back("7y"), back("d"), back("-1d")), (None, None, None, None));
        assert_eq!(SystemTime::from(Moment::from(UNIX_EPOCH)), UNIX_EPOCH);
        assert_eq!(Moment::from(UNIX_EPOCH - Duration::from_millis(5)).millis(), -5);
    }
}
