//! The thread that delivers to one target.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use crate::serve::alert::outbox::{self, Settled};
use crate::serve::alert::target::Failure;
use crate::serve::log::Shared;

/// Alerts read from the outbox at once.
const READ_MAX: usize = 100;
/// How often the outbox is looked at although nobody said that there is something new: after a start, and after the
/// database could not be read.
const LOOK: Duration = Duration::from_secs(5);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// Delivers to the target with this index until it is time to end.
pub(in crate::serve) fn deliver(shared: &Shared, index: usize) {
    let settings = shared.settings();
    let Some(target) = settings.targets.get(index) else { return };
    let mut sender = target.sender();
    // Dealt with, and still in the outbox: the writer takes them out with its next batch.
    let mut done: HashSet<String> = HashSet::new();
    let mut failures = 0;
    let mut generation = 0;
    loop {
        let read = outbox::waiting(&settings.path, target.name(), READ_MAX + done.len());
        let alerts = read.unwrap_or_else(|error| {
            let text = format!("the outbox cannot be read: {error}");
            shared.with_target(index, |health| health.last_error = Some(text));
            Vec::new()
        });
        done.retain(|id| alerts.iter().any(|(known, _)| known == id));
        let (mut sent, mut failed) = (0, false);
        for (id, body) in alerts.iter().filter(|(id, _)| !done.contains(id)).cloned().collect::<Vec<_>>() {
            let refused = match sender.send(&id, &body) {
                Ok(()) => None,
                Err(Failure::Refused(why)) => Some(why),
                Err(Failure::Later(why)) => {
                    failures += 1;
                    failed = true;
                    shared.with_target(index, |health| {
                        health.failures += 1;
                        health.last_error = Some(why);
                    });
                    break;
                }
            };
            failures = 0;
            sent += 1;
            done.insert(id.clone());
            // First, so that a service that ends once it sees the delivery does not deliver again.
            shared.settle(Settled { id, target: target.name().to_owned(), refused: refused.clone() });
            shared.with_target(index, |health| {
                health.failures = 0;
                health.delivered += u64::from(refused.is_none());
                health.last_error = refused;
            });
            if shared.is_ending() {
                return;
            }
        }
        let pause = match (failed, sent) {
            (true, _) => pause_after(failures, settings.alert_pause_min),
            // There may be more than were read.
            (false, READ_MAX..) => Duration::from_millis(20),
            (false, _) => LOOK,
        };
        // New alerts do not shorten the pause of a dead target.
        let known = (!failed).then_some(generation);
        match shared.wait_for_alerts(known, pause) {
            Some(now) => generation = now,
            None => return,
        }
    }
}

/// Pause after so many failures: it doubles, has a cap, and is shortened at random by up to a quarter, so that many
/// services do not come back to a server at once.
fn pause_after(failures: u32, first: Duration) -> Duration {
    let doubled = first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1).min(20)).unwrap_or(u32::MAX));
    let pause = doubled.min(PAUSE_MAX);
    let random = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos() % 256);
    pause.saturating_sub(pause / 4 * random / 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_cap() {
        let first = Duration::from_millis(500);
        for (failures, most) in [(1, first), (2, first * 2), (5, first * 16), (40, PAUSE_MAX)] {
            let pause = pause_after(failures, first);
            assert!(
                pause <= most && pause >= most * 3 / 4,
                "{failures} failures give {pause:?}, expected about {most:?}"
            );
        }
    }
}
