//! The service: what answers a proxy's questions, writes its decisions down and raises alerts.

pub mod alert;
pub mod log;
