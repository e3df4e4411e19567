//! Reporting: records of inputs, and the formats they are written in.
//!
//! Conclusions are drawn in one place, `resolve.rs`; formats only render them. Values end in `collect.rs`, which asks
//! suppression lists (`suppress/`) about them first.

mod collect;
pub(crate) mod encode;
mod human;
pub mod jsonl;
mod mask;
pub mod matches;
mod record;
mod resolve;
mod summary;
mod suppress;
mod words;

pub use collect::{Collected, Collector, Origin, RuleInfo, SAMPLES_MAX};
pub use human::{Style, escape};
pub use mask::{Masker, Show};
pub use record::{
    AlertEntry, Hit, Input, LabelEntry, MatchEntry, Place, ReasonEntry, Record, SCHEMA, Sample, Stats, SuppressedEntry,
    SuspicionEntry, TOOL, Timing,
};
pub use resolve::{End, FailOn, Outcome, Status, exit_code, resolve};
pub use summary::{LimitsEntry, Run, Speed, Summary, SuppressionsEntry, Tally};
pub use suppress::{Date, Entry, SuppressionError, Suppressions, ValueNames};
