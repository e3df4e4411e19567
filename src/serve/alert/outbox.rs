//! The outbox: alerts in the database of the log, from their decision to their delivery.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::report::encode::hex;
use crate::report::{SCHEMA, TOOL};
use crate::serve::alert::{Alert, Raise, Severity};
use crate::serve::log::{Entry, LogError, Settings, count};

/// How long a reader waits for the writer.
const BUSY: Duration = Duration::from_secs(2);

/// An alert that needs no more delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) struct Settled {
    /// Its id.
    pub id: String,
    /// Name of the target.
    pub target: String,
    /// Why the target will never take it; `None` = it has it.
    pub refused: Option<String>,
}

/// What puts alerts into the outbox.
pub(in crate::serve) struct Outbox {
    targets: Vec<Slot>,
    pending_max: u64,
    /// Makes ids unique: random of this start, and a counter.
    nonce: [u8; 16],
    made: u64,
}

/// A target, and how much waits for it.
struct Slot {
    name: String,
    severity_min: Severity,
    pending: u64,
}

impl Outbox {
    pub fn new(settings: &Settings) -> Self {
        let slot = |t: &super::Target| Slot { name: t.name().to_owned(), severity_min: t.severity_min, pending: 0 };
        let targets = settings.targets.iter().map(slot).collect();
        let mut nonce = [0; 16];
        if getrandom::fill(&mut nonce).is_err() {
            // Without random numbers the time and the process make a start unlike the others.
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            nonce = (now.as_nanos() ^ u128::from(std::process::id()) << 96).to_be_bytes();
        }
        Self { targets, pending_max: settings.outbox_max, nonce, made: 0 }
    }

    /// Learns how many alerts wait: target, waiting, refused.
    pub fn set_pending(&mut self, counts: &[(String, u64, u64)]) {
        for slot in &mut self.targets {
            slot.pending = counts.iter().find(|(name, _, _)| *name == slot.name).map_or(0, |(_, pending, _)| *pending);
        }
    }

    /// Puts the alerts of a decision into the outbox, unless their daily limit is reached. Counts those put there, and
    /// those that it has no room for.
    pub fn raise(
        &mut self,
        transaction: &Transaction<'_>,
        entry: &Entry,
        raised: &mut u64,
        lost: &mut u64,
    ) -> Result<(), LogError> {
        for raise in &entry.alerts {
            let day = entry.decision.time.day();
            let key = limit_key(entry, raise);
            let before = counts(transaction, day, &key)?.0;
            let held = raise.daily_limit.is_some_and(|limit| before >= limit);
            transaction
                .prepare_cached(
                    "INSERT INTO alert_days (day, key, raised, held) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (day, key) DO UPDATE SET raised = raised + ?3, held = held + ?4",
                )?
                .execute(params![day, key, i64::from(!held), i64::from(held)])?;
            if held {
                continue;
            }
            self.made += 1;
            let alert = Alert {
                record_type: "alert".to_owned(),
                schema: SCHEMA.to_owned(),
                tool: TOOL.to_owned(),
                id: self.id(entry, raise),
                time: entry.decision.time,
                severity: raise.severity,
                policy: entry.decision.policy.clone(),
                rule: raise.rule.clone(),
                number_today: before + 1,
                daily_limit: raise.daily_limit,
                held_yesterday: counts(transaction, day - 1, &key)?.1,
                decision: entry.decision.clone(),
            };
            let body = serde_json::to_string(&alert).map_err(|e| LogError::Row(e.to_string()))?;
            for slot in self.targets.iter_mut().filter(|slot| slot.severity_min <= raise.severity) {
                if slot.pending >= self.pending_max {
                    *lost += 1;
                    continue;
                }
                transaction
                    .prepare_cached("INSERT INTO alerts (id, target, time_ms, body) VALUES (?, ?, ?, ?)")?
                    .execute(params![alert.id, slot.name, alert.time.millis(), body])?;
                slot.pending += 1;
                *raised += 1;
            }
        }
        Ok(())
    }

    fn id(&self, entry: &Entry, raise: &Raise) -> String {
        let mut digest = Sha256::new();
        digest.update(self.nonce);
        digest.update(self.made.to_be_bytes());
        digest.update(entry.decision.id.as_bytes());
        digest.update([0]);
        digest.update(raise.rule.as_bytes());
        hex(digest.finalize().first_chunk::<16>().map_or(&[], |bytes| bytes.as_slice()))
    }
}

/// What a daily limit is counted by.
fn limit_key(entry: &Entry, raise: &Raise) -> String {
    let policy = entry.decision.policy.as_deref().unwrap_or_default();
    // Names of policies and rules hold no line feed.
    format!("{policy}\n{}\n{}", raise.rule, raise.key.as_deref().unwrap_or_default())
}

/// Alerts raised and held back on a day.
fn counts(transaction: &Transaction<'_>, day: i64, key: &str) -> Result<(u64, u64), LogError> {
    let mut statement = transaction.prepare_cached("SELECT raised, held FROM alert_days WHERE day = ? AND key = ?")?;
    let found = statement.query_row(params![day, key], |row| Ok((count(row, 0)?, count(row, 1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

/// Takes out of the outbox what was delivered, and marks what was refused.
pub(in crate::serve) fn settle(transaction: &Transaction<'_>, settled: &[Settled]) -> Result<(), LogError> {
    for Settled { id, target, refused } in settled {
        match refused {
            None => transaction
                .prepare_cached("DELETE FROM alerts WHERE id = ? AND target = ?")?
                .execute(params![id, target])?,
            Some(why) => transaction
                .prepare_cached("UPDATE alerts SET refused = ?3 WHERE id = ?1 AND target = ?2")?
                .execute(params![id, target, why])?,
        };
    }
    Ok(())
}

/// The oldest alerts that wait for a target, id and body. There is none where there is no database yet.
pub(super) fn waiting(path: &Path, target: &str, most: usize) -> Result<Vec<(String, String)>, LogError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let sql = "SELECT id, body FROM alerts WHERE target = ? AND refused IS NULL ORDER BY seq LIMIT ?";
    let mut statement = connection.prepare(sql)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![target, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
