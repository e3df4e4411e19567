//! One test binary: a file a subject.
#![allow(clippy::disallowed_methods, reason = "tests open files, and know how large they are")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may say so by panicking")]

#[cfg(unix)]
mod cli;
mod corpus;
mod docs;
#[cfg(unix)]
mod edm;
mod formats;
mod hostile;
mod layers;
mod markup;
mod ocr;
mod policy;
mod purview;
#[cfg(all(unix, feature = "serve"))]
mod serve;
#[cfg(unix)]
mod suppress;
#[cfg(target_os = "linux")]
mod walk;
#[cfg(unix)]
mod workers;
