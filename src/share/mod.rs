//! File shares and folders: which files there are, how they are opened, many of them at once.
//!
//! `share/` changes no file.

mod list;
mod parallel;
mod read;
mod volumes;
mod walk;

pub use list::paths;
pub use parallel::{WINDOW, in_order};
pub use read::{MAP_BYTES_MIN, Map, Opened};
pub use walk::{Entry, FileId, Filter, Walk};
