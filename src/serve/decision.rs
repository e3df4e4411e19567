//! What the service decided, for whoever keeps it: the activity log, alerts, the console.

use crate::policy::{Action, Situation};
use crate::report::Record;

/// The way a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Front {
    /// ICAP, a request modified.
    IcapRequest,
    /// ICAP, a response modified.
    IcapResponse,
    /// Envoy, a request.
    EnvoyRequest,
    /// Envoy, a response.
    EnvoyResponse,
    /// `POST /v1/scan`
    HttpScan,
    /// `POST /v1/text`
    HttpText,
    /// `POST /v1/batch`
    HttpBatch,
    /// `POST /v1/event`
    HttpEvent,
}

impl Front {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::IcapRequest,
        Self::IcapResponse,
        Self::EnvoyRequest,
        Self::EnvoyResponse,
        Self::HttpScan,
        Self::HttpText,
        Self::HttpBatch,
        Self::HttpEvent,
    ];

    /// The word used in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IcapRequest => "icap_reqmod",
            Self::IcapResponse => "icap_respmod",
            Self::EnvoyRequest => "envoy_request",
            Self::EnvoyResponse => "envoy_response",
            Self::HttpScan => "http_scan",
            Self::HttpText => "http_text",
            Self::HttpBatch => "http_batch",
            Self::HttpEvent => "http_event",
        }
    }
}

/// Times of one request, in microseconds. Those of the examination are in the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// From the first byte of the request to the last of its body.
    pub receive: u64,
    /// Waiting for a worker.
    pub queue: u64,
    /// From a worker's being there to its answer.
    pub examine: u64,
    /// From the first byte to the verdict.
    pub total: u64,
}

/// One decision. It borrows: whoever keeps it for longer copies what they need, and must not block.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'d> {
    /// Correlation id, as in the records, answers and pages.
    pub id: &'d str,
    /// The way it came in.
    pub front: Front,
    /// Who did what.
    pub situation: &'d Situation,
    /// A record for each file; the first one decided.
    pub records: &'d [Record],
    /// What was done.
    pub action: Action,
    /// Whether there was no room to examine it, and `on-overload` decided.
    pub overloaded: bool,
    /// Times.
    pub timings: Timings,
}

/// What takes decisions. Called on the tasks that answer: it must return at once, and must not panic.
pub trait DecisionSink: Send + Sync {
    /// Takes one.
    fn on_decision(&self, decision: &Decision<'_>);

    /// What keeps it from storing them, for `/readyz`; nothing if all is well.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// Name, meaning and value of what it counts, for metrics.
    fn counts(&self) -> Vec<(&'static str, &'static str, u64)> {
        Vec::new()
    }

    /// The service ends: stores what waits.
    fn end(&self) {}
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSink;

impl DecisionSink for NoSink {
    fn on_decision(&self, _: &Decision<'_>) {}
}
