//! Content inspection for data loss prevention: bytes in, a verdict with its reasons out.
#![forbid(unsafe_code)]

pub mod blob;
pub mod container;
pub mod document;
pub mod find;
pub mod label;
pub mod policy;
pub mod report;
pub mod scan;
#[cfg(feature = "cli")]
pub mod share;
