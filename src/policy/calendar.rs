//! Days, hours and time zones, all of times that were handed in: nothing here reads a clock.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

const SECONDS_OF_DAY: i64 = 86_400;

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

    /// The day with this number since 1970-01-01.
    fn of_days(days: i64) -> Self {
        let (year, month, day) = civil(days);
        let small = |n| u8::try_from(n).unwrap_or(1);
        Self::new(year, small(month), small(day))
    }

    /// Days since 1970-01-01.
    fn days(self) -> i64 {
        days_of(self.year, i64::from(self.month), i64::from(self.day))
    }
}

impl From<SystemTime> for Date {
    /// The day in UTC.
    fn from(time: SystemTime) -> Self {
        Self::of_days(seconds(time).div_euclid(SECONDS_OF_DAY))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Seconds since 1970-01-01 in UTC; fractions are dropped towards the past.
pub(crate) fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            whole.saturating_neg().saturating_sub(i64::from(before.subsec_nanos() > 0))
        }
    }
}

/// The time so many seconds after 1970-01-01 in UTC; `None` if the system has no such time.
pub(super) fn instant(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
}

/// `2024-03-05T09:12:44Z`; fractions of a second are dropped.
#[allow(clippy::arithmetic_side_effects, reason = "parts of a day")]
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let seconds = seconds(time);
    let (days, second) = (seconds.div_euclid(SECONDS_OF_DAY), seconds.rem_euclid(SECONDS_OF_DAY));
    let date = Date::of_days(days);
    format!("{date}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// A time as RFC 3339 writes it, with any offset; fractions of a second are dropped.
pub(crate) fn parse_rfc3339(text: &str) -> Option<SystemTime> {
    instant(text.parse::<Timestamp>().ok()?.as_second())
}

/// Year, month, day of a day number since 1970-01-01, in the proleptic Gregorian calendar: eras of 400 years of
/// 146,097 days, each counted from a first of March so that the leap day comes last.
#[allow(clippy::arithmetic_side_effects, reason = "parts of an era; years are smaller than days")]
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The other way round; years of at most six digits.
#[allow(clippy::arithmetic_side_effects, reason = "parts of an era; the year is clamped")]
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year.clamp(-999_999, 999_999) - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// A time zone: a fixed offset, or one by its name with the rules that ship with frisk.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// Seconds east of Greenwich.
    Fixed(i64),
    /// `Europe/Berlin`.
    Named(TimeZone),
}

/// A time as the clocks of a zone show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Local {
    pub(super) date: Date,
    /// 0 is Monday.
    pub(super) weekday: u8,
    /// Minutes since midnight.
    pub(super) minute: u16,
}

impl Zone {
    /// `UTC`, `Z`, `+01:00`, `Europe/Berlin`. Names are looked up in the database inside the program: the library
    /// reads no file.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if matches!(text, "UTC" | "utc" | "Z") {
            return Some(Self::Fixed(0));
        }
        let Some(digits) = text.strip_prefix(['+', '-']) else {
            return TimeZoneDatabase::bundled().get(text).ok().map(Self::Named);
        };
        let (hours, minutes) = digits.split_once(':')?;
        let small = |text: &str, most: i64| -> Option<i64> {
            let number = text.parse().ok()?;
            (text.len() == 2 && (0..=most).contains(&number)).then_some(number)
        };
        let offset = small(hours, 18)?.saturating_mul(3600).saturating_add(small(minutes, 59)?.saturating_mul(60));
        Some(Self::Fixed(if text.starts_with('-') { offset.saturating_neg() } else { offset }))
    }

    fn offset(&self, seconds: i64) -> i64 {
        match self {
            Self::Fixed(offset) => *offset,
            Self::Named(zone) => {
                Timestamp::from_second(seconds).map_or(0, |at| i64::from(zone.to_offset(at).seconds()))
            }
        }
    }

    /// What the clocks show.
    pub(super) fn local(&self, time: SystemTime) -> Local {
        let seconds = seconds(time);
        let local = seconds.saturating_add(self.offset(seconds));
        let days = local.div_euclid(SECONDS_OF_DAY);
        let minute = local.rem_euclid(SECONDS_OF_DAY).div_euclid(60);
        Local {
            date: Date::of_days(days),
            // 1970-01-01 was a Thursday.
            weekday: u8::try_from(days.saturating_add(3).rem_euclid(7)).unwrap_or(0),
            minute: u16::try_from(minute).unwrap_or(0),
        }
    }

    /// The seconds since 1970 at which the clocks show this. Where they show it twice, or never, the one of the two
    /// offsets counts that was in force before.
    fn seconds_at(&self, date: Date, second_of_day: i64) -> i64 {
        let local = date.days().saturating_mul(SECONDS_OF_DAY).saturating_add(second_of_day);
        let first = local.saturating_sub(self.offset(local));
        local.saturating_sub(self.offset(first))
    }

    /// The instant of a date of TOML, with or without time and offset.
    pub(super) fn moment(&self, at: &toml::value::Datetime) -> Option<i64> {
        let date = date(at)?;
        let second = at.time.map_or(0, |time| {
            let minutes = i64::from(time.hour).saturating_mul(60).saturating_add(i64::from(time.minute));
            minutes.saturating_mul(60).saturating_add(i64::from(time.second.unwrap_or(0)))
        });
        Some(match at.offset {
            None => self.seconds_at(date, second),
            Some(toml::value::Offset::Z) => Self::Fixed(0).seconds_at(date, second),
            Some(toml::value::Offset::Custom { minutes }) => {
                Self::Fixed(i64::from(minutes).saturating_mul(60)).seconds_at(date, second)
            }
        })
    }
}

/// The day of a date of TOML.
pub(super) fn date(at: &toml::value::Datetime) -> Option<Date> {
    let date = at.date?;
    Some(Date::new(date.year.into(), date.month, date.day))
}

/// Weekdays and hours.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    pub(super) name: String,
    /// By weekday, Monday first.
    pub(super) weekdays: [bool; 7],
    /// Minutes of a day: from, and up to. One that ends before it begins goes on over midnight.
    pub(super) spans: Vec<(u16, u16)>,
    pub(super) zone: Zone,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hours {
    /// Whether a time is among them.
    pub(super) fn contain(&self, time: SystemTime) -> bool {
        let local = self.zone.local(time);
        let on = |day: u8| self.weekdays.get(usize::from(day)).copied().unwrap_or(false);
        let (today, yesterday) = (on(local.weekday), on(local.weekday.checked_sub(1).unwrap_or(6)));
        if self.spans.is_empty() {
            return today;
        }
        self.spans.iter().any(|(from, to)| match from < to {
            true => today && (*from..*to).contains(&local.minute),
            // The night belongs to the day on which it begins.
            false => today && local.minute >= *from || yesterday && local.minute < *to,
        })
    }
}

/// Weekdays of `mon` or `mon-fri`.
pub(super) fn weekdays(text: &str) -> Option<Vec<usize>> {
    let at = |word: &str| WEEKDAYS.iter().position(|day| *day == word);
    let Some((from, to)) = text.split_once('-') else { return Some(vec![at(text)?]) };
    let (from, to) = (at(from)?, at(to)?);
    // Twice around, so that `sat-mon` is one stretch.
    let stretch = (0..7).chain(0..7).skip(from);
    let length = if to >= from { to.saturating_sub(from) } else { to.saturating_add(7).saturating_sub(from) };
    Some(stretch.take(length.saturating_add(1)).collect())
}

/// Minutes of `08:00-18:00`; `24:00` is the end of a day.
pub(super) fn hours(text: &str) -> Option<(u16, u16)> {
    let minute = |text: &str| -> Option<u16> {
        let (hours, minutes) = text.trim().split_once(':')?;
        if hours.len() != 2 || minutes.len() != 2 {
            return None;
        }
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        let all = hours.saturating_mul(60).saturating_add(minutes);
        (minutes < 60 && all <= 24 * 60).then_some(all)
    };
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from != to && from < 24 * 60).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SystemTime {
        parse_rfc3339(text).unwrap()
    }

    #[test]
    fn days_of_times_and_their_order() {
        let of = |seconds| Date::from(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(of(951_782_400 + 86_399), Date::new(2000, 2, 29));
        assert_eq!(of(951_782_400 + 86_400).to_string(), "2000-03-01");
        assert_eq!(Date::from(UNIX_EPOCH - Duration::from_secs(1)), Date::new(1969, 12, 31));
        assert!(Date::new(2026, 2, 1) > Date::new(2026, 1, 31) && Date::new(2027, 1, 1) > Date::new(2026, 12, 31));
        for days in [-719_468, -1, 0, 59, 60, 11_016, 11_017, 20_000, 1_000_000] {
            assert_eq!(Date::of_days(days).days(), days, "there and back");
        }
    }

    #[test]
    fn times_in_records() {
        let at = |s| rfc3339(UNIX_EPOCH + Duration::from_secs(s));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_709_629_964), "2024-03-05T09:12:44Z");
        assert_eq!(rfc3339(UNIX_EPOCH - Duration::from_millis(1)), "1969-12-31T23:59:59Z");
        assert_eq!(parse_rfc3339("2024-03-05T10:12:44+01:00"), parse_rfc3339("2024-03-05T09:12:44Z"));
        assert!(parse_rfc3339("2024-03-05").is_none() && parse_rfc3339("yesterday").is_none());
    }

    #[test]
    fn zones_by_offset_and_by_name() {
        let local = |zone: &str, time: &str| {
            let local = Zone::parse(zone).unwrap().local(at(time));
            (local.date.to_string(), local.weekday, local.minute)
        };
        assert_eq!(local("UTC", "2026-11-22T23:30:00Z"), ("2026-11-22".to_owned(), 6, 1410));
        assert_eq!(local("+01:00", "2026-11-22T23:30:00Z"), ("2026-11-23".to_owned(), 0, 30));
        assert_eq!(local("-05:30", "2026-11-22T05:00:00Z"), ("2026-11-21".to_owned(), 5, 1410));
        assert_eq!(local("Europe/Berlin", "2026-01-15T07:00:00Z").2, 8 * 60, "winter");
        assert_eq!(local("Europe/Berlin", "2026-07-15T07:00:00Z").2, 9 * 60, "summer");
        for wrong in ["", "+1:00", "+01:60", "+19:00", "Mars/Olympus", "01:00", "/etc/passwd"] {
            assert!(Zone::parse(wrong).is_none(), "{wrong} is no zone");
        }
    }

    #[test]
    fn moments_are_local_unless_they_say_otherwise() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let of = |text: &str| zone.moment(&text.parse().unwrap()).and_then(instant).map(rfc3339);
        assert_eq!(of("2026-12-01").as_deref(), Some("2026-11-30T23:00:00Z"));
        assert_eq!(of("2026-07-01T08:00:00").as_deref(), Some("2026-07-01T06:00:00Z"));
        assert_eq!(of("2026-07-01T08:00:00Z").as_deref(), Some("2026-07-01T08:00:00Z"));
        assert_eq!(of("2026-07-01T08:00:00-02:00").as_deref(), Some("2026-07-01T10:00:00Z"));
        assert_eq!(of("08:00:00"), None);
    }

    #[test]
    fn hours_of_the_day_and_of_the_night() {
        assert_eq!(weekdays("sat-mon"), Some(vec![5, 6, 0]));
        assert_eq!(weekdays("mon-fri").map(|days| days.len()), Some(5));
        assert!(weekdays("monday").is_none());
        assert_eq!(hours("08:00-18:00"), Some((480, 1080)));
        assert!(["8:00-9:00", "08:00", "25:00-26:00", "08:00-08:00", "24:00-01:00"].iter().all(|t| hours(t).is_none()));
        let of = |days: &str, span: &str, time: &str| {
            let mut on = [false; 7];
            weekdays(days).unwrap().into_iter().for_each(|day| on[day] = true);
            let spans = vec![hours(span).unwrap()];
            Hours { name: String::new(), weekdays: on, spans, zone: Zone::Fixed(0) }.contain(at(time))
        };
        // 2026-11-20 is a Friday.
        assert!(of("mon-fri", "08:00-18:00", "2026-11-20T08:00:00Z"));
        assert!(!of("mon-fri", "08:00-18:00", "2026-11-20T18:00:00Z"));
        assert!(!of("mon-fri", "08:00-18:00", "2026-11-21T09:00:00Z"));
        assert!(of("fri", "22:00-06:00", "2026-11-21T05:59:00Z"), "Friday's night ends on Saturday");
        assert!(!of("fri", "22:00-06:00", "2026-11-20T05:00:00Z"), "that is Thursday's night");
        assert!(of("fri", "18:00-24:00", "2026-11-20T23:59:00Z"));
    }
}
