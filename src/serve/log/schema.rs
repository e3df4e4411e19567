//! The tables of the database, and how an older one becomes a newer one.

use rusqlite::{Connection, TransactionBehavior};

use crate::serve::log::error::LogError;

/// `PRAGMA application_id` of a log: "frsk". What has another one and tables is somebody else's database.
pub(super) const APPLICATION_ID: i32 = 0x6672_736b;

/// Steps from each version of the tables to the next one; their number is `PRAGMA user_version`. A step that was once
/// released never changes.
const STEPS: &[&str] = &["
CREATE TABLE decisions (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms    INTEGER NOT NULL,
    id         TEXT NOT NULL,
    frontend   TEXT NOT NULL,
    event      TEXT,
    user       TEXT COLLATE NOCASE,
    address    TEXT,
    activity   TEXT,
    app        TEXT,
    url        TEXT,
    file       TEXT,
    media_type TEXT,
    size       INTEGER,
    sha256     TEXT,
    status     TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    action     TEXT,
    would      TEXT,
    policy     TEXT,
    rule       TEXT,
    details    TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_time ON decisions (time_ms);
CREATE INDEX decisions_by_id ON decisions (id);
CREATE INDEX decisions_by_user ON decisions (user, time_ms) WHERE user IS NOT NULL;
CREATE INDEX decisions_by_action ON decisions (action, time_ms);

CREATE TABLE rules (
    seq  INTEGER NOT NULL REFERENCES decisions (seq) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (rule, seq, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX rules_by_decision ON rules (seq);

CREATE TABLE losses (
    from_ms INTEGER NOT NULL,
    to_ms   INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    why     TEXT NOT NULL
) STRICT;

CREATE TABLE alerts (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL,
    target  TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    body    TEXT NOT NULL,
    refused TEXT
) STRICT;
CREATE UNIQUE INDEX alerts_by_id ON alerts (id, target);
CREATE INDEX alerts_by_target ON alerts (target, refused, seq);

CREATE TABLE alert_days (
    day    INTEGER NOT NULL,
    key    TEXT NOT NULL,
    raised INTEGER NOT NULL,
    held   INTEGER NOT NULL,
    PRIMARY KEY (day, key)
) STRICT, WITHOUT ROWID;
"];

/// Version of the tables that this program writes.
pub(super) fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Version of the tables that a database has; 0 = none yet.
///
/// # Errors
/// It is another program's, or of a newer version of this one.
pub(super) fn version(connection: &Connection) -> Result<i64, LogError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (tables > 0 || application != 0) {
        return Err(LogError::Foreign);
    }
    if version > newest() {
        return Err(LogError::Newer { version, known: newest() });
    }
    Ok(version)
}

/// Makes the tables what this program writes, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LogError> {
    if version(connection)? == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Again: another process may have been faster.
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in STEPS.get(from..).unwrap_or_default() {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()?;
    Ok(())
}
