//! Counts and times for Prometheus (text format 0.0.4). Labels are words of closed lists: no path, no user, no value.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::policy::Action;
use crate::report::Record;
use crate::serve::decision::{Front, Timings};
use crate::serve::inspect::Inspector;

/// Upper bounds of the classes of times, in microseconds: from a quarter of a millisecond to ten seconds.
const BOUNDS_US: [u64; 14] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 10_000_000,
];

/// All counts since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// A row a front, a column an action.
    decisions: [[AtomicU64; Action::ALL.len()]; Front::ALL.len()],
    would_block: AtomicU64,
    overloaded: AtomicU64,
    gaps: AtomicU64,
    body_bytes: AtomicU64,
    total: Histogram,
    queue: Histogram,
    reloads: [AtomicU64; 2],
    /// Connections that are open.
    pub connections: AtomicU64,
    /// Connections turned away because there were too many.
    pub turned_away: AtomicU64,
    /// Messages that were none.
    pub malformed: AtomicU64,
    /// Connections ended because their client was too slow.
    pub timed_out: AtomicU64,
}

#[derive(Debug, Default)]
struct Histogram {
    counts: [AtomicU64; BOUNDS_US.len()],
    all: AtomicU64,
    sum_us: AtomicU64,
}

/// Adds one.
pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Histogram {
    fn add(&self, us: u64) {
        for (bound, counter) in BOUNDS_US.iter().zip(&self.counts) {
            if us <= *bound {
                count(counter);
            }
        }
        count(&self.all);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    fn put(&self, out: &mut String, name: &str, help: &str) {
        head(out, name, "histogram", help);
        for (bound, counter) in BOUNDS_US.iter().zip(&self.counts) {
            let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {}", seconds(*bound), get(counter));
        }
        let all = get(&self.all);
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {all}");
        let _ = writeln!(out, "{name}_sum {}\n{name}_count {all}", seconds(get(&self.sum_us)));
    }
}

/// Microseconds as a decimal number of seconds.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

impl Metrics {
    /// Counts a decision.
    pub fn decision(&self, front: Front, action: Action, overloaded: bool, records: &[Record], timings: Timings) {
        let row = Front::ALL.iter().zip(&self.decisions).find(|(known, _)| **known == front).map(|(_, row)| row);
        let cell = row.and_then(|row| Action::ALL.iter().zip(row).find(|(known, _)| **known == action));
        if let Some((_, cell)) = cell {
            count(cell);
        }
        if overloaded {
            count(&self.overloaded);
        }
        if records.iter().any(|record| record.would_block) {
            count(&self.would_block);
        }
        if records.iter().any(|record| !record.reasons.is_empty()) {
            count(&self.gaps);
        }
        let bytes: u64 = records.iter().map(|record| record.size).sum();
        self.body_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.total.add(timings.total);
        self.queue.add(timings.queue);
    }

    /// Counts a reload.
    pub fn reloaded(&self, is_good: bool) {
        let [good, bad] = &self.reloads;
        count(if is_good { good } else { bad });
    }

    /// All of it as text.
    #[must_use]
    pub fn text(&self, inspector: &Inspector, further: &[(&'static str, &'static str, u64)]) -> String {
        let mut out = String::with_capacity(8 << 10);
        let name = "frisk_decisions_total";
        head(&mut out, name, "counter", "Verdicts given.");
        for (front, row) in Front::ALL.iter().zip(&self.decisions) {
            for (action, counter) in Action::ALL.iter().zip(row) {
                let (front, action, value) = (front.name(), action.name(), get(counter));
                let _ = writeln!(out, "{name}{{front=\"{front}\",action=\"{action}\"}} {value}");
            }
        }
        for (name, help, counter) in [
            (
                "frisk_would_block_total",
                "Verdicts that would have blocked, were the policy not watching.",
                &self.would_block,
            ),
            ("frisk_overloaded_total", "Requests there was no room for.", &self.overloaded),
            ("frisk_incomplete_total", "Requests that were not wholly examined.", &self.gaps),
            ("frisk_body_bytes_total", "Bytes of bodies judged.", &self.body_bytes),
            ("frisk_connections_turned_away_total", "Connections above the limit.", &self.turned_away),
            ("frisk_malformed_total", "Messages that were none.", &self.malformed),
            ("frisk_timed_out_total", "Connections whose client was too slow.", &self.timed_out),
        ] {
            head(&mut out, name, "counter", help);
            let _ = writeln!(out, "{name} {}", get(counter));
        }
        head(&mut out, "frisk_reloads_total", "counter", "Times rules and policy were read again.");
        for (result, counter) in ["ok", "failed"].into_iter().zip(&self.reloads) {
            let _ = writeln!(out, "frisk_reloads_total{{result=\"{result}\"}} {}", get(counter));
        }
        for (name, help, value) in [
            ("frisk_connections", "Connections open.", get(&self.connections)),
            ("frisk_queue", "Requests that wait for a worker.", inspector.waiting() as u64),
            ("frisk_workers_idle", "Workers with nothing to do.", inspector.idle_workers() as u64),
        ]
        .into_iter()
        .chain(further.iter().copied())
        {
            head(&mut out, name, "gauge", help);
            let _ = writeln!(out, "{name} {value}");
        }
        self.total.put(&mut out, "frisk_request_seconds", "Time from the first byte of a request to its verdict.");
        self.queue.put(&mut out, "frisk_queue_seconds", "Time that requests waited for a worker.");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_and_classes_add_up() {
        assert_eq!((seconds(250), seconds(1_000_000), seconds(0)), ("0.00025".into(), "1".into(), "0".into()));
        let histogram = Histogram::default();
        for us in [100, 300, 60_000_000] {
            histogram.add(us);
        }
        let mut out = String::new();
        histogram.put(&mut out, "t", "help");
        for line in ["t_bucket{le=\"0.00025\"} 1", "t_bucket{le=\"10\"} 2", "t_bucket{le=\"+Inf\"} 3", "t_sum 60.0004"]
        {
            assert!(out.contains(line), "{line} is not in\n{out}");
        }
    }
}
