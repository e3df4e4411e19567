//! Counts of a log.

use rusqlite::params_from_iter;
use serde::Serialize;

use crate::report::escape;
use crate::serve::log::error::LogError;
use crate::serve::log::moment::Moment;
use crate::serve::log::query::{Filter, Reader};
use crate::serve::log::store::count;

/// Names in one list; the rest is counted.
const NAMES_MAX: usize = 20;

/// How many decisions there are of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Decisions.
    pub decisions: u64,
    /// The first of them.
    pub first: Option<Moment>,
    /// The last of them.
    pub last: Option<Moment>,
    /// Decisions that could not be kept in this time; filters but those of time do not apply.
    pub lost: u64,
    /// By action.
    pub actions: Tally,
    /// By what would have been done, were policies not only watching.
    pub would: Tally,
    /// By policy rule that applies.
    pub policy_rules: Tally,
    /// By detection rule that matched: decisions, not matches.
    pub detection_rules: Tally,
    /// By user.
    pub users: Tally,
    /// By hour of UTC.
    pub hours: Tally,
}

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The names with the highest counts (hours: all, in their order).
    pub names: Vec<(String, u64)>,
    /// How many more names there are.
    pub more: u64,
}

impl Reader {
    /// Counts.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stats(&self, filter: &Filter) -> Result<Stats, LogError> {
        let (condition, values) = filter.sql();
        let sql = format!("SELECT count(*), min(time_ms), max(time_ms) FROM decisions WHERE {condition}");
        let moment = |ms: Option<i64>| ms.map(Moment::from_millis);
        let (decisions, first, last) = self.connection.query_row(&sql, params_from_iter(values.clone()), |row| {
            Ok((count(row, 0)?, moment(row.get(1)?), moment(row.get(2)?)))
        })?;
        let by = |column: &str| {
            let sql = format!(
                "SELECT {column} AS name, count(*) AS n FROM decisions WHERE {condition} AND {column} IS NOT NULL
                 GROUP BY name ORDER BY n DESC, name"
            );
            self.tally(&sql, &values, NAMES_MAX)
        };
        let of_rules = |kind: &str| {
            let sql = format!(
                "SELECT rule AS name, count(*) AS n FROM rules WHERE kind = '{kind}'
                 AND seq IN (SELECT seq FROM decisions WHERE {condition}) GROUP BY name ORDER BY n DESC, name"
            );
            self.tally(&sql, &values, NAMES_MAX)
        };
        let hours = format!(
            "SELECT strftime('%Y-%m-%dT%H', time_ms / 1000, 'unixepoch') AS name, count(*) FROM decisions
             WHERE {condition} GROUP BY name ORDER BY name"
        );
        Ok(Stats {
            decisions,
            first,
            last,
            lost: self.losses(filter.since, filter.until)?.iter().map(|loss| loss.count).sum(),
            actions: by("action")?,
            would: by("would")?,
            policy_rules: of_rules("policy")?,
            detection_rules: of_rules("detection")?,
            users: by("user")?,
            hours: self.tally(&hours, &values, usize::MAX)?,
        })
    }

    fn tally(&self, sql: &str, values: &[rusqlite::types::Value], most: usize) -> Result<Tally, LogError> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(params_from_iter(values.iter().cloned()))?;
        let mut tally = Tally::default();
        while let Some(row) = rows.next()? {
            if tally.names.len() < most {
                tally.names.push((row.get(0)?, count(row, 1)?));
            } else {
                tally.more += 1;
            }
        }
        Ok(tally)
    }
}

impl Stats {
    /// For people.
    pub fn text(&self) -> String {
        use std::fmt::Write as _;

        let mut text = format!("{} decisions", self.decisions);
        if let (Some(first), Some(last)) = (self.first, self.last) {
            let _ = write!(text, " from {first} to {last}");
        }
        text.push('\n');
        if self.lost > 0 {
            let _ = writeln!(text, "{} decisions could not be kept", self.lost);
        }
        let lists = [
            ("by action", &self.actions),
            ("would have been, without mode = \"monitor\"", &self.would),
            ("by policy rule", &self.policy_rules),
            ("by detection rule", &self.detection_rules),
            ("by user", &self.users),
            ("by hour (UTC)", &self.hours),
        ];
        for (title, tally) in lists {
            if tally.names.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{title}");
            for (name, count) in &tally.names {
                let _ = writeln!(text, "{count:>10}  {}", escape(name));
            }
            if tally.more > 0 {
                let _ = writeln!(text, "            and {} more", tally.more);
            }
        }
        text
    }
}
