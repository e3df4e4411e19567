//! Examining in child processes that are kept warm: what kills a parser ends one process, and becomes a gap of the one
//! request it worked on.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::blob::{Gap, Reason};
use crate::scan::Scanner;
use crate::scan::worker::{Death, LAST_WORDS_BYTES};
use crate::serve::ask::{Answer, Ask, Judged, not_examined};
use crate::serve::config::Workers;
use crate::serve::load::Sources;
use crate::serve::spool::Body;

/// Time a worker may need to start: rules, lists.
const START_TIME_MAX: Duration = Duration::from_secs(120);
/// Time in which a worker whose streams are closed is gone.
const END_TIME_MAX: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read at once: the record of a file with a few findings.
const ANSWER_BYTES: usize = 16 << 10;
/// Bytes of one answer: records of all files of a body. 256 MiB: our choice, a thousand times the largest seen.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// Workers that have nothing to do, and how more are made.
pub struct Processes {
    inner: Arc<Inner>,
}

struct Inner {
    idle: Mutex<Vec<Worker>>,
    /// How many work at once.
    count: usize,
    launch: Launch,
}

struct Launch {
    program: PathBuf,
    memory_bytes: u64,
    /// The first frame: rules, policy, lists.
    sources: Vec<u8>,
    /// Holds files open that workers find by it.
    _files: Sources,
    ruleset: String,
}

struct Worker {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last_words: Option<JoinHandle<Vec<u8>>>,
}

impl Processes {
    /// Starts all workers and waits until they are ready.
    ///
    /// # Errors
    /// Why one does not start.
    pub async fn start(workers: &Workers, sources: &Sources, ruleset: &str, program: &Path) -> Result<Self, String> {
        let launch = Launch {
            program: program.to_owned(),
            memory_bytes: workers.memory_bytes,
            sources: serde_json::to_vec(sources).map_err(|e| e.to_string())?,
            _files: sources.clone(),
            ruleset: ruleset.to_owned(),
        };
        let inner = Arc::new(Inner { idle: Mutex::default(), count: workers.count, launch });
        let mut starting = Vec::with_capacity(workers.count);
        for _ in 0..workers.count {
            let inner = Arc::clone(&inner);
            starting.push(tokio::spawn(async move { inner.launch.start().await }));
        }
        for start in starting {
            inner.put_back(start.await.map_err(|e| e.to_string())??);
        }
        Ok(Self { inner })
    }

    /// Judges one body. `time_max` is from outside: a worker that takes longer is ended.
    pub async fn examine(&self, scanner: &Scanner, ask: &Ask, body: &Body, time_max: Duration) -> Judged {
        let mut second = false;
        let gap = loop {
            let taken = self.inner.take();
            let worker = match taken {
                Some(worker) => Ok(worker),
                None => self.inner.launch.start().await,
            };
            let Ok(mut worker) = worker else {
                break Gap::new(Reason::Crashed, "", "no worker could be started");
            };
            let death = match timeout(time_max, worker.ask(ask, body)).await {
                Ok(Ok(answer)) => match serde_json::from_slice::<Answer>(&answer).ok().and_then(Answer::open) {
                    Some(judged) => {
                        self.inner.put_back(worker);
                        return judged;
                    }
                    None => break Gap::new(Reason::Crashed, "", "the worker gave no answer of its kind"),
                },
                Ok(Err(_)) => worker.death().await,
                Err(_) => Death::Timeout,
            };
            drop(worker);
            self.replace();
            match death {
                // Whoever killed it may have meant another one.
                Death::Killed if !second => second = true,
                death => break gap_of(&death),
            }
        };
        not_examined(scanner, ask, gap, body.bytes())
    }

    /// Starts a worker beside the traffic, for the next request to find.
    fn replace(&self) {
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            if let Ok(worker) = inner.launch.start().await {
                inner.put_back(worker);
            }
        });
    }
}

impl Inner {
    /// The one that worked last: its memory is warm. Those that died at rest are no answer to anybody.
    fn take(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut worker) = idle.pop() {
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Some(worker);
            }
        }
        None
    }

    /// Keeps a worker for the next request; no more than work at once, so one too many ends here.
    fn put_back(&self, worker: Worker) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.count {
            idle.push(worker);
        }
    }
}

impl Launch {
    async fn start(&self) -> Result<Worker, String> {
        let mut command = Command::new(&self.program);
        command.arg("serve-worker").arg("--memory").arg(self.memory_bytes.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // An interrupt from the terminal reaches only the service.
        #[cfg(unix)]
        command.process_group(0);
        let fail = |e: io::Error| format!("cannot start a worker: {e}");
        let mut child = command.spawn().map_err(fail)?;
        let (Some(to), Some(from), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("a worker has no streams".to_owned());
        };
        let last_words = Some(tokio::spawn(tail(errors)));
        let from = BufReader::with_capacity(ANSWER_BYTES, from);
        let mut worker = Worker { child, to, from, last_words };
        let ready = timeout(START_TIME_MAX, async {
            worker.to.write_all(&(self.sources.len() as u64).to_le_bytes()).await?;
            worker.to.write_all(&self.sources).await?;
            worker.answer().await
        });
        match ready.await {
            Ok(Ok(ruleset)) if ruleset == self.ruleset.as_bytes() => Ok(worker),
            Ok(Ok(_)) => Err("a worker has other rules than the service: the program was replaced".to_owned()),
            Ok(Err(_)) => match worker.death().await {
                Death::Refused(why) => Err(format!("a worker refused to start: {why}")),
                death => Err(format!("a worker did not start: {}", gap_of(&death).detail)),
            },
            Err(_) => Err("a worker did not start in time".to_owned()),
        }
    }
}

impl Worker {
    async fn ask(&mut self, ask: &Ask, body: &Body) -> io::Result<Vec<u8>> {
        let header = serde_json::to_vec(ask)?;
        let length = (header.len() as u64).saturating_add(body.bytes()).saturating_add(8);
        let mut head = Vec::with_capacity(header.len().saturating_add(16));
        head.extend_from_slice(&length.to_le_bytes());
        head.extend_from_slice(&(header.len() as u64).to_le_bytes());
        head.extend_from_slice(&header);
        match body {
            // One write for what is small: one wake-up of the worker.
            Body::Memory(bytes) if bytes.len() <= 32 << 10 => {
                head.extend_from_slice(bytes);
                self.to.write_all(&head).await?;
            }
            Body::Memory(bytes) => {
                self.to.write_all(&head).await?;
                self.to.write_all(bytes).await?;
            }
            Body::File(..) => {
                self.to.write_all(&head).await?;
                let mut pieces = body.pieces();
                while let Some(piece) = pieces.next().await? {
                    self.to.write_all(&piece).await?;
                }
            }
        }
        self.answer().await
    }

    async fn answer(&mut self) -> io::Result<Vec<u8>> {
        let length = self.from.read_u64_le().await?;
        if length > ANSWER_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // Enough for what is usual; what the length claims of more is believed when it comes.
        let mut answer = Vec::with_capacity(usize::try_from(length.saturating_add(1).min(1 << 20)).unwrap_or(0));
        let read = (&mut self.from).take(length).read_to_end(&mut answer).await?;
        if read as u64 == length { Ok(answer) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// How a worker ended whose streams are closed.
    async fn death(&mut self) -> Death {
        let Ok(status) = timeout(END_TIME_MAX, self.child.wait()).await else {
            return Death::Crashed("it closed its streams".to_owned());
        };
        let last_words = match self.last_words.take() {
            Some(task) => timeout(END_TIME_MAX, task).await.ok().and_then(Result::ok).unwrap_or_default(),
            None => Vec::new(),
        };
        Death::of(status, &String::from_utf8_lossy(&last_words))
    }
}

/// Reads to the end, and keeps the end.
async fn tail(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let (mut kept, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        kept.extend_from_slice(buffer.get(..length).unwrap_or_default());
        let surplus = kept.len().saturating_sub(LAST_WORDS_BYTES);
        kept.drain(..surplus);
    }
    kept
}

fn gap_of(death: &Death) -> Gap {
    match death {
        Death::Timeout => Gap::new(Reason::Timeout, "", "the worker did not answer in time and was ended"),
        Death::Memory => Gap::new(Reason::Memory, "", "the worker needed more memory than it may have"),
        Death::Killed => {
            Gap::new(Reason::Crashed, "", "the worker was killed twice, as the system does when memory is short")
        }
        Death::Crashed(how) => Gap::new(Reason::Crashed, "", format!("the worker died on it: {how}")),
        Death::Refused(_) => Gap::new(Reason::Crashed, "", "the worker refused it"),
    }
}
