//! File shares and folders: which files there are, how they are opened, many of them at once; and the program that
//! recognises text in pictures.
//!
//! `share/` changes no file.

mod list;
mod ocr;
mod parallel;
mod read;
mod volumes;
mod walk;

pub use list::paths;
pub use ocr::Tesseract;
pub use parallel::{WINDOW, in_order};
pub use read::{MAP_BYTES_MIN, Map, Opened};
pub use walk::{Entry, FileId, Filter, Walk};
