//! Admission: who is examined, who waits, who is turned away; and the scanner in force, which a reload swaps as a whole.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::blob::{Gap, Reason};
use crate::policy::Action;
use crate::scan::Scanner;
use crate::serve::ask::{Ask, Judged, not_examined};
use crate::serve::config::{Config, Isolate};
use crate::serve::icap::IsTag;
use crate::serve::load::Sources;
use crate::serve::process::Processes;
use crate::serve::spool::Body;
use crate::serve::threads::Threads;
use crate::serve::tools::Tools;

/// Rules and policy in force, and what examines by them.
pub struct Engine {
    /// Judges what no worker looked at, and knows the rules.
    pub scanner: Arc<Scanner>,
    /// Tag of rules and policy for ICAP.
    pub istag: IsTag,
    backend: Backend,
}

enum Backend {
    Threads(Threads),
    Processes(Processes),
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("scanner", &self.scanner).finish_non_exhaustive()
    }
}

/// What became of a request.
#[derive(Debug)]
pub struct Outcome {
    /// The verdict.
    pub judged: Judged,
    /// What is done.
    pub action: Action,
    /// Whether there was no room.
    pub overloaded: bool,
    /// Time it waited.
    pub queue: Duration,
    /// Time a worker had it.
    pub examine: Duration,
}

/// Examines bodies, a bounded number at once.
pub struct Inspector {
    engine: RwLock<Arc<Engine>>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue_max: usize,
    deadline: Duration,
    /// The program that workers are started from.
    program: PathBuf,
    tools: Arc<dyn Tools>,
    /// Why the last reload failed.
    reload_error: Mutex<Option<String>>,
    reloading: tokio::sync::Mutex<()>,
    ready: AtomicBool,
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// One that waits; gone when it no longer does, however that comes.
struct Waiting<'i>(&'i AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inspector {
    /// Reads rules and policy and starts the workers.
    ///
    /// # Errors
    /// What cannot be read, is wrong, or cannot be started.
    pub async fn start(config: &Config, program: PathBuf, tools: Arc<dyn Tools>) -> Result<Self, String> {
        let engine = engine(config, &program, &tools).await?;
        Ok(Self {
            engine: RwLock::new(Arc::new(engine)),
            permits: Arc::new(Semaphore::new(config.workers.count)),
            waiting: AtomicUsize::new(0),
            queue_max: config.limits.queue,
            deadline: config.limits.deadline,
            program,
            tools,
            reload_error: Mutex::new(None),
            reloading: tokio::sync::Mutex::new(()),
            ready: AtomicBool::new(true),
        })
    }

    /// Rules and policy in force.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Requests that wait for a worker.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Workers that have nothing to do.
    #[must_use]
    pub fn idle_workers(&self) -> usize {
        self.permits.available_permits()
    }

    /// Why the last reload failed, if it did.
    #[must_use]
    pub fn reload_error(&self) -> Option<String> {
        self.reload_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps why a reload failed.
    pub fn set_reload_error(&self, error: Option<String>) {
        *self.reload_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// Reads rules and policy again. What is in flight ends with those it began with; what is wrong changes nothing.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn reload(&self, config: &Config) -> Result<(), String> {
        let _one_at_a_time = self.reloading.lock().await;
        let made = Arc::new(engine(config, &self.program, &self.tools).await?);
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = made;
        Ok(())
    }

    /// Judges one body. Goes on to its end when whoever asked is gone: a worker is never left in the middle.
    pub async fn inspect(self: &Arc<Self>, ask: Ask, body: Body) -> Outcome {
        let engine = self.engine();
        let arrived = Instant::now();
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.queue_max {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    return self.overloaded(&engine, &ask, &body, arrived);
                }
                let _waiting = Waiting(&self.waiting);
                let permit = Arc::clone(&self.permits).acquire_owned();
                match tokio::time::timeout(self.deadline, permit).await {
                    Ok(Ok(permit)) => permit,
                    _ => return self.overloaded(&engine, &ask, &body, arrived),
                }
            }
        };
        let queue = arrived.elapsed();
        let left = self.deadline.saturating_sub(queue);
        let (ask, work) = (Arc::new(ask), Arc::clone(&engine));
        let (asked, size) = (Arc::clone(&ask), body.bytes());
        let started = Instant::now();
        let judged = tokio::spawn(async move {
            match &work.backend {
                Backend::Threads(threads) => threads.examine(&work.scanner, asked, body, left, permit).await,
                Backend::Processes(processes) => {
                    let judged = processes.examine(&work.scanner, &asked, &body, left).await;
                    drop(permit);
                    judged
                }
            }
        });
        let judged = judged.await.unwrap_or_else(|_| {
            let gap = Gap::new(Reason::Crashed, "", "the service's own task died");
            not_examined(&engine.scanner, &ask, gap, size)
        });
        let action = judged.action();
        Outcome { judged, action, overloaded: false, queue, examine: started.elapsed() }
    }

    /// The verdict, if the policy needs nothing of the body for it: nobody looks at it, and the record says so.
    #[must_use]
    pub fn settle(&self, ask: &Ask, bytes_seen: u64) -> Option<Outcome> {
        if ask.has_names_inside() {
            return None;
        }
        let engine = self.engine();
        let policy = engine.scanner.policy();
        let verdict = policy.settled(&ask.situation, ask.shown_name())?;
        let gap = Gap::new(Reason::PartOnly, "", "the verdict did not depend on the content, which was not asked for");
        let mut judged = not_examined(&engine.scanner, ask, gap, bytes_seen);
        for record in &mut judged.records {
            record.decide(policy.name(), verdict.clone());
        }
        let action = judged.action();
        Some(Outcome { judged, action, overloaded: false, queue: Duration::ZERO, examine: Duration::ZERO })
    }

    fn overloaded(&self, engine: &Engine, ask: &Ask, body: &Body, arrived: Instant) -> Outcome {
        let gap = Gap::new(Reason::Timeout, "", "there was no room to examine it");
        let mut judged = not_examined(&engine.scanner, ask, gap, body.bytes());
        let policy = engine.scanner.policy();
        for record in &mut judged.records {
            let mut verdict = policy.overload(&ask.situation, &ask.name);
            let busy = "The content inspection is busy. Please try again in a moment.";
            verdict.message = (verdict.action >= Action::Block).then(|| busy.to_owned());
            record.decide(policy.name(), verdict);
        }
        let action = judged.action();
        Outcome { judged, action, overloaded: true, queue: arrived.elapsed(), examine: Duration::ZERO }
    }

    /// Ends the workers that have nothing to do; the others when they are done.
    pub fn close(&self) {
        self.ready.store(false, Ordering::Relaxed);
        self.permits.close();
    }

    /// Whether it takes requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

async fn engine(config: &Config, program: &Path, tools: &Arc<dyn Tools>) -> Result<Engine, String> {
    let (read, tools) = (config.clone(), Arc::clone(tools));
    let made = tokio::task::spawn_blocking(move || {
        let sources = Sources::read(&read)?;
        let scanner = sources.build(&*tools)?;
        Ok::<_, String>((sources, scanner))
    });
    let (sources, scanner) = made.await.map_err(|e| e.to_string())??;
    let istag = IsTag::new(scanner.ruleset_id()).ok_or("the id of the rules is no tag")?;
    let backend = match config.workers.isolate {
        Isolate::Threads => Backend::Threads(Threads::start(config.workers.count)?),
        Isolate::Processes => {
            Backend::Processes(Processes::start(&config.workers, &sources, scanner.ruleset_id(), program).await?)
        }
    };
    Ok(Engine { scanner: Arc::new(scanner), istag, backend })
}
