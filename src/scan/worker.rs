//! Supervised child processes: each is asked one thing at a time, has a limit of time from outside, and may die.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes of one frame; more is no answer of ours.
const FRAME_BYTES_MAX: u64 = 4 << 30;
/// Waiting so much longer than was asked for, a process was stopped (`Ctrl-Z`), not busy.
const STOOD_STILL: Duration = Duration::from_secs(1);
/// Bytes kept of what a worker wrote to standard error last.
pub const LAST_WORDS_BYTES: usize = 4 << 10;
/// What the standard library writes when memory cannot be had.
const OUT_OF_MEMORY: &str = "memory allocation of ";

/// Exit code of a worker that could not start up; why is what it said.
pub const WORKER_REFUSED: u8 = 93;

/// A child process that answers frames with frames.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    // Written and read by threads of their own: a worker that hangs or is stopped must not hang whoever asks it.
    to: Sender<Vec<u8>>,
    from: Receiver<io::Result<Vec<u8>>>,
    last_words: Option<JoinHandle<Vec<u8>>>,
}

/// Why a worker gave no answer. It is gone in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// It took longer than it may; it was killed.
    Timeout,
    /// It needed more memory than it may have.
    Memory,
    /// Somebody else killed it: SIGKILL (the kernel does, too, when memory is short) or SIGTERM.
    Killed,
    /// It ended by itself, and how: `signal 6`, `exit code 101`.
    Crashed(String),
    /// It could not be started up: what it said.
    Refused(String),
}

impl Death {
    /// How a worker ended by itself, of its status and what it said last.
    #[must_use]
    pub fn of(status: io::Result<ExitStatus>, last_words: &str) -> Self {
        match status {
            Ok(status) if status.code() == Some(i32::from(WORKER_REFUSED)) => {
                Self::Refused(last_words.trim().to_owned())
            }
            Ok(_) if last_words.contains(OUT_OF_MEMORY) => Self::Memory,
            Ok(status) => of_status(status),
            Err(error) => Self::Crashed(error.to_string()),
        }
    }
}

impl Worker {
    /// Starts a worker. Its standard streams are its supervisor's; it is the leader of a process group, so that an
    /// interrupt from the terminal reaches only the supervisor.
    ///
    /// # Errors
    /// The process or a thread cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn()?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = streams else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let (to, outbox) = mpsc::channel();
        let (inbox, from) = mpsc::channel();
        let spawn = |name: &str| thread::Builder::new().name(name.to_owned());
        spawn("to worker").spawn(move || write_all(&outbox, stdin))?;
        spawn("from worker").spawn(move || read_all(stdout, &inbox))?;
        let last_words = spawn("worker's errors").spawn(move || tail(stderr))?;
        Ok(Self { child, to, from, last_words: Some(last_words) })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// How the worker died.
    pub fn ask(&mut self, question: Vec<u8>, time_max: Duration) -> Result<Vec<u8>, Death> {
        if self.to.send(question).is_err() {
            return Err(self.death());
        }
        self.answer(time_max)
    }

    /// Waits for a frame that the worker sends unasked.
    ///
    /// # Errors
    /// How the worker died.
    pub fn answer(&mut self, time_max: Duration) -> Result<Vec<u8>, Death> {
        loop {
            let asked = Instant::now();
            match self.from.recv_timeout(time_max) {
                Ok(Ok(answer)) => return Ok(answer),
                // This process stood still itself, and nobody read what the worker may have answered.
                Err(RecvTimeoutError::Timeout) if asked.elapsed() > time_max.saturating_add(STOOD_STILL) => {}
                Err(RecvTimeoutError::Timeout) => {
                    self.end();
                    return Err(Death::Timeout);
                }
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(self.death()),
            }
        }
    }

    /// How a worker ended whose streams are closed.
    fn death(&mut self) -> Death {
        self.end_group();
        let status = self.child.wait();
        let last_words = self.last_words.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        Death::of(status, &String::from_utf8_lossy(&last_words))
    }

    fn end(&mut self) {
        self.end_group();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends the programs that the worker started. Only before it is waited for: until then its number is nobody else's.
    #[cfg(unix)]
    fn end_group(&self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
    }

    #[cfg(not(unix))]
    fn end_group(&self) {}
}

impl Drop for Worker {
    /// A worker outlives nobody. It holds nothing that an end could damage.
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(unix)]
fn of_status(status: ExitStatus) -> Death {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    const SIGTERM: i32 = 15;
    match (status.signal(), status.code()) {
        (Some(SIGKILL | SIGTERM), _) => Death::Killed,
        (Some(signal), _) => Death::Crashed(format!("signal {signal}")),
        (None, code) => Death::Crashed(format!("exit code {}", code.unwrap_or_default())),
    }
}

#[cfg(not(unix))]
fn of_status(status: ExitStatus) -> Death {
    Death::Crashed(status.to_string())
}

fn write_all(frames: &Receiver<Vec<u8>>, mut to: ChildStdin) {
    for frame in frames {
        if write_frame(&mut to, &frame).is_err() {
            return;
        }
    }
}

fn read_all(mut from: ChildStdout, frames: &Sender<io::Result<Vec<u8>>>) {
    loop {
        let frame = match read_frame(&mut from) {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        let broken = frame.is_err();
        if frames.send(frame).is_err() || broken {
            return;
        }
    }
}

/// Reads to the end, and keeps the end.
fn tail(mut from: impl Read) -> Vec<u8> {
    let (mut kept, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        kept.extend_from_slice(buffer.get(..length).unwrap_or_default());
        let surplus = kept.len().saturating_sub(LAST_WORDS_BYTES);
        kept.drain(..surplus);
    }
    kept
}

/// Writes one frame: its length in eight bytes, little-endian, and its bytes.
///
/// # Errors
/// Those of the writer.
pub fn write_frame(to: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    to.write_all(&(frame.len() as u64).to_le_bytes())?;
    to.write_all(frame)?;
    to.flush()
}

/// Reads one frame; `None` at the end.
///
/// # Errors
/// Those of the reader; an end in the middle of a frame; a frame longer than any.
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match from.read(&mut length)? {
        0 => return Ok(None),
        read => from.read_exact(length.get_mut(read..).unwrap_or_default())?,
    }
    let length = u64::from_le_bytes(length);
    if length > FRAME_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // Enough for what is usual; what the length claims of more is believed when it comes.
    let mut frame = Vec::with_capacity(usize::try_from(length.saturating_add(1).min(1 << 20)).unwrap_or(0));
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    from.take(length).read_to_end(&mut frame)?;
    if frame.len() as u64 == length { Ok(Some(frame)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(10);

    fn shell(script: &str) -> Worker {
        Worker::start(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn frames_are_echoed() {
        let mut worker = shell("exec cat");
        for frame in [&b""[..], b"x", &vec![7; 300_000]] {
            assert_eq!(worker.ask(frame.to_vec(), SECOND).unwrap(), frame);
        }
    }

    #[test]
    fn every_way_to_die_is_told() {
        assert_eq!(shell("exec sleep 60").ask(vec![0; 1 << 20], Duration::from_millis(50)), Err(Death::Timeout));
        assert_eq!(shell("kill -9 $$").ask(Vec::new(), SECOND), Err(Death::Killed));
        assert_eq!(shell("kill -6 $$").ask(Vec::new(), SECOND), Err(Death::Crashed("signal 6".to_owned())));
        assert_eq!(shell("exit 7").ask(Vec::new(), SECOND), Err(Death::Crashed("exit code 7".to_owned())));
        let memory = "echo 'memory allocation of 8 bytes failed' >&2; kill -6 $$";
        assert_eq!(shell(memory).ask(Vec::new(), SECOND), Err(Death::Memory));
        assert_eq!(shell("echo why >&2; exit 93").answer(SECOND), Err(Death::Refused("why".to_owned())));
        let half = shell("printf 'abcd'; sleep 60").answer(Duration::from_millis(200));
        assert_eq!(half, Err(Death::Timeout), "half a length");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn programs_of_a_worker_end_with_it() {
        let mut worker = shell(r"sleep 300 & printf '\010\0\0\0\0\0\0\0%8d' $!; wait");
        let program = String::from_utf8(worker.answer(SECOND).unwrap()).unwrap();
        let stat = format!("/proc/{}/stat", program.trim());
        let runs = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z") && !stat.contains(") X"));
        assert!(runs());
        drop(worker);
        while runs() {
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn frames_end_where_they_say() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, b"abc").unwrap();
        assert_eq!(read_frame(&mut &bytes[..]).unwrap().unwrap(), b"abc");
        assert!(read_frame(&mut &bytes[..0]).unwrap().is_none());
        assert!(read_frame(&mut &bytes[..5]).is_err() && read_frame(&mut &bytes[..10]).is_err());
        assert!(read_frame(&mut &[0xFF; 20][..]).is_err());
    }
}
