//! One test binary: a file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may say so by panicking")]

mod cli;
mod corpus;
mod docs;
mod layers;
mod policy;
