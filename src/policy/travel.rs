//! Users who are in two places: what a `[[travel]]` allows.

use super::Rule;
use super::error::PolicyError;
use super::filters::at_least_one;
use super::keys;
use super::names::Names;
use super::parse;
use super::rate::keys_max;
use super::situation::Position;
use super::table::{Place, Table};

/// One rule of travel.
#[derive(Clone, Debug)]
pub(super) struct Travel {
    pub(super) rule: Rule,
    /// Kilometres an hour.
    pub(super) speed_max: u64,
    /// Kilometres.
    pub(super) distance_min: u64,
    pub(super) keys_max: usize,
}

/// Kilometres that two look-ups of one address may differ by.
const DISTANCE_MIN: u64 = 100;

impl Travel {
    /// Whether nobody is so fast, from one place at a time (milliseconds) to the other.
    pub(super) fn is_impossible(&self, from: (Position, i64), to: (Position, i64)) -> bool {
        #[allow(clippy::cast_precision_loss, reason = "distances and times of travellers")]
        let (distance_min, speed_max, hours) =
            (self.distance_min as f64, self.speed_max as f64, to.1.abs_diff(from.1) as f64 / 3_600_000.0);
        let distance = from.0.distance_km(to.0);
        distance > distance_min && distance > speed_max * hours
    }
}

pub(super) fn read(place: Place<'_>, table: &Table<'_, '_>, names: &Names) -> Result<Vec<Travel>, PolicyError> {
    let mut travels = Vec::new();
    for (entries, span) in table.tables("travel", "rules of travel are written as [[travel]]")? {
        let table = Table::new(place, keys::TRAVEL.name, entries, span, &keys::TRAVEL.names())?;
        let speed = at_least_one(&table, "max-speed")?;
        travels.push(Travel {
            rule: parse::rule(place, &table, names)?,
            speed_max: speed.ok_or_else(|| table.missing("max-speed", "kilometres an hour, 900 for airliners"))?,
            distance_min: table.number("min-distance")?.unwrap_or(DISTANCE_MIN),
            keys_max: keys_max(&table)?,
        });
    }
    Ok(travels)
}
