//! Examining in child processes: what kills a parser ends one process and leaves a record.
//!
//! The supervisor (this process) walks, orders and writes. Workers are the same program with the same arguments, asked
//! one input at a time over their standard streams; what they answer is rendered already.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use frisk::blob::{Gap, Reason, Source};
use frisk::report::{Input, Style, Tally};
use frisk::scan::Scanner;
use frisk::share::{Death, Entry, FilePath, Worker, read_frame, write_frame};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::args::{Format, Isolate, IsolateArgs};
use crate::batch::{Done, Job, examine, finish};
use crate::map::map;
use crate::output::Special;

/// Time a worker may need beyond the limit of an input, which it watches itself: the machine may be busy. As long as the
/// limit, inside these bounds: whoever sets a short limit does not want to wait long.
const GRACE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(10));
/// Time a worker may need to start: rules, indexes.
const START_TIME_MAX: Duration = Duration::from_secs(120);
/// Bytes of stack of a worker's thread: parsers recurse with the nesting of documents.
const STACK_BYTES: usize = 16 << 20;
/// Whether memory of workers is limited on this system.
pub const MEMORY_IS_LIMITED: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// Least memory a worker can start with.
const MEMORY_MIN: u64 = 256 << 20;

/// How results look: what a worker must know that its arguments do not say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// Each output's format, whether colours are allowed, columns.
    pub formats: Vec<(Format, bool, Option<usize>)>,
    /// Seconds since 1970 at the start of the run: policies decide by it, and all workers by the same.
    pub time: u64,
}

impl Look {
    /// Of these outputs.
    pub fn of(formats: &[(Format, Style)], time: SystemTime) -> Self {
        let formats = formats.iter().map(|(format, style)| (*format, style.color, style.width)).collect();
        Self { formats, time: time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) }
    }

    /// The time of the run.
    pub fn time(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.time)).unwrap_or(UNIX_EPOCH)
    }

    /// What a renderer wants to know.
    pub fn formats(&self) -> Vec<(Format, Style)> {
        self.formats.iter().map(|(format, color, width)| (*format, Style { color: *color, width: *width })).collect()
    }
}

/// An input, as it is sent to a worker.
#[derive(Serialize, Deserialize)]
struct Ask {
    /// The path's own bytes; `None`: the bytes of the input follow the frame's header.
    path: Option<Vec<u8>>,
    /// How many components of the path the caller named.
    named: usize,
    name: String,
    path_bytes: Option<Vec<u8>>,
    id: Option<String>,
    size: u64,
    mtime: Option<(bool, Duration)>,
    gaps: Vec<(String, String, String)>,
    root: bool,
    /// Microseconds it waited.
    queued: u64,
}

/// What came of it, but for the rendered texts, which follow.
#[derive(Serialize, Deserialize)]
struct Answer {
    tally: Tally,
    lengths: Vec<usize>,
    gaps: Vec<String>,
    broken: Option<String>,
}

/// How workers are started.
pub struct Launch {
    arguments: Vec<OsString>,
    key: Vec<u8>,
}

impl Launch {
    /// Workers with these outputs; `None`: the flags want none. `memory` bytes are for all workers together.
    ///
    /// # Errors
    /// What the workers must know cannot be told.
    pub fn new(
        args: &IsolateArgs,
        key: &[u8],
        formats: &[(Format, Style)],
        jobs: usize,
        time: SystemTime,
    ) -> Result<Option<Self>, Failure> {
        if args.isolate == Isolate::Thread {
            return Ok(None);
        }
        let look = serde_json::to_string(&Look::of(formats, time)).map_err(|e| Failure::broken(e.to_string()))?;
        let each = memory_of_each(args.max_memory, jobs);
        let own = ["worker", "--look", &look, "--memory", &each.to_string(), "--"].map(OsString::from);
        // The default command has no word of its own.
        let given = std::env::args_os().skip(1);
        Ok(Some(Self { arguments: own.into_iter().chain(given).collect(), key: key.to_vec() }))
    }

    /// Starts a worker, which says when it is ready.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub fn start(&self) -> Result<Worker, String> {
        let mut command = Command::new(program());
        command.args(&self.arguments);
        #[cfg(unix)]
        command.env("FRISK_FINGERPRINT_KEY", std::os::unix::ffi::OsStrExt::from_bytes(&self.key) as &std::ffi::OsStr);
        command.env_remove("FRISK_FINGERPRINT_KEY_FILE");
        Worker::start(&mut command).map_err(|e| format!("cannot start a worker: {e}"))
    }
}

/// Workers that have nothing to do, and how more are made.
pub struct Pool {
    idle: Mutex<Vec<Worker>>,
    launch: Launch,
    ruleset: String,
    time_max: Duration,
}

impl Pool {
    /// A pool of a worker that was started while the rules were read, and of more as they are needed.
    ///
    /// # Errors
    /// The first worker does not work; why.
    pub fn new(launch: Launch, first: Worker, scanner: &Scanner) -> Result<Self, Failure> {
        match started(first) {
            Ok((first, ruleset)) if ruleset == scanner.ruleset_id() => Ok(Self::of(launch, first, scanner)),
            Ok(_) => Err(Failure::broken(CHANGED)),
            Err(why) => Err(Failure::broken(why)),
        }
    }

    /// A pool of a worker that [has started](started), and of more as they are needed.
    pub fn of(launch: Launch, first: Worker, scanner: &Scanner) -> Self {
        let time_max = scanner.limits().time_max;
        let time_max = time_max.saturating_add(time_max.clamp(GRACE.0, GRACE.1));
        let ruleset = scanner.ruleset_id().to_owned();
        Self { idle: Mutex::new(vec![first]), launch, ruleset, time_max }
    }

    /// Examines one input.
    pub fn examine(
        &self,
        scanner: &Scanner,
        job: Job,
        queued: u64,
        look: &[(Format, Style)],
        special: Option<Special>,
    ) -> Done {
        let (mut entry, bytes) = match job {
            Job::Entry(entry) if entry.gap.is_none() => (entry, None),
            Job::Stdin => {
                let (input, bytes) = crate::batch::stdin_bytes(scanner);
                (Entry::unplaced(input), Some(bytes))
            }
            // Nothing is read of these.
            job => {
                let (record, broken) = examine(scanner, job, map);
                return finish(record, broken, queued, look, special);
            }
        };
        let question = question(&entry, bytes.as_deref(), queued);
        let mut second = false;
        let (gap, broken) = loop {
            let mut worker = match self.take() {
                Ok(worker) => worker,
                Err(why) => break (Gap::new(Reason::Crashed, "", "no worker could be started"), Some(why)),
            };
            match worker.ask(question.clone(), self.time_max) {
                Ok(answer) => match parse(&answer) {
                    Some(done) => {
                        self.put_back(worker);
                        return done;
                    }
                    None => break (Gap::new(Reason::Crashed, "", "the worker gave no answer of its kind"), None),
                },
                // Whoever killed it may have meant another one.
                Err(Death::Killed) if !second => second = true,
                Err(death) => break (gap_of(&death), None),
            }
        };
        if bytes.is_none() {
            // That may be why the worker died: one that is cut short takes whoever maps it along.
            entry.note_change();
        }
        finish(scanner.not_examined(gap, &entry.input), broken, queued, look, special)
    }

    fn take(&self) -> Result<Worker, String> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.start(), Ok)
    }

    fn put_back(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }

    fn start(&self) -> Result<Worker, String> {
        // Whoever killed the first one may have meant another.
        self.ready(self.launch.start()?).or_else(|_| self.ready(self.launch.start()?))
    }

    /// Waits until a worker has read its rules.
    fn ready(&self, worker: Worker) -> Result<Worker, String> {
        let (worker, ruleset) = started(worker)?;
        if ruleset == self.ruleset { Ok(worker) } else { Err(CHANGED.to_owned()) }
    }
}

const CHANGED: &str = "rules or lists changed while the run went on";

/// Waits until a worker has read its rules; gives the id of what it finds and decides by, too.
///
/// # Errors
/// Why it did not start.
pub fn started(mut worker: Worker) -> Result<(Worker, String), String> {
    match worker.answer(START_TIME_MAX) {
        Ok(ready) => Ok((worker, String::from_utf8_lossy(&ready).into_owned())),
        Err(Death::Refused(why)) => Err(format!("a worker refused to start: {why}")),
        Err(death) => Err(format!("a worker did not start: {}", gap_of(&death).detail)),
    }
}

/// This program, whatever its file is called by now.
pub fn program() -> PathBuf {
    let linux = PathBuf::from("/proc/self/exe");
    if linux.exists() { linux } else { std::env::current_exe().unwrap_or_else(|_| PathBuf::from("frisk")) }
}

fn gap_of(death: &Death) -> Gap {
    match death {
        Death::Timeout => Gap::new(Reason::Timeout, "", "the worker did not answer in time and was ended"),
        Death::Memory => Gap::new(Reason::Memory, "", "the worker needed more memory than --max-memory allows"),
        Death::Killed => {
            Gap::new(Reason::Crashed, "", "the worker was killed twice, as the system does when memory is short")
        }
        Death::Crashed(how) => Gap::new(Reason::Crashed, "", format!("the worker died on it: {how}")),
        Death::Refused(_) => Gap::new(Reason::Crashed, "", "the worker refused it"),
    }
}

/// Inputs examined at once: as many as `given`, or as there are processors and `--max-memory` has room for.
///
/// # Errors
/// What does not go together.
pub fn jobs(args: &IsolateArgs, given: Option<usize>) -> Result<usize, Failure> {
    let jobs = crate::batch::threads(given);
    let Some(memory) = args.max_memory else { return Ok(jobs) };
    if args.isolate == Isolate::Thread {
        let why = "--max-memory holds worker processes, and --isolate thread has none: leave one of them out";
        return Err(Failure::usage(why));
    }
    let room = usize::try_from(memory / MEMORY_MIN).unwrap_or(usize::MAX);
    let least = MEMORY_MIN >> 20;
    match given {
        _ if room == 0 => Err(Failure::usage(format!("--max-memory: a worker needs {least}M at least"))),
        Some(jobs) if jobs > room => {
            let all = least * jobs as u64;
            Err(Failure::usage(format!("--max-memory: {jobs} workers need {all}M; give that, or --jobs {room}")))
        }
        _ => Ok(jobs.min(room)),
    }
}

/// Bytes of memory that all of `jobs` workers may have together; `None` if there are no workers.
pub fn memory_of_all(args: &IsolateArgs, jobs: usize) -> Option<u64> {
    let all = args.max_memory.unwrap_or_else(|| memory_of_each(None, jobs).saturating_mul(jobs as u64));
    (args.isolate == Isolate::Process).then_some(all)
}

/// Bytes of memory that each of `jobs` workers may have, of `all` together.
pub fn memory_of_each(all: Option<u64>, jobs: usize) -> u64 {
    (all.unwrap_or_else(default_memory) / jobs.max(1) as u64).max(MEMORY_MIN)
}

/// A quarter of the machine's memory; 2 GiB where that cannot be told.
fn default_memory() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "a small file of the kernel's")]
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total =
        told.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    total.map_or(2 << 30, |kib| kib.saturating_mul(1024) / 4)
}

// ---- frames --------------------------------------------------------------------------------------------------------

/// A header in JSON, its length in front, and whatever follows it.
fn frame(header: &impl Serialize, rest: &[&[u8]]) -> Vec<u8> {
    let header = serde_json::to_vec(header).unwrap_or_default();
    let mut out = Vec::with_capacity(8 + header.len() + rest.iter().map(|r| r.len()).sum::<usize>());
    out.extend_from_slice(&(header.len() as u64).to_le_bytes());
    out.extend_from_slice(&header);
    rest.iter().for_each(|bytes| out.extend_from_slice(bytes));
    out
}

fn open<'f, T: Deserialize<'f>>(frame: &'f [u8]) -> Option<(T, &'f [u8])> {
    let (length, frame) = frame.split_first_chunk::<8>()?;
    let (header, rest) = frame.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    Some((serde_json::from_slice(header).ok()?, rest))
}

fn question(entry: &Entry, bytes: Option<&[u8]>, queued: u64) -> Vec<u8> {
    let input = &entry.input;
    let since = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (false, after),
        Err(before) => (true, before.duration()),
    };
    let gap = |gap: &Gap| (gap.reason.code().to_owned(), gap.place.clone(), gap.detail.clone());
    let ask = Ask {
        path: bytes.is_none().then(|| entry.place.path().as_os_str().as_encoded_bytes().to_vec()),
        named: entry.place.components_named(),
        name: input.path.clone(),
        path_bytes: input.path_bytes.clone(),
        id: input.id.clone(),
        size: input.size,
        mtime: input.mtime.map(since),
        gaps: input.gaps.iter().map(gap).collect(),
        root: entry.root,
        queued,
    };
    frame(&ask, &[bytes.unwrap_or_default()])
}

fn parse(answer: &[u8]) -> Option<Done> {
    let (Answer { tally, lengths, gaps, broken }, mut rest) = open(answer)?;
    let mut rendered = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (text, more) = rest.split_at_checked(length)?;
        rendered.push(String::from_utf8(text.to_vec()).ok()?);
        rest = more;
    }
    Some(Done { tally, rendered, gaps, broken })
}

// ---- the worker ----------------------------------------------------------------------------------------------------

/// Answers questions until there are no more. This is the whole life of a worker.
pub fn serve(scanner: &Scanner, look: &Look, special: Option<Special>) -> Result<u8, Failure> {
    // Rules, lists and indexes are read: from here on nothing is written.
    let _ = crate::rights::give_up();
    let formats = look.formats();
    let answer = move |question: &[u8]| -> Option<Vec<u8>> {
        let (ask, bytes): (Ask, _) = open(question)?;
        let queued = ask.queued;
        let (entry, has_bytes) = entry(ask)?;
        let (record, broken) = if has_bytes {
            (crate::batch::guarded(scanner, Source::from(bytes), &entry.input, &|| None), None)
        } else {
            examine(scanner, Job::Entry(entry), map)
        };
        let done = finish(record, broken, queued, &formats, special);
        let lengths = done.rendered.iter().map(String::len).collect();
        let texts: Vec<&[u8]> = done.rendered.iter().map(String::as_bytes).collect();
        Some(frame(&Answer { tally: done.tally, lengths, gaps: done.gaps, broken: done.broken }, &texts))
    };
    let (to_work, questions) = mpsc::channel();
    // Read by a thread of its own, so that the end of the supervisor ends the work.
    let reader = thread::Builder::new().spawn(move || {
        let mut from = BufReader::new(io::stdin().lock());
        while let Ok(Some(question)) = read_frame(&mut from) {
            if to_work.send(question).is_err() {
                return;
            }
        }
        end_with_programs();
    });
    reader.map_err(|error| Failure::broken(format!("cannot start threads: {error}")))?;
    let work = move || -> io::Result<()> {
        let mut to = io::stdout().lock();
        write_frame(&mut to, scanner.ruleset_id().as_bytes())?;
        for question in questions {
            let answer = answer(&question).ok_or(io::ErrorKind::InvalidData)?;
            write_frame(&mut to, &answer)?;
        }
        Ok(())
    };
    let ended = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        thread.map(|thread| thread.join())
    });
    match ended {
        Ok(Ok(Ok(()))) => Ok(0),
        // Its supervisor is gone.
        Ok(Ok(Err(_))) => Ok(1),
        Ok(Err(_)) => Err(Failure::broken("a worker's thread died")),
        Err(error) => Err(Failure::broken(format!("cannot start threads: {error}"))),
    }
}

/// Ends this process, of which nobody wants anything any more, and the programs it started.
fn end_with_programs() -> ! {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpgrp, getpid, kill_current_process_group};
        // Who started it by hand did not make it the leader of a group.
        if getpgrp() == getpid() {
            let _ = kill_current_process_group(Signal::KILL);
        }
    }
    std::process::exit(0)
}

fn entry(ask: Ask) -> Option<(Entry, bool)> {
    let gaps: Option<Vec<Gap>> = ask
        .gaps
        .into_iter()
        .map(|(code, place, detail)| Some(Gap::new(Reason::from_code(&code)?, place, detail)))
        .collect();
    let mtime =
        ask.mtime.and_then(
            |(before, distance)| {
                if before { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
            },
        );
    let input = Input {
        path: ask.name,
        path_bytes: ask.path_bytes,
        id: ask.id,
        size: ask.size,
        mtime,
        gaps: gaps?,
        ..Input::default()
    };
    let has_bytes = ask.path.is_none();
    let path = path_of(ask.path.unwrap_or_default())?;
    let place = FilePath::with_named(path, ask.named);
    Some((Entry { place, input, gap: None, root: ask.root }, has_bytes))
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have paths that bytes are none of")]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    Some(PathBuf::from(<OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Holds this process to `bytes` of memory of its own: mapped files do not count.
pub fn limit_memory(bytes: u64) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        // A stricter limit is in force already, or none can be set: the deadline still holds.
        let _ = setrlimit(Resource::Data, limit);
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = bytes;
}
