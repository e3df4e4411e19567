//! The service: ICAP, HTTP and Envoy's requests in, verdicts out (`docs/serve.md`).
//!
//! Tasks of the runtime do I/O and wait. Bodies are looked into by workers ([`process`], or [`threads`]) through
//! [`inspect`], which admits a bounded number; every decision is told to one [`decision::DecisionSink`].
//! Nothing here knows a format of files.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod alert;
pub mod ask;
pub mod config;
pub mod context;
pub mod decision;
#[cfg(feature = "envoy")]
pub mod envoy;
pub mod form;
pub mod http;
pub mod icap;
pub mod icap_connection;
pub mod inspect;
pub mod keep;
pub mod load;
pub mod log;
pub mod metrics;
#[doc(hidden)]
pub mod oracle;
pub mod page;
pub mod process;
pub mod replay;
pub mod server;
pub mod service;
pub mod spool;
pub mod threads;
pub mod tls;
pub mod tools;
pub mod worker;
