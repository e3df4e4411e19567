//! Progress on standard error.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::When;
use crate::say;

/// Seconds between lines where there is no terminal to redraw.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How far a run is.
pub struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    last: Instant,
    files: u64,
    bytes: u64,
    shared_terminal: bool,
}

impl Progress {
    /// Progress as the flag asks for it.
    pub fn new(when: When, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let wanted = when == When::Always || when == When::Auto && terminal && !quiet;
        let bar = (wanted && terminal).then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("{spinner} {human_pos} files  {msg}  {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let lines = wanted && !terminal;
        Self { bar, lines, last: Instant::now(), files: 0, bytes: 0, shared_terminal: io::stdout().is_terminal() }
    }

    /// Counts one file.
    pub fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        if let Some(bar) = &self.bar {
            bar.set_position(self.files);
            bar.set_message(format!("{} MB", self.bytes / 1_000_000));
        }
    }

    /// Says now and then that the run is alive.
    pub fn tick(&mut self) {
        if self.lines && self.last.elapsed() >= HEARTBEAT {
            self.last = Instant::now();
            say(&format!("frisk: {} files, {} MB so far", self.files, self.bytes / 1_000_000));
        }
    }

    /// Writes to the terminal without tearing the bar.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) if self.shared_terminal => bar.suspend(write),
            _ => write(),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
