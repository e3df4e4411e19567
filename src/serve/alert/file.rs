//! Alerts as lines of a file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::serve::alert::target::{Failure, Send};

/// Appends to a file, which others may move away at any time.
pub(super) struct Appender {
    path: PathBuf,
}

impl Appender {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn append(&self, body: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        // In one write: whoever reads along sees whole lines.
        file.write_all(format!("{body}\n").as_bytes())?;
        // The outbox forgets it then.
        file.sync_data()
    }
}

impl Send for Appender {
    fn send(&mut self, _: &str, body: &str) -> Result<(), Failure> {
        self.append(body).map_err(|error| Failure::Later(error.to_string()))
    }
}
