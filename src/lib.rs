//! Content inspection for data loss prevention: bytes in, a verdict with its reasons out.
//!
//! The tree is the way of one file, and each module uses only those before it: [`blob`] (bytes, what they are, budget),
//! [`container`] (unpack), [`document`] (text with locations, gaps), [`find`] (matches), [`label`], [`policy`]
//! (verdict), [`report`] (records), [`scan`] (the whole way on one screen).
//!
//! ```
//! use frisk::scan::{Context, Scanner};
//!
//! let scanner = Scanner::builder().build()?;
//! let record = scanner.scan("IBAN: DE89 3704 0044 0532 0130 00", &Context::named("note.txt"));
//! assert_eq!(record.matches[0].rule, "iban");
//! # Ok::<(), frisk::scan::Error>(())
//! ```
//!
//! The library opens no file, has no global state and no `unsafe`; nothing above `serve` and `share` does I/O, but for
//! the supervised workers of `scan`, which start processes when asked to.
#![forbid(unsafe_code)]

pub mod blob;
pub mod container;
pub mod document;
pub mod find;
pub mod label;
pub mod policy;
pub mod report;
pub mod scan;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "cli")]
pub mod share;
