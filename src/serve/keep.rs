//! Decisions on their way into the activity log, with the alerts that their rules ask for.

use std::time::Duration;

use crate::serve::alert::Raise;
use crate::serve::decision::{Decision, DecisionSink};
use crate::serve::log::{self, ActivityLog, Entry, Request, Settings};

/// Keeps decisions in the activity log. Hands them to its queue and returns: a disk that is slow, full or gone is no
/// reason to wait.
#[derive(Debug)]
pub struct LogSink(ActivityLog);

/// Time for what waits to be written when the service ends.
const END_MAX: Duration = Duration::from_secs(10);

impl LogSink {
    /// Starts the writer.
    ///
    /// # Errors
    /// Threads cannot be started.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        ActivityLog::start(settings).map(Self)
    }
}

impl DecisionSink for LogSink {
    fn on_decision(&self, decision: &Decision<'_>) {
        let times = decision.timings;
        let request = |is_lead: bool| Request {
            id: decision.id.to_owned(),
            frontend: decision.front.name().to_owned(),
            time: None,
            // What decided is what is done with all that came with it.
            action: is_lead.then_some(decision.action),
            overloaded: decision.overloaded,
            queue_us: Some(times.queue),
            read_us: Some(times.receive),
            total_us: Some(times.total),
        };
        for (nth, record) in decision.records.iter().enumerate() {
            let made = log::Decision::new(decision.situation, record, &request(nth == 0));
            let raise = |alert: &crate::report::AlertEntry| Raise {
                rule: alert.rule.clone(),
                severity: alert.severity,
                daily_limit: alert.daily_limit,
                key: None,
            };
            self.0.record(Entry { decision: made, alerts: record.alerts.iter().map(raise).collect() });
        }
    }

    fn trouble(&self) -> Option<String> {
        let health = self.0.health();
        (!health.ok).then(|| health.last_error.unwrap_or_else(|| "the activity log is not written".to_owned()))
    }

    fn counts(&self) -> Vec<(&'static str, &'static str, u64)> {
        let health = self.0.health();
        let behind = health.targets.iter().map(|target| target.pending).sum();
        vec![
            ("frisk_log_queued", "Decisions that wait to be written to the activity log.", health.queued),
            ("frisk_log_written", "Decisions written to the activity log since the start.", health.written),
            ("frisk_log_lost", "Decisions that the activity log lost since the start.", health.lost),
            ("frisk_log_ok", "Whether the activity log is being written.", u64::from(health.ok)),
            ("frisk_alerts_raised", "Alerts put into the outbox since the start.", health.alerts_raised),
            ("frisk_alerts_lost", "Alerts lost since the start.", health.alerts_lost),
            ("frisk_alerts_pending", "Alerts that wait to be delivered.", behind),
        ]
    }

    fn end(&self) {
        self.0.flush(END_MAX);
    }
}
