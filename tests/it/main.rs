//! One test binary: a file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may say so by panicking")]

mod corpus;
mod layers;
mod policy;
