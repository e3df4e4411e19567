//! The activity log: every decision of a service in an embedded database, see `docs/activity-log.md`.
//!
//! [`ActivityLog`] writes: decisions are handed in from any thread and never wait for the disk. [`Reader`] reads, also
//! while a service writes, from any process. No value and no text of a file comes here, and no query of an address.
#![allow(clippy::arithmetic_side_effects, reason = "counts of its own, and lengths of what was cut before")]

mod decision;
mod error;
mod export;
mod make;
mod moment;
mod past;
mod query;
mod schema;
mod stats;
mod store;
mod syslog;
mod syslog_tls;
mod word;
mod writer;

pub use decision::{Decision, Details, Evidence, Found, GapRow, LabelRow, LevelCount};
pub use error::LogError;
pub use export::{Format, cef, csv, ocsf, table};
pub use make::Request;
pub use moment::Moment;
pub use query::{Decisions, Filter, Reader};
pub use stats::{Stats, Tally};
pub use store::{Loss, Retention};
pub use syslog::{SyslogAddress, SyslogSender};
pub use writer::{ActivityLog, Entry, Health, Settings};

pub(in crate::serve) use store::count;
pub(in crate::serve) use writer::Shared;

use std::path::Path;

/// Deletes what is older than a moment from a log, which a service may be writing meanwhile, and gives free pages back to
/// the file system; gives how many decisions were deleted.
///
/// # Errors
/// There is no log, or the database says no.
pub fn prune(path: &Path, before: Moment) -> Result<u64, LogError> {
    if !path.exists() {
        return Err(LogError::Missing);
    }
    let mut store = store::Store::open(path)?;
    let mut deleted = 0;
    loop {
        let some = store.delete_before(before)?;
        deleted += some as u64;
        store.give_back()?;
        if some == 0 {
            return Ok(deleted);
        }
        // The service's writer has its turn between two transactions.
        std::thread::yield_now();
    }
}
