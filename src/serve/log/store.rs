//! The database as its one writer sees it: opened, written in batches, pruned, moved aside when it is damaged.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use crate::serve::alert::{self, Settled};
use crate::serve::log::decision::Decision;
use crate::serve::log::error::LogError;
use crate::serve::log::moment::Moment;
use crate::serve::log::schema;
use crate::serve::log::writer::Entry;

/// How long the writer waits for another one: `frisk log prune`, a tool of an administrator's.
const BUSY: Duration = Duration::from_secs(5);
/// Bytes that the write-ahead log keeps between checkpoints. 64 MiB: our choice.
const WAL_BYTES_MAX: i64 = 64 << 20;
/// Damaged databases kept beside a log: each is as large as the log may be.
const ASIDE_MAX: usize = 3;
/// Rows deleted in one transaction: more than come with one batch, so that deleting keeps up.
const PRUNE_ROWS: i64 = 2000;
/// Pages given back to the file system in one go: 4 MiB.
const VACUUM_PAGES: i64 = 1024;
/// Days for which counts of alerts are kept.
const ALERT_DAYS: i64 = 35;

/// How long decisions are kept. Whatever is set, the oldest go first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Age from which on they are deleted.
    pub age: Option<Duration>,
    /// Bytes of the database from which on the oldest are deleted, until a tenth is free.
    pub bytes: Option<u64>,
}

/// Decisions that could not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// When the first of them came.
    pub from: Moment,
    /// When the last of them came.
    pub to: Moment,
    /// How many.
    pub count: u64,
    /// Why.
    pub why: String,
}

/// The database, open for writing.
pub(super) struct Store {
    connection: Connection,
    path: PathBuf,
    file: FileId,
    /// Whether it is larger than it may be, and being made smaller.
    over: bool,
}

/// What was written of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Decisions.
    pub decisions: u64,
    /// Decisions that no database would take.
    pub refused: u64,
    /// Alerts put into the outbox.
    pub alerts: u64,
    /// Alerts for which the outbox had no room.
    pub alerts_lost: u64,
}

impl Store {
    /// Opens the log at `path`, or begins one. Only its owner may read it.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = FileId::of(&options.open(path)?.metadata()?);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        if schema::version(&connection)? == 0 {
            // Takes hold only before there are tables.
            connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        }
        let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if mode != "wal" {
            return Err(LogError::Io(io::Error::other("the file system takes no write-ahead log; use a local one")));
        }
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.query_row(&format!("PRAGMA journal_size_limit = {WAL_BYTES_MAX}"), [], |_| Ok(()))?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, path: path.to_owned(), file, over: false })
    }

    /// Whether the file is still the one that was opened: what goes into a deleted one is lost, and nothing says so.
    pub fn is_in_place(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|now| FileId::of(&now) == self.file)
    }

    /// Writes a batch in one transaction: all of it, or nothing.
    pub fn write(
        &mut self,
        batch: &[Entry],
        settled: &[Settled],
        loss: Option<&Loss>,
        outbox: &mut alert::Outbox,
    ) -> Result<Written, LogError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut written = Written::default();
        for entry in batch {
            insert(&transaction, &entry.decision)?;
            outbox.raise(&transaction, entry, &mut written.alerts, &mut written.alerts_lost)?;
            written.decisions += 1;
        }
        alert::settle(&transaction, settled)?;
        if let Some(loss) = loss {
            let count = i64::try_from(loss.count).unwrap_or(i64::MAX);
            transaction
                .prepare_cached("INSERT INTO losses (from_ms, to_ms, count, why) VALUES (?, ?, ?, ?)")?
                .execute(params![loss.from.millis(), loss.to.millis(), count, loss.why])?;
        }
        transaction.commit()?;
        Ok(written)
    }

    /// Deletes some of what is too old or too much; `true` = there may be more.
    pub fn prune(&mut self, retention: Retention, now: Moment) -> Result<bool, LogError> {
        let mut more = false;
        if let Some(age) = retention.age {
            more |= self.delete_before(now.before(age))? > 0;
        }
        if let Some(most) = retention.bytes {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            // Until a tenth is free: else a few rows would be deleted each time that a few come.
            let goal = if self.over { most - most / 10 } else { most };
            self.over = self.used_bytes()? > goal;
            if self.over {
                more |=
                    self.delete("SELECT seq FROM decisions ORDER BY time_ms, seq LIMIT ?1", params![PRUNE_ROWS])? > 0;
            }
        }
        if more {
            self.connection
                .prepare_cached("DELETE FROM alert_days WHERE day < ?")?
                .execute(params![now.day() - ALERT_DAYS])?;
        }
        self.give_back()?;
        Ok(more)
    }

    /// Deletes a few of the decisions before a moment, with what belongs to them; gives how many.
    pub fn delete_before(&mut self, before: Moment) -> Result<usize, LogError> {
        let sql = "SELECT seq FROM decisions WHERE time_ms < ?2 ORDER BY time_ms LIMIT ?1";
        let deleted = self.delete(sql, params![PRUNE_ROWS, before.millis()])?;
        let mut old = self.connection.prepare_cached("DELETE FROM losses WHERE to_ms < ?")?;
        old.execute(params![before.millis()])?;
        let mut old = self.connection.prepare_cached("DELETE FROM alerts WHERE refused IS NOT NULL AND time_ms < ?")?;
        old.execute(params![before.millis()])?;
        Ok(deleted)
    }

    fn delete(&self, which: &str, values: impl rusqlite::Params) -> Result<usize, LogError> {
        let sql = format!("DELETE FROM decisions WHERE seq IN ({which})");
        Ok(self.connection.prepare_cached(&sql)?.execute(values)?)
    }

    /// Gives a few free pages back to the file system.
    pub fn give_back(&self) -> Result<(), LogError> {
        if self.number("freelist_count")? < VACUUM_PAGES {
            return Ok(());
        }
        let mut vacuum = self.connection.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
        let mut rows = vacuum.query([])?;
        // It works while it is stepped.
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Bytes of pages that hold something.
    fn used_bytes(&self) -> Result<i64, LogError> {
        let pages = self.number("page_count")? - self.number("freelist_count")?;
        Ok(pages.saturating_mul(self.number("page_size")?))
    }

    fn number(&self, pragma: &str) -> Result<i64, LogError> {
        Ok(self.connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?)
    }

    /// Alerts that wait, and alerts that were refused, by target.
    pub fn outbox(&self) -> Result<Vec<(String, u64, u64)>, LogError> {
        let sql = "SELECT target, sum(refused IS NULL), sum(refused IS NOT NULL) FROM alerts GROUP BY target";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, count(row, 1)?, count(row, 2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A count in a column.
pub(in crate::serve) fn count(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or(0))
}

/// Puts a damaged database aside, with the files that belong to it; gives its new name.
pub(super) fn move_aside(path: &Path, now: Moment) -> Result<PathBuf, LogError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let begin = format!("{name}.corrupt-");
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = |entry: &fs::DirEntry| {
        let found = entry.file_name().to_string_lossy().into_owned();
        found.starts_with(&begin) && !found.ends_with("-wal") && !found.ends_with("-shm")
    };
    let aside = fs::read_dir(folder)?.filter_map(Result::ok).filter(beside).count();
    if aside >= ASIDE_MAX {
        return Err(LogError::Damaged { aside });
    }
    let time: String = now.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let new = folder.join(format!("{begin}{time}"));
    for end in ["", "-wal", "-shm"] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        match fs::rename(with(path), with(&new)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(new)
}

/// Adds one decision.
fn insert(transaction: &Transaction<'_>, decision: &Decision) -> Result<(), LogError> {
    let details = serde_json::to_string(&decision.details).map_err(|e| LogError::Row(e.to_string()))?;
    let sql =
        "INSERT INTO decisions (time_ms, id, frontend, event, user, address, activity, app, url, file, media_type,
        size, sha256, status, verdict, action, would, policy, rule, details)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let size = decision.size.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    transaction.prepare_cached(sql)?.execute(params![
        decision.time.millis(),
        decision.id,
        decision.frontend,
        decision.event,
        decision.user,
        decision.address.map(|a| a.to_string()),
        decision.activity.map(|a| a.name()),
        decision.app,
        decision.url,
        decision.file,
        decision.media_type,
        size,
        decision.sha256,
        decision.status,
        decision.verdict,
        decision.action.map(|a| a.name()),
        decision.would.map(|a| a.name()),
        decision.policy,
        decision.rule,
        details,
    ])?;
    let seq = transaction.last_insert_rowid();
    let mut rule = transaction.prepare_cached("INSERT OR IGNORE INTO rules (seq, rule, kind) VALUES (?, ?, ?)")?;
    let own = decision.rule.iter().chain(&decision.details.rules);
    for id in own {
        rule.execute(params![seq, id, "policy"])?;
    }
    for found in &decision.details.found {
        rule.execute(params![seq, found.rule, "detection"])?;
    }
    Ok(())
}

/// Which file it is, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    /// Elsewhere an open file cannot be deleted.
    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Self {
        Self(0, 0)
    }
}
