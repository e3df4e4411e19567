//! The other side of [`crate::serve::process`]: the whole life of a worker process.

use std::io::{self, BufReader, Read, Write};
use std::thread;

use crate::scan::worker::{read_frame, write_frame};
use crate::serve::ask::{Answer, Ask, examine};
use crate::serve::load::Sources;
use crate::serve::tools::Tools;

/// Bytes of stack: parsers recurse with the nesting of documents.
const STACK_BYTES: usize = 16 << 20;

/// Answers questions of `from` on `to` until there are no more. `ready` is called when all files are read: what is
/// left to do needs no rights. `is_over` is called on a thread of its own and returns when nobody asks any more: the
/// process then ends, also in the middle of an answer.
///
/// # Errors
/// Rules that do not load, in words; streams that are broken.
pub fn run(
    from: impl Read + Send,
    to: impl Write + Send,
    tools: &dyn Tools,
    ready: &dyn Fn(),
    is_over: impl FnOnce() + Send + 'static,
) -> Result<(), String> {
    let mut from = BufReader::with_capacity(64 << 10, from);
    let first = read_frame(&mut from).map_err(|e| e.to_string())?.ok_or("no rules came")?;
    let sources: Sources = serde_json::from_slice(&first).map_err(|e| e.to_string())?;
    drop(first);
    let scanner = sources.build(tools)?;
    drop(sources);
    ready();
    let watch = thread::Builder::new().spawn(move || {
        is_over();
        std::process::exit(0);
    });
    watch.map_err(|e| e.to_string())?;
    let mut to = to;
    let work = || -> io::Result<()> {
        write_frame(&mut to, scanner.ruleset_id().as_bytes())?;
        while let Some(question) = read_frame(&mut from)? {
            let (ask, bytes) = open(&question).ok_or(io::ErrorKind::InvalidData)?;
            let answer = serde_json::to_vec(&Answer::new(examine(&scanner, &ask, bytes)))?;
            // The length and the answer in one write: one wake-up of the service.
            let mut frame = Vec::with_capacity(answer.len().saturating_add(8));
            write_frame(&mut frame, &answer)?;
            to.write_all(&frame)?;
            to.flush()?;
        }
        Ok(())
    };
    let ended = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        thread.map(|thread| thread.join())
    });
    match ended {
        Ok(Ok(done)) => done.map_err(|e| e.to_string()),
        Ok(Err(_)) => Err("a worker's thread died".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn open(question: &[u8]) -> Option<(Ask, &[u8])> {
    let (length, rest) = question.split_first_chunk::<8>()?;
    let (header, bytes) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    Some((serde_json::from_slice(header).ok()?, bytes))
}
