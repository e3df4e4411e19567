//! Where results go: standard output, or files that appear when they are complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use frisk::report::{Record, Run, Style, Summary, jsonl, matches};

use crate::args::{Format, When};
use crate::atomic::Atomic;

/// One place results go to.
pub struct Output {
    format: Format,
    style: Style,
    to: To,
    closed: bool,
}

/// Renders a record for a command that shows it in a way of its own.
pub type Special = fn(Format, Style, &mut Record) -> String;

enum To {
    Stdout(BufWriter<io::Stdout>),
    File {
        writer: BufWriter<Atomic>,
        path: PathBuf,
    },
    /// A device or a pipe, written as it is: nothing may take its place.
    Device {
        writer: BufWriter<File>,
        path: PathBuf,
    },
}

impl Output {
    /// Standard output.
    pub fn stdout(format: Format, color: When) -> Self {
        Self { format, style: style(color), to: To::Stdout(BufWriter::new(io::stdout())), closed: false }
    }

    /// A file beside `path` that takes its place at the end. Only its owner may read it.
    pub fn file(format: Format, path: &Path) -> io::Result<Self> {
        if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let writer = BufWriter::new(OpenOptions::new().write(true).open(path)?);
            let to = To::Device { writer, path: path.to_owned() };
            return Ok(Self { format, style: Style::default(), to, closed: false });
        }
        let to = To::File { writer: BufWriter::new(Atomic::create(path)?), path: path.to_owned() };
        Ok(Self { format, style: Style::default(), to, closed: false })
    }

    /// Files this run writes, to be left out of what it reads.
    pub fn own(&self) -> Vec<fs::Metadata> {
        match &self.to {
            To::File { writer, path } => {
                [writer.get_ref().metadata(), fs::metadata(path)].into_iter().flatten().collect()
            }
            To::Device { .. } => Vec::new(),
            // Where standard output goes to, if the system tells.
            To::Stdout(_) => fs::metadata("/dev/fd/1").into_iter().filter(fs::Metadata::is_file).collect(),
        }
    }

    /// What `record` looks like in a format, unless `special` knows better.
    pub fn render_as(format: Format, style: Style, special: Option<Special>, record: &mut Record) -> String {
        match (special, format) {
            (Some(special), _) => special(format, style, record),
            (None, Format::Jsonl) => jsonl::line(record),
            (None, Format::Matches) => matches::lines(record),
            (None, Format::Human) => style.record(record),
        }
    }

    /// What it writes.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How its text may look.
    pub fn style(&self) -> Style {
        self.style
    }

    /// The first line.
    pub fn start(&mut self, run: &Run) -> io::Result<()> {
        match self.format {
            Format::Jsonl => self.write(&jsonl::line(run)),
            Format::Human | Format::Matches => Ok(()),
        }
    }

    /// Adds rendered text.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        let written = match &mut self.to {
            To::Stdout(writer) => writer.write_all(text.as_bytes()),
            To::File { writer, .. } => writer.write_all(text.as_bytes()),
            To::Device { writer, .. } => writer.write_all(text.as_bytes()),
        };
        written.map_err(|error| self.failed(&error))
    }

    /// An error that says where.
    fn failed(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.name()))
    }

    /// Adds the text of one record; whoever reads along gets it at once.
    pub fn write_record(&mut self, text: &str) -> io::Result<()> {
        self.write(text)?;
        if text.is_empty() { Ok(()) } else { self.flush() }
    }

    /// Lets the reader have what was written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.to {
            To::Stdout(writer) => writer.flush(),
            To::Device { writer, .. } => writer.flush(),
            To::File { .. } => Ok(()),
        };
        flushed.map_err(|error| self.failed(&error))
    }

    /// The last lines; a file then takes its name.
    pub fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        match self.format {
            Format::Jsonl => self.write(&jsonl::line(summary))?,
            Format::Human => self.write(&self.style.summary(summary))?,
            Format::Matches => {}
        }
        self.flush()?;
        self.appear().map_err(|error| self.failed(&error))
    }

    /// Lets a file take its name.
    fn appear(&mut self) -> io::Result<()> {
        if let To::File { writer, .. } = &mut self.to {
            writer.flush()?;
            writer.get_mut().finish()?;
        }
        Ok(())
    }

    /// Whether its reader has gone.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Notes that its reader has gone.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// What it is called in messages.
    pub fn name(&self) -> String {
        match &self.to {
            To::Stdout(_) => "standard output".to_owned(),
            To::File { path, .. } | To::Device { path, .. } => path.display().to_string(),
        }
    }
}

/// How text on standard output may look.
pub fn style(color: When) -> Style {
    let terminal = io::stdout().is_terminal();
    let environment = |name| std::env::var_os(name).unwrap_or_default();
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && environment("NO_COLOR").is_empty() && environment("TERM") != "dumb",
    };
    let width = if terminal { terminal_size::terminal_size() } else { None };
    Style { color, width: width.map(|(w, _)| usize::from(w.0)).filter(|w| *w >= 40) }
}
