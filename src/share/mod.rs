//! File shares and folders: which files there are, how they are opened, many of them at once; and the program that
//! recognises text in pictures.
//!
//! `share/` changes no file; what does not fit into memory while it is sorted goes to temporary files of its own.

mod list;
mod ocr;
mod parallel;
mod path;
mod read;
mod sort;
mod volumes;
mod walk;

pub use crate::scan::worker::{Death, WORKER_REFUSED, Worker, read_frame, write_frame};
pub use list::paths;
pub use ocr::Tesseract;
pub use parallel::{WINDOW, in_order};
pub use path::FilePath;
pub use read::{MAP_BYTES_MIN, Map, Mapped, Opened};
pub use sort::{Sorted, Sorter};
pub use walk::{Entry, FileId, Filter, Walk};
