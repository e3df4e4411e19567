//! Reading a log: by time, person, action, rule. A service may write it meanwhile, and never waits for a reader: rows
//! are read in pages, each in a transaction of its own.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};

use crate::policy::{Action, Activity};
use crate::serve::log::decision::Decision;
use crate::serve::log::error::LogError;
use crate::serve::log::moment::Moment;
use crate::serve::log::schema;
use crate::serve::log::store::{Loss, count};

/// How long a reader waits for the writer; with a write-ahead log it does so only while a log is begun.
const BUSY: Duration = Duration::from_secs(5);
/// Rows read in one transaction.
const PAGE_ROWS: usize = 500;

/// Which decisions. What is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The first moment.
    pub since: Option<Moment>,
    /// The first moment that is too late.
    pub until: Option<Moment>,
    /// The user, in any case.
    pub user: Option<String>,
    /// What was done.
    pub action: Option<Action>,
    /// What would have been done.
    pub would: Option<Action>,
    /// A policy rule that applies, or a detection rule that matched; `us-*` = all that begin so.
    pub rule: Option<String>,
    /// The activity.
    pub activity: Option<Activity>,
    /// A part of the file's name, in any case of ASCII letters; with `*` and `?` a pattern of all of it.
    pub file: Option<String>,
    /// The correlation id.
    pub id: Option<String>,
}

impl Filter {
    /// A condition of SQL, and its values.
    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        let mut conditions = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut add = |condition: &str, value: Value| {
            conditions.push(condition.to_owned());
            values.push(value);
        };
        if let Some(since) = self.since {
            add("time_ms >= ?", since.millis().into());
        }
        if let Some(until) = self.until {
            add("time_ms < ?", until.millis().into());
        }
        if let Some(user) = &self.user {
            add("user = ? COLLATE NOCASE", user.clone().into());
        }
        if let Some(action) = self.action {
            add("action = ?", action.name().to_owned().into());
        }
        if let Some(would) = self.would {
            add("would = ?", would.name().to_owned().into());
        }
        if let Some(activity) = self.activity {
            add("activity = ?", activity.name().to_owned().into());
        }
        if let Some(id) = &self.id {
            add("id = ?", id.clone().into());
        }
        if let Some(rule) = &self.rule {
            let (test, value) = match rule.strip_suffix('*') {
                Some(prefix) => ("rule GLOB ?", format!("{}*", literal(prefix))),
                None => ("rule = ?", rule.clone()),
            };
            add(&format!("seq IN (SELECT seq FROM rules WHERE {test})"), value.into());
        }
        if let Some(file) = &self.file {
            let file = file.to_ascii_lowercase();
            let pattern =
                if file.contains(['*', '?']) { file.replace('[', "[[]") } else { format!("*{}*", literal(&file)) };
            add("lower(file) GLOB ?", pattern.into());
        }
        let condition = if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
        (condition, values)
    }
}

/// A text that stands for itself in a GLOB.
fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '*' | '?' | '[' => out.extend(['[', c, ']']),
            c => out.push(c),
        }
        out
    })
}

/// A log, open for reading.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
}

impl Reader {
    /// Opens the log at `path`.
    ///
    /// # Errors
    /// There is none, it is damaged or another program's, or it may not be read.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        if !path.exists() {
            return Err(LogError::Missing);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let version = schema::version(&connection)?;
        if version < schema::newest() {
            // A service brings it up to date when it starts.
            return Err(if version == 0 {
                LogError::Missing
            } else {
                LogError::Row(format!("tables of version {version}"))
            });
        }
        Ok(Self { connection })
    }

    /// How many decisions there are.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn count(&self, filter: &Filter) -> Result<u64, LogError> {
        let (condition, values) = filter.sql();
        let sql = format!("SELECT count(*) FROM decisions WHERE {condition}");
        Ok(self.connection.query_row(&sql, params_from_iter(values), |row| count(row, 0))?)
    }

    /// Decisions in the order of their times; with `last`, only so many of the newest ones. What comes in meanwhile may
    /// be among them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decisions(&self, filter: &Filter, last: Option<u64>) -> Result<Decisions<'_>, LogError> {
        let (condition, values) = filter.sql();
        let mut after = (i64::MIN, i64::MIN);
        if let Some(last) = last {
            // The one before the first that is wanted, counted from the end.
            let sql = format!(
                "SELECT time_ms, seq FROM decisions WHERE {condition} ORDER BY time_ms DESC, seq DESC LIMIT 1 OFFSET {last}"
            );
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(values.clone()))?;
            if let Some(row) = rows.next()? {
                after = (row.get(0)?, row.get(1)?);
            }
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM decisions WHERE {condition} AND (time_ms, seq) > (?, ?)
             ORDER BY time_ms, seq LIMIT {PAGE_ROWS}"
        );
        Ok(Decisions { reader: self, sql, values, after, page: Vec::new().into_iter(), end: false })
    }

    /// Decisions that could not be kept, in the order of their times.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn losses(&self, since: Option<Moment>, until: Option<Moment>) -> Result<Vec<Loss>, LogError> {
        let sql = "SELECT from_ms, to_ms, count, why FROM losses WHERE to_ms >= ? AND from_ms < ? ORDER BY from_ms";
        let mut statement = self.connection.prepare(sql)?;
        let range = [since.map_or(i64::MIN, Moment::millis), until.map_or(i64::MAX, Moment::millis)];
        let rows = statement.query_map(range, |row| {
            let moment = |column| row.get(column).map(Moment::from_millis);
            Ok(Loss { from: moment(0)?, to: moment(1)?, count: count(row, 2)?, why: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Decisions one after the other, read in pages.
#[derive(Debug)]
pub struct Decisions<'r> {
    reader: &'r Reader,
    sql: String,
    values: Vec<Value>,
    after: (i64, i64),
    page: std::vec::IntoIter<Decision>,
    end: bool,
}

impl Decisions<'_> {
    fn read_page(&mut self) -> Result<(), LogError> {
        let mut statement = self.reader.connection.prepare_cached(&self.sql)?;
        let after = [Value::from(self.after.0), Value::from(self.after.1)];
        let mut rows = statement.query(params_from_iter(self.values.iter().cloned().chain(after)))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            self.after = (row.get(1)?, row.get(0)?);
            page.push(decision(row)?);
        }
        self.end = page.len() < PAGE_ROWS;
        self.page = page.into_iter();
        Ok(())
    }
}

impl Iterator for Decisions<'_> {
    type Item = Result<Decision, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(decision) = self.page.next() {
            return Some(Ok(decision));
        }
        if self.end {
            return None;
        }
        if let Err(error) = self.read_page() {
            self.end = true;
            return Some(Err(error));
        }
        self.page.next().map(Ok)
    }
}

/// Columns of a decision, in the order that [`decision`] wants.
const COLUMNS: &str = "seq, time_ms, id, frontend, event, user, address, activity, app, url, file, media_type, size, \
                       sha256, status, verdict, action, would, policy, rule, details";

/// The decision in a row.
fn decision(row: &Row<'_>) -> Result<Decision, LogError> {
    let address: Option<String> = row.get(6)?;
    let activity: Option<String> = row.get(7)?;
    let size: Option<i64> = row.get(12)?;
    let action: Option<String> = row.get(16)?;
    let would: Option<String> = row.get(17)?;
    let details: String = row.get(20)?;
    Ok(Decision {
        time: Moment::from_millis(row.get(1)?),
        id: row.get(2)?,
        frontend: row.get(3)?,
        event: row.get(4)?,
        user: row.get(5)?,
        address: address.and_then(|a| a.parse().ok()),
        activity: activity.as_deref().and_then(Activity::from_name),
        app: row.get(8)?,
        url: row.get(9)?,
        file: row.get(10)?,
        media_type: row.get(11)?,
        size: size.and_then(|n| u64::try_from(n).ok()),
        sha256: row.get(13)?,
        status: row.get(14)?,
        verdict: row.get(15)?,
        action: action.as_deref().and_then(Action::from_name),
        would: would.as_deref().and_then(Action::from_name),
        policy: row.get(18)?,
        rule: row.get(19)?,
        details: serde_json::from_str(&details).map_err(|e| LogError::Row(e.to_string()))?,
    })
}
