//! One test binary: a file a subject.
#![allow(clippy::disallowed_methods, reason = "tests open files, and know how large they are")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may say so by panicking")]

#[cfg(unix)]
mod cli;
mod corpus;
mod docs;
#[cfg(unix)]
mod edm;
mod first_verdict;
mod formats;
mod hostile;
mod layers;
#[cfg(all(unix, feature = "serve"))]
mod log;
#[cfg(all(unix, feature = "serve"))]
mod log_alerts;
#[cfg(all(unix, feature = "serve"))]
mod log_crash;
mod markup;
mod ocr;
#[cfg(feature = "serve")]
mod ocsf;
mod policy;
#[cfg(unix)]
mod policy_cli;
mod policy_lint;
mod policy_packs;
mod policy_session;
mod purview;
#[cfg(all(unix, feature = "serve"))]
mod serve;
#[cfg(unix)]
mod suppress;
#[cfg(target_os = "linux")]
mod walk;
mod windows;
#[cfg(unix)]
mod workers;
