//! A large text on its way through the windows: several are read and looked through at once, what was found is taken in
//! their order.
#![allow(clippy::arithmetic_side_effects, reason = "windows, lines and bytes of one file are counted")]

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::window::{Cutter, Piece, Sizes};
use crate::blob::{Gap, Large, Reason};
use crate::container::{self, Encoded};
use crate::document::plain::{Read, Windows};
use crate::find::{Match, Ruleset};
use crate::report::Origin;

/// Bytes of what stood encoded that are held before they are looked at.
const ENCODED_BYTES_MAX: usize = 8 << 20;
/// Bytes of stack of a thread, as those of a run have.
const STACK_BYTES: usize = 16 << 20;

/// How far a text has been read.
pub(super) struct Course<'f> {
    cutter: Cutter<'f>,
    windows: Windows,
    decode: bool,
    deadline: Option<Instant>,
    size: u64,
    /// Where the next window's own text stands.
    origin: Origin,
    /// Matches of each rule so far.
    kept: HashMap<usize, usize>,
    gaps: Vec<Gap>,
    late: bool,
    /// Whether there is nothing more to read.
    pub(super) done: bool,
}

/// How windows are looked through.
pub(super) struct Look<'l> {
    pub(super) ruleset: &'l Ruleset,
    /// Matches of one rule that are kept of one window.
    pub(super) matches_max: usize,
    /// Windows looked through at once.
    pub(super) threads: usize,
}

/// What was found in one window, in the order of the windows.
pub(super) struct Seen<'a> {
    /// Its text, if anything was found in it.
    pub(super) read: Option<Read<'a>>,
    /// Matches in its own part, by places in its text.
    pub(super) matches: Vec<Match>,
    pub(super) capped: bool,
    /// Bytes of its own text.
    pub(super) text_bytes: u64,
    pub(super) find_time: Duration,
    /// Where its own text stands.
    pub(super) origin: Origin,
}

/// What came of one window.
#[derive(Default)]
struct Done {
    matches: Vec<Match>,
    capped: bool,
    stopped: Option<usize>,
    encoded: Vec<Encoded>,
    gaps: Vec<Gap>,
    text_bytes: usize,
    find_time: Duration,
    lines: u64,
    /// The last line end in its own bytes.
    last_line_end: Option<usize>,
}

/// A window on its way back: its number, itself, and what came of it, or what its thread died of.
type Back = (u64, Piece, Result<Done, Box<dyn Any + Send>>);

impl<'f> Course<'f> {
    /// A text that nothing has been read of yet.
    pub(super) fn new(
        file: &'f dyn Large,
        windows: Windows,
        sizes: Sizes,
        decode: bool,
        deadline: Option<Instant>,
    ) -> Self {
        let cutter = Cutter::new(file, &windows, sizes);
        Self {
            cutter,
            windows,
            decode,
            deadline,
            size: file.size(),
            origin: Origin::default(),
            kept: HashMap::new(),
            gaps: Vec::new(),
            late: false,
            done: false,
        }
    }

    /// What was not looked at, once it is done.
    pub(super) fn gaps(mut self) -> Vec<Gap> {
        if self.cutter.is_done() {
            self.gaps.extend(self.cutter.ending().gap());
        }
        self.gaps
    }

    /// Looks through windows until there are no more, there is no time left, `take` has seen enough (`false`), or much
    /// stood encoded in them; gives that.
    pub(super) fn run(&mut self, look: &Look<'_>, take: &mut dyn FnMut(Seen<'_>) -> bool) -> Vec<Encoded> {
        let Self { cutter, windows, decode, deadline, size, origin, kept, gaps, late, done } = self;
        let is_over = move || deadline.is_some_and(|deadline| Instant::now() > deadline);
        let examine = |piece: &Piece| examine(windows, look, *decode, &is_over, piece);
        let (mut encoded, mut held, mut enough) = (Vec::new(), 0, false);
        let mut taken = |piece: Piece, mut of: Done| {
            // Others were looked through meanwhile: as without them, they count for nothing.
            if enough {
                return false;
            }
            if let Some(at) = of.stopped.filter(|_| !*late) {
                *late = true;
                gaps.push(too_late(origin.text + at as u64, *size));
            }
            gaps.append(&mut of.gaps);
            held += of.encoded.iter().map(|part| part.bytes.len()).sum::<usize>();
            encoded.append(&mut of.encoded);
            of.capped |= keep(&mut of.matches, kept, look.matches_max);
            let read = (!of.matches.is_empty()).then(|| windows.read(&piece.window()));
            let skip = read.as_ref().map_or(0, |read| read.core.start);
            let seen = Seen {
                read,
                matches: of.matches,
                capped: of.capped,
                text_bytes: of.text_bytes as u64,
                find_time: of.find_time,
                origin: Origin { skip, ..origin.clone() },
            };
            let goes_on = take(seen);
            origin.text += of.text_bytes as u64;
            origin.lines += of.lines;
            if let Some(end) = of.last_line_end {
                origin.line_start = origin.file + end as u64 + 1;
            }
            origin.file += piece.own().len() as u64;
            enough |= !goes_on;
            goes_on && held < ENCODED_BYTES_MAX && !*late
        };
        let ended = match look.threads {
            0 | 1 => one_by_one(cutter, &is_over, &examine, &mut taken),
            threads => side_by_side(cutter, threads, &is_over, &examine, &mut taken),
        };
        if let Err(error) = ended {
            gaps.push(Gap::new(Reason::ReadError, "", error.to_string()));
            *done = true;
        } else if cutter.is_done() {
            *done = true;
        } else if enough {
            gaps.push(Gap::new(Reason::Decided, "", format!("not read behind byte {} of {size}", origin.file)));
            *done = true;
        } else if *late || is_over() {
            if !*late {
                gaps.push(too_late(origin.text, *size));
            }
            *done = true;
        }
        joined(encoded)
    }
}

fn too_late(at: u64, size: u64) -> Gap {
    Gap::new(Reason::Timeout, "", format!("not all was looked for behind byte {at} of {size} of the text"))
}

/// Texts of one encoding are one part, as in a text that is read whole.
fn joined(parts: Vec<Encoded>) -> Vec<Encoded> {
    let mut out: Vec<Encoded> = Vec::new();
    let (texts, files): (Vec<_>, Vec<_>) = parts.into_iter().partition(Encoded::is_text);
    out.extend(files);
    let first = out.len();
    for part in texts {
        match out.iter_mut().skip(first).find(|known| known.name == part.name) {
            Some(known) => known.bytes.extend_from_slice(&part.bytes),
            None => out.push(part),
        }
    }
    out
}

/// Keeps the first `most` matches of each rule, of which `kept` were there before; says whether there were more.
fn keep(matches: &mut Vec<Match>, kept: &mut HashMap<usize, usize>, most: usize) -> bool {
    let before = matches.len();
    matches.retain(|m| {
        let kept = kept.entry(m.rule).or_default();
        *kept += 1;
        *kept <= most
    });
    matches.len() < before
}

fn examine(
    windows: &Windows,
    look: &Look<'_>,
    decode: bool,
    is_over: &dyn Fn() -> bool,
    piece: &Piece,
) -> Result<Done, Box<dyn Any + Send>> {
    let own = piece.own();
    let mut out = Done {
        lines: memchr::memchr_iter(b'\n', own).count() as u64,
        last_line_end: memchr::memrchr(b'\n', own),
        ..Done::default()
    };
    let Ok(read) = catch_unwind(AssertUnwindSafe(|| windows.read(&piece.window()))) else {
        out.gaps.push(Gap::new(Reason::Crashed, "", "the reader died"));
        return Ok(out);
    };
    catch_unwind(AssertUnwindSafe(|| {
        let Read { document, core } = read;
        let start = Instant::now();
        let found = look.ruleset.find_until(&document.text, usize::MAX, is_over);
        out.find_time = start.elapsed();
        out.gaps = document.gaps;
        out.text_bytes = core.len();
        out.stopped = found.stopped.filter(|at| *at < core.end).map(|at| at.saturating_sub(core.start));
        out.matches = found.matches;
        out.matches.retain(|m| core.contains(&m.range.start));
        out.capped = found.capped | keep(&mut out.matches, &mut HashMap::new(), look.matches_max);
        out.matches.shrink_to_fit();
        if decode {
            out.encoded = container::encoded(document.text.as_str().get(core).unwrap_or_default());
        }
        out
    }))
}

/// Examines a window.
type Examine<'e> = dyn Fn(&Piece) -> Result<Done, Box<dyn Any + Send>> + Sync + 'e;

fn one_by_one(
    cutter: &mut Cutter<'_>,
    is_over: &dyn Fn() -> bool,
    examine: &Examine<'_>,
    taken: &mut dyn FnMut(Piece, Done) -> bool,
) -> io::Result<()> {
    while !is_over() {
        let Some(piece) = cutter.next()? else { break };
        let done = examine(&piece).unwrap_or_else(|panic| resume_unwind(panic));
        if !taken(piece, done) {
            break;
        }
    }
    Ok(())
}

/// What the threads share.
struct Shared<'s, 'f> {
    cutter: &'s mut Cutter<'f>,
    /// Number of the next window.
    next: u64,
    /// Windows that were cut and not taken yet.
    out: usize,
    stop: bool,
    error: Option<io::Error>,
}

fn side_by_side(
    cutter: &mut Cutter<'_>,
    threads: usize,
    is_over: &(dyn Fn() -> bool + Sync),
    examine: &Examine<'_>,
    taken: &mut dyn FnMut(Piece, Done) -> bool,
) -> io::Result<()> {
    let shared = Mutex::new(Shared { cutter, next: 0, out: 0, stop: false, error: None });
    let room = Condvar::new();
    let mut panic = None;
    thread::scope(|scope| {
        let (to, from) = mpsc::channel::<Back>();
        for _ in 0..threads {
            let (to, shared, room) = (to.clone(), &shared, &room);
            let work = move || work(shared, room, threads, is_over, examine, &to);
            // One that cannot be started is not needed while there are others.
            if let Err(error) = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work) {
                lock(shared).error.get_or_insert(error);
            }
        }
        drop(to);
        panic = take_in_order(&from, &shared, &room, taken);
    });
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
    let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    shared.error.map_or(Ok(()), Err)
}

fn lock<'l, 's, 'f>(shared: &'l Mutex<Shared<'s, 'f>>) -> MutexGuard<'l, Shared<'s, 'f>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cuts and examines windows, until somebody says that it is enough.
fn work(
    shared: &Mutex<Shared<'_, '_>>,
    room: &Condvar,
    threads: usize,
    is_over: &(dyn Fn() -> bool + Sync),
    examine: &Examine<'_>,
    to: &Sender<Back>,
) {
    loop {
        let (number, piece) = {
            let mut shared = lock(shared);
            // One more than threads: while the first is awaited, the others have something to do.
            while shared.out > threads && !shared.stop {
                shared = room.wait(shared).unwrap_or_else(PoisonError::into_inner);
            }
            if shared.stop || is_over() {
                return;
            }
            match shared.cutter.next() {
                Ok(Some(piece)) => {
                    shared.out += 1;
                    shared.next += 1;
                    (shared.next - 1, piece)
                }
                Ok(None) => return,
                Err(error) => {
                    (shared.error, shared.stop) = (Some(error), true);
                    return;
                }
            }
        };
        let done = examine(&piece);
        if to.send((number, piece, done)).is_err() {
            return;
        }
    }
}

/// Takes what comes back, in order; gives what a thread died of.
fn take_in_order(
    from: &Receiver<Back>,
    shared: &Mutex<Shared<'_, '_>>,
    room: &Condvar,
    taken: &mut dyn FnMut(Piece, Done) -> bool,
) -> Option<Box<dyn Any + Send>> {
    let mut waiting = BTreeMap::new();
    let mut due = 0;
    let mut goes_on = true;
    let mut panic = None;
    for (number, piece, done) in from {
        waiting.insert(number, (piece, done));
        while let Some((piece, done)) = waiting.remove(&due) {
            due += 1;
            match done {
                Ok(done) if panic.is_none() => goes_on &= taken(piece, done),
                Ok(_) => {}
                Err(why) => panic = Some(why),
            }
            let mut shared = lock(shared);
            shared.out -= 1;
            shared.stop |= !goes_on || panic.is_some();
            room.notify_all();
        }
    }
    panic
}
