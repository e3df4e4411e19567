//! What rates and rules of travel knew before a restart, from the activity log.

use std::path::Path;
use std::time::SystemTime;

use crate::policy::{PastDecision, Policy, Rates, Verdict};
use crate::serve::decision::Front;
use crate::serve::log::{Decision, Filter, LogError, Moment, Reader};

/// Decisions that are read, the newest ones: half a minute of reading. Whoever makes more of them in one window of time
/// has limits that long ago were reached.
const DECISIONS_MAX: u64 = 1_000_000;

/// Counts again what the log at `path` has of the time that matters to `policy`. A log that is not there yet has nothing.
///
/// # Errors
/// The log cannot be read; what was counted until then stays.
pub fn replay(path: &Path, policy: &Policy, rates: &mut Rates) -> Result<u64, LogError> {
    let Some(memory) = policy.memory() else { return Ok(0) };
    let reader = match Reader::open(path) {
        Err(LogError::Missing) => return Ok(0),
        reader => reader?,
    };
    let since = SystemTime::now().checked_sub(memory).map(Moment::from);
    let filter = Filter { since, ..Filter::default() };
    let mut counted = 0_u64;
    let mut last = None;
    for decision in reader.decisions(&filter, Some(DECISIONS_MAX))? {
        let decision = decision?;
        let id = decision.id.clone();
        // The files of one request were one decision, of which the first one spoke for all.
        if is_one_request(&decision) && last.as_ref() == Some(&id) {
            continue;
        }
        last = Some(id);
        let past = PastDecision::from(decision);
        let verdict = Verdict { action: past.action.unwrap_or_default(), ..Verdict::default() };
        past.observe(policy, rates, &verdict);
        counted = counted.saturating_add(1);
    }
    Ok(counted)
}

/// Whether all decisions with its id are about one request: not those of a batch, whose items count one by one.
fn is_one_request(decision: &Decision) -> bool {
    decision.frontend != Front::HttpBatch.name()
}
