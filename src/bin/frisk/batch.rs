//! Many inputs: each is opened, examined, rendered on a worker and written in its turn.

use std::io::{self, BufRead, BufReader};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use frisk::blob::{Budget, Gap, ReadEnd, Reason, Source};
use frisk::report::{End, FailOn, Input, Record, Style, Summary, SuppressionsEntry, Tally, exit_code};
use frisk::scan::Scanner;
use frisk::share::{Entry, Filter, Map, Opened, Walk, in_order, paths};

use crate::args::Format;
use crate::isolate::Pool;
use crate::map::whole;
use crate::output::{Output, Special};
use crate::progress::Progress;
use crate::signals::Signals;
use crate::{Failure, say};

/// One input to examine.
#[allow(clippy::large_enum_variant, reason = "as many wait as there are workers")]
pub enum Job {
    /// A file, or what stands in its place.
    Entry(Entry),
    /// The document on standard input.
    Stdin,
    /// The list of inputs could not be read on.
    ListBroken(String),
}

/// What became of one input.
pub struct Done {
    /// What the summary counts.
    pub tally: Tally,
    /// What each output writes.
    pub rendered: Vec<String>,
    /// What was not examined, a line each.
    pub gaps: Vec<String>,
    /// The run as a whole failed with it.
    pub broken: Option<String>,
}

/// A run over many inputs.
pub struct Batch<'a> {
    /// Examines.
    pub scanner: &'a Scanner,
    /// Where results go.
    pub outputs: Vec<Output>,
    /// What a record looks like where an output does not know better (`frisk labels`).
    pub render: Option<Special>,
    /// Threads.
    pub jobs: usize,
    /// Worker processes; without them inputs are examined in this one.
    pub pool: Option<Pool>,
    /// What makes the exit code other than 0.
    pub fail_on: FailOn,
    /// Exit 0 instead of 1 and 3.
    pub exit_zero: bool,
    /// Say more on standard error.
    pub verbose: bool,
    /// Progress on standard error.
    pub progress: Progress,
}

impl Batch<'_> {
    /// Examines all `jobs`. Gives the summary, closed, with the exit code in it.
    pub fn run(&mut self, jobs: impl Iterator<Item = Job> + Send, signals: &Signals) -> Result<Summary, Failure> {
        let started = Instant::now();
        let (scanner, threads) = (self.scanner, self.jobs);
        let Self { outputs, progress, verbose, render, pool, .. } = self;
        let pool = pool.as_ref();
        let mut summary = Summary::new(scanner.ruleset_id(), scanner.limits());
        summary.suppressions = SuppressionsEntry::of(scanner.suppressions());
        let mut failure = None;
        let mut broken = None;
        let formats: Vec<_> = outputs.iter().map(|o| (o.format(), o.style())).collect();
        let render = *render;
        let work = |(job, queued): (Job, Instant)| {
            let queued = micros(queued);
            match pool {
                Some(pool) => pool.examine(scanner, job, queued, &formats, render),
                None => {
                    let (record, broken) = examine(scanner, job, whole);
                    finish(record, broken, queued, &formats, render)
                }
            }
        };
        let jobs = jobs.map(|job| (job, Instant::now()));
        let ran = in_order(jobs, threads, &|| signals.came().is_some(), &work, |done: Option<Done>| {
            let Some(done) = done else {
                progress.tick();
                return flow(to_each(outputs, |output, _| output.flush()), &mut failure);
            };
            summary.add(&done.tally);
            progress.add(done.tally.bytes);
            if broken.is_none() {
                broken = done.broken;
            }
            let written = progress.beside(|| {
                if *verbose {
                    done.gaps.iter().for_each(|line| say(line));
                }
                to_each(outputs, |output, at| done.rendered.get(at).map_or(Ok(()), |text| output.write_record(text)))
            });
            flow(written, &mut failure)
        });
        progress.finish();
        ran.map_err(|e| Failure::broken(format!("cannot start threads: {e}")))?;
        if let Some(error) = failure {
            return Err(error.into());
        }
        let end = match (signals.came(), &broken) {
            (Some(signal), _) => End::Signal(signal),
            (None, Some(_)) => End::Broken,
            (None, None) => End::Finished,
        };
        summary.ended_by = match (signals.came(), broken) {
            (Some(number), _) => Some(format!("signal {number}")),
            (None, why) => why,
        };
        summary.finish(started.elapsed(), exit_code(end, &summary, self.fail_on, self.exit_zero));
        Ok(summary)
    }
}

/// Writes to each output. One whose reader has seen enough gets nothing more; that ends the run only if there is no
/// other.
pub fn to_each(outputs: &mut [Output], mut write: impl FnMut(&mut Output, usize) -> io::Result<()>) -> io::Result<()> {
    let mut closed = None;
    for (at, output) in outputs.iter_mut().enumerate().filter(|(_, output)| !output.is_closed()) {
        match write(output, at) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                output.close();
                closed = Some(error);
            }
            written => written?,
        }
    }
    closed.filter(|_| outputs.iter().all(Output::is_closed)).map_or(Ok(()), Err)
}

fn flow(written: io::Result<()>, failure: &mut Option<io::Error>) -> ControlFlow<()> {
    match written {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *failure = Some(error);
            ControlFlow::Break(())
        }
    }
}

/// Renders a record and keeps what the run still needs of it.
pub fn finish(
    mut record: Record,
    broken: Option<String>,
    queued: u64,
    formats: &[(Format, Style)],
    special: Option<Special>,
) -> Done {
    record.timing.queue = queued;
    let tally = Tally::from(&record);
    let gaps = gap_lines(&record);
    let render = |(format, style): &(Format, Style)| Output::render_as(*format, *style, special, &mut record);
    let rendered = formats.iter().map(render).collect();
    Done { tally, rendered, gaps, broken }
}

fn gap_lines(record: &Record) -> Vec<String> {
    let path = frisk::report::escape(&record.path);
    let line = |reason: &frisk::report::ReasonEntry| {
        let place = frisk::report::escape(&reason.place);
        let detail = frisk::report::escape(&reason.detail);
        format!("{path}: {} {place} {detail}", reason.code).trim_end().to_owned()
    };
    record.reasons.iter().map(line).collect()
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// The record of one input, and why the run failed with it, if it did. `map` gets at the bytes of large files.
pub fn examine(scanner: &Scanner, job: Job, map: Map) -> (Record, Option<String>) {
    match job {
        Job::Stdin => {
            let (input, bytes) = stdin_bytes(scanner);
            (guarded(scanner, Source::from(&bytes), &input, &|| None), None)
        }
        Job::ListBroken(why) => {
            let record =
                scanner.not_examined(Gap::new(Reason::ReadError, "", why.clone()), &Input::named("--files-from"));
            (record, Some(format!("the list of inputs broke off: {why}")))
        }
        Job::Entry(entry) => {
            let record = match &entry.gap {
                Some(gap) => scanner.not_examined(gap.clone(), &entry.input),
                None => file(scanner, &entry, map),
            };
            let unread = |r: &frisk::report::ReasonEntry| {
                r.place.is_empty() && matches!(r.code, "not_found" | "permission" | "read_error")
            };
            let broken = entry.root && record.reasons.iter().any(unread);
            let why = || format!("cannot read {}", frisk::report::escape(&record.path));
            let why = broken.then(why);
            (record, why)
        }
    }
}

fn file(scanner: &Scanner, entry: &Entry, map: Map) -> Record {
    let started = Instant::now();
    let opened = match Opened::open(&entry.place, scanner.limits(), map) {
        Ok(opened) => opened,
        Err(gap) => return scanner.not_examined(gap, &entry.input),
    };
    let read = micros(started);
    let mut input = entry.input.clone();
    input.size = opened.metadata().len();
    input.mtime = opened.metadata().modified().ok();
    input.gaps.clone_from(&opened.gaps);
    // What is found may belong to either state of a file that changed meanwhile.
    let mut record = guarded(scanner, opened.source(), &input, &|| opened.change());
    record.timing.read += read;
    record.timing.total += read;
    record
}

/// Examines bytes; a parser that dies leaves a record that says so. `late` is asked in the end for one more gap.
pub fn guarded(scanner: &Scanner, source: Source<'_>, input: &Input, late: &dyn Fn() -> Option<Gap>) -> Record {
    let scanned = catch_unwind(AssertUnwindSafe(|| scanner.scan_and_ask(source, input, late)));
    scanned.unwrap_or_else(|_| scanner.not_examined(Gap::new(Reason::Crashed, "", "the parser died on it"), input))
}

/// The document on standard input.
pub fn stdin_bytes(scanner: &Scanner) -> (Input, Vec<u8>) {
    let mut input = Input::named("-");
    let (bytes, end) = Source::reader(io::stdin().lock()).bytes(&Budget::new(scanner.limits()));
    input.size = bytes.len() as u64;
    match end {
        ReadEnd::Whole => {}
        ReadEnd::Limit(reason) => input.gaps.push(Gap::new(reason, "", "")),
        ReadEnd::Failed(error) => input.gaps.push(Gap::new(Reason::ReadError, "", error.to_string())),
    }
    (input, bytes.into_owned())
}

/// Jobs for paths that the caller named; `-` is standard input.
pub fn named(paths: &[PathBuf], filter: &Filter) -> impl Iterator<Item = Job> + Send + use<> {
    let filter = filter.clone();
    let paths = paths.to_vec();
    paths.into_iter().flat_map(move |path| -> Box<dyn Iterator<Item = Job> + Send> {
        if path == Path::new("-") {
            return Box::new(std::iter::once(Job::Stdin));
        }
        Box::new(Walk::new([path], filter.clone()).map(Job::Entry))
    })
}

/// Jobs for a list of paths. The list is read by a thread of its own, so that a signal ends a run that waits for it.
pub fn listed(
    list: Box<dyn io::Read + Send>,
    separator: u8,
    filter: Filter,
    signals: Signals,
) -> impl Iterator<Item = Job> + Send {
    let (sender, receiver) = mpsc::sync_channel(1024);
    std::thread::spawn(move || {
        let list: Box<dyn BufRead> = Box::new(BufReader::new(list));
        for path in paths(list, separator) {
            let broken = path.is_err();
            if sender.send(path).is_err() || broken {
                return;
            }
        }
    });
    std::iter::from_fn(move || {
        loop {
            return match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(Ok(path)) => Some(Job::Entry(Entry::listed(path, &filter))),
                Ok(Err(error)) => Some(Job::ListBroken(error.to_string())),
                Err(mpsc::RecvTimeoutError::Timeout) if signals.came().is_none() => continue,
                Err(_) => None,
            };
        }
    })
}

/// Threads to use.
pub fn threads(jobs: Option<usize>) -> usize {
    jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1)
}

/// The format of standard output when none is named.
pub fn default_format() -> Format {
    use std::io::IsTerminal;
    if io::stdout().is_terminal() { Format::Human } else { Format::Jsonl }
}
