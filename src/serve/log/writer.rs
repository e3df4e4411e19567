//! The thread that writes, and the queue in front of it. Whoever hands a decision in never waits for the disk.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::serve::alert::{self, Raise, Settled, Target, TargetHealth};
use crate::serve::log::decision::Decision;
use crate::serve::log::error::LogError;
use crate::serve::log::moment::Moment;
use crate::serve::log::store::{Loss, Retention, Store, Written, move_aside};

/// How a log is written.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The database. Its folder must exist, on a local file system.
    pub path: PathBuf,
    /// Decisions that may wait.
    pub queue_max: usize,
    /// Bytes of memory of decisions that may wait.
    pub queue_bytes_max: usize,
    /// Decisions written in one transaction.
    pub batch_max: usize,
    /// How long the writer waits for more before it writes.
    pub linger: Duration,
    /// Longest time between two tries while the database cannot be written.
    pub retry_max: Duration,
    /// How long decisions are kept.
    pub retention: Retention,
    /// Where alerts go.
    pub targets: Vec<Target>,
    /// Alerts that may wait for one target.
    pub outbox_max: u64,
    /// Pause after the first delivery that failed; it doubles with each further one, up to five minutes.
    pub alert_pause_min: Duration,
}

impl Settings {
    /// Settings for a log at `path`: 90 days or 4 GiB, 16,384 decisions or 64 MiB in the queue, no alerts.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            queue_max: 16_384,
            queue_bytes_max: 64 << 20,
            batch_max: 1024,
            linger: Duration::from_millis(10),
            retry_max: Duration::from_secs(5),
            retention: Retention { age: Some(Duration::from_secs(90 * 86_400)), bytes: Some(4 << 30) },
            targets: Vec::new(),
            outbox_max: 100_000,
            alert_pause_min: Duration::from_millis(500),
        }
    }
}

/// A decision, and the alerts that its policy rules ask for.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The decision.
    pub decision: Decision,
    /// Alerts.
    pub alerts: Vec<Raise>,
}

/// How the log is, for `/readyz` and metrics. No values, no paths of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether decisions are being written.
    pub ok: bool,
    /// Decisions that wait.
    pub queued: u64,
    /// Decisions written since the start.
    pub written: u64,
    /// Decisions lost since the start: the queue was full, or the service ended before they could be written.
    pub lost: u64,
    /// Why the last try failed that did; kept when the next one did not, see `ok`.
    pub last_error: Option<String>,
    /// Name of the damaged database that was put aside last.
    pub moved_aside: Option<String>,
    /// Alerts put into the outbox since the start, one a target.
    pub alerts_raised: u64,
    /// Alerts lost since the start: with their decision, or because the outbox was full.
    pub alerts_lost: u64,
    /// How delivery is, by target.
    pub targets: Vec<TargetHealth>,
}

/// The activity log of a service. Shared by all threads; dropped, it writes what waits and ends.
#[derive(Debug)]
pub struct ActivityLog {
    shared: Arc<Shared>,
}

/// What the service, the writer and the deliverers share.
#[derive(Debug)]
pub(in crate::serve) struct Shared {
    settings: Settings,
    queue: Mutex<Queue>,
    /// Something came, or it is time to end.
    came: Condvar,
    /// Something was written, or given up.
    went: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Entry, usize)>,
    /// Decisions and bytes that wait, those in the writer's hands included.
    count: usize,
    bytes: usize,
    settled: Vec<Settled>,
    /// Decisions taken in and decisions dealt with: what was taken in first is dealt with first.
    taken: u64,
    dealt: u64,
    /// Decisions lost that the database does not know of yet.
    untold: Option<Loss>,
    /// Counts rise with each batch that has alerts in it.
    alerts_generation: u64,
    hurried: bool,
    deadline: Option<Instant>,
    ended: bool,
    health: Health,
}

/// How long a dropped log may take to write what waits.
const END_MAX: Duration = Duration::from_secs(2);
/// How often the writer looks after retention while nothing comes.
const IDLE: Duration = Duration::from_secs(1);
/// Batches after which retention is looked after although more decisions wait.
const BATCHES_BETWEEN_PRUNES: u32 = 16;
/// Time between the first two tries of a database that cannot be written.
const RETRY_MIN: Duration = Duration::from_millis(50);

impl ActivityLog {
    /// Starts the threads: one that writes, one for each target of alerts. A database that cannot be opened does not
    /// fail: it shows in [`ActivityLog::health`], and is tried again.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        let targets = settings.targets.iter().map(|t| TargetHealth::named(t.name())).collect();
        let health = Health { ok: true, targets, ..Health::default() };
        let queue = Mutex::new(Queue { health, ..Queue::default() });
        let shared = Arc::new(Shared { settings, queue, came: Condvar::new(), went: Condvar::new() });
        let log = Self { shared: Arc::clone(&shared) };
        let writer = Arc::clone(&shared);
        thread::Builder::new().name("activity log".to_owned()).spawn(move || Writer::new(&writer).run())?;
        for index in 0..shared.settings.targets.len() {
            let shared = Arc::clone(&shared);
            let name = format!("alerts {index}");
            thread::Builder::new().name(name).spawn(move || alert::deliver(&shared, index))?;
        }
        Ok(log)
    }

    /// Hands a decision in. Never waits for the disk; `false` = it is lost, because too many wait, and counted.
    pub fn record(&self, entry: Entry) -> bool {
        self.shared.record(entry)
    }

    /// How it is.
    pub fn health(&self) -> Health {
        self.shared.lock().health()
    }

    /// Waits until everything that was handed in before is written; `false` = it is not, within this time, or some of
    /// it was lost meanwhile.
    pub fn flush(&self, time_max: Duration) -> bool {
        let mut queue = self.shared.lock();
        let (goal, lost) = (queue.taken, queue.health.lost);
        queue.hurried = true;
        self.shared.came.notify_all();
        let late = |q: &mut Queue| q.dealt < goal && !q.ended;
        let wait = self.shared.went.wait_timeout_while(queue, time_max, late);
        let (queue, _) = wait.unwrap_or_else(PoisonError::into_inner);
        queue.dealt >= goal && queue.health.lost == lost
    }

    /// Writes what waits, for so long at most, and ends. What is not written then is lost, and counted. Alerts that
    /// were not delivered are kept in the database for the next start.
    pub fn close(self, time_max: Duration) -> Health {
        self.end(time_max)
    }

    fn end(&self, time_max: Duration) -> Health {
        let mut queue = self.shared.lock();
        let deadline = Instant::now().checked_add(time_max);
        queue.deadline = queue.deadline.or(deadline);
        self.shared.came.notify_all();
        self.shared.went.notify_all();
        // A disk that hangs keeps the writer, not whoever ends the service.
        let grace = time_max.saturating_add(Duration::from_millis(100));
        let (mut queue, _) =
            self.shared.went.wait_timeout_while(queue, grace, |q| !q.ended).unwrap_or_else(PoisonError::into_inner);
        if !queue.ended {
            queue.give_up("the service ended while the disk hung");
        }
        queue.health()
    }
}

impl Drop for ActivityLog {
    fn drop(&mut self) {
        self.end(END_MAX);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds the lock; were it so, counts would be off, and no more.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, entry: Entry) -> bool {
        let bytes = entry.decision.bytes() + entry.alerts.len() * size_of::<Raise>();
        let mut queue = self.lock();
        let full = queue.count >= self.settings.queue_max || queue.bytes + bytes > self.settings.queue_bytes_max;
        if full || queue.is_ending() {
            let why = if full { "too many decisions waited" } else { "the service was ending" };
            queue.lose(&entry, why);
            return false;
        }
        queue.taken += 1;
        queue.count += 1;
        queue.bytes += bytes;
        queue.waiting.push_back((entry, bytes));
        // In between the writer lingers, and need not be woken.
        let wake = queue.waiting.len() == 1 || queue.waiting.len() >= self.settings.batch_max;
        drop(queue);
        if wake {
            self.came.notify_all();
        }
        true
    }

    /// The settings.
    pub(in crate::serve) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells the writer which alerts need no more delivery.
    pub(in crate::serve) fn settle(&self, settled: Settled) {
        self.lock().settled.push(settled);
        self.came.notify_all();
    }

    /// Changes the health of a target.
    pub(in crate::serve) fn with_target(&self, index: usize, change: impl FnOnce(&mut TargetHealth)) {
        if let Some(target) = self.lock().health.targets.get_mut(index) {
            change(target);
        }
    }

    /// Waits until there are new alerts since the generation `known` (`None`: whatever comes), for so long at most;
    /// gives the newest generation, or `None` when it is time to end.
    pub(in crate::serve) fn wait_for_alerts(&self, known: Option<u64>, time_max: Duration) -> Option<u64> {
        let nothing = |q: &mut Queue| known.is_none_or(|known| known == q.alerts_generation) && !q.is_ending();
        let wait = self.went.wait_timeout_while(self.lock(), time_max, nothing);
        let (queue, _) = wait.unwrap_or_else(PoisonError::into_inner);
        (!queue.is_ending()).then_some(queue.alerts_generation)
    }

    /// Whether it is time to end.
    pub(in crate::serve) fn is_ending(&self) -> bool {
        self.lock().is_ending()
    }
}

impl Queue {
    fn is_ending(&self) -> bool {
        self.ended || self.deadline.is_some()
    }

    fn health(&self) -> Health {
        Health { queued: self.count as u64, ..self.health.clone() }
    }

    fn lose(&mut self, entry: &Entry, why: &str) {
        let now = Moment::now();
        self.health.lost += 1;
        self.health.alerts_lost += entry.alerts.len() as u64;
        let begin = || Loss { from: now, to: now, count: 0, why: why.to_owned() };
        let loss = self.untold.get_or_insert_with(begin);
        loss.count += 1;
        loss.to = now;
    }

    /// Counts everything that waits as lost.
    fn give_up(&mut self, why: &str) {
        let lost = self.count as u64;
        self.health.lost += lost;
        self.health.alerts_lost += self.waiting.iter().map(|(e, _)| e.alerts.len() as u64).sum::<u64>();
        if lost > 0 {
            self.health.ok = false;
            self.health.last_error = Some(why.to_owned());
        }
        self.waiting.clear();
        (self.count, self.bytes, self.dealt) = (0, 0, self.taken);
        self.ended = true;
    }
}

/// The thread that writes.
struct Writer<'s> {
    shared: &'s Shared,
    store: Option<Store>,
    outbox: alert::Outbox,
    pause: Duration,
    batches: u32,
    /// Whether there is more to prune.
    behind: bool,
}

/// What the writer has in its hands.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    bytes: usize,
    settled: Vec<Settled>,
    loss: Option<Loss>,
}

impl Drop for Writer<'_> {
    /// However it ends: nobody must wait for it, and the health must say so.
    fn drop(&mut self) {
        // Whoever waits for the end finds the database closed.
        self.store = None;
        let mut queue = self.shared.lock();
        queue.give_up("the service ended before they could be written");
        queue.health.ok &= queue.deadline.is_some();
        drop(queue);
        self.shared.went.notify_all();
    }
}

impl<'s> Writer<'s> {
    fn new(shared: &'s Shared) -> Self {
        let outbox = alert::Outbox::new(&shared.settings);
        Self { shared, store: None, outbox, pause: RETRY_MIN, batches: 0, behind: false }
    }

    fn run(mut self) {
        // The state of the disk shows from the start, not from the first decision on.
        self.tend();
        loop {
            let (batch, end) = self.next();
            match batch {
                None if end => return,
                None => self.tend(),
                Some(batch) => {
                    if !self.put(&batch) {
                        return;
                    }
                    self.batches += 1;
                    if self.behind || self.batches >= BATCHES_BETWEEN_PRUNES {
                        self.tend();
                    }
                }
            }
        }
    }

    /// The next batch, after a little while in which more may come; none = nothing came for a while. Also whether it
    /// is time to end.
    fn next(&self) -> (Option<Batch>, bool) {
        let settings = &self.shared.settings;
        let idle = |q: &mut Queue| q.waiting.is_empty() && q.settled.is_empty() && q.deadline.is_none();
        let time_max = if self.behind { Duration::ZERO } else { IDLE };
        let wait = self.shared.came.wait_timeout_while(self.shared.lock(), time_max, idle);
        let (queue, _) = wait.unwrap_or_else(PoisonError::into_inner);
        // Settled alerts alone do not wait, and nothing does while there is something else to do.
        let few = |q: &mut Queue| {
            !q.waiting.is_empty() && q.waiting.len() < settings.batch_max && !q.hurried && q.deadline.is_none()
        };
        let wait = self.shared.came.wait_timeout_while(queue, settings.linger, few);
        let (mut queue, _) = wait.unwrap_or_else(PoisonError::into_inner);
        if queue.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return (None, true);
        }
        let many = queue.waiting.len().min(settings.batch_max);
        let (entries, bytes): (Vec<Entry>, Vec<usize>) = queue.waiting.drain(..many).unzip();
        queue.hurried &= !queue.waiting.is_empty();
        let (settled, loss) = (std::mem::take(&mut queue.settled), queue.untold.take());
        let end = queue.deadline.is_some();
        if entries.is_empty() && settled.is_empty() && loss.is_none() {
            return (None, end);
        }
        (Some(Batch { entries, bytes: bytes.iter().sum(), settled, loss }), end)
    }

    /// Writes a batch, however often it has to be tried; `false` = it is time to end and it is not written.
    fn put(&mut self, batch: &Batch) -> bool {
        loop {
            let tried = self
                .store()
                .and_then(|(store, outbox)| store.write(&batch.entries, &batch.settled, batch.loss.as_ref(), outbox));
            match tried {
                Ok(written) => {
                    self.wrote(batch, &written);
                    return true;
                }
                Err(error) if error.is_of_the_row() => {
                    let written = self.put_apart(batch);
                    self.wrote(batch, &written);
                    return true;
                }
                Err(error) => self.failed(&error),
            }
            if !self.rest() {
                // They are given up when the writer is dropped; what was told to be lost is lost still.
                return false;
            }
        }
    }

    /// Writes a batch entry by entry, because the database will not have one of them.
    fn put_apart(&mut self, batch: &Batch) -> Written {
        let mut sum = Written::default();
        let alone = [(&[][..], &batch.settled[..], batch.loss.as_ref())];
        let each = batch.entries.chunks(1).map(|entry| (entry, &[][..], None));
        for (entries, settled, loss) in alone.into_iter().chain(each) {
            match self.store().and_then(|(store, outbox)| store.write(entries, settled, loss, outbox)) {
                Ok(written) => {
                    sum.decisions += written.decisions;
                    sum.alerts += written.alerts;
                    sum.alerts_lost += written.alerts_lost;
                }
                Err(error) => {
                    sum.refused += entries.len() as u64;
                    self.shared.lock().health.last_error = Some(error.to_string());
                }
            }
        }
        sum
    }

    /// The database, opened if it is not, or if another file has its name.
    fn store(&mut self) -> Result<(&mut Store, &mut alert::Outbox), LogError> {
        if self.store.as_ref().is_some_and(|store| !store.is_in_place()) {
            self.store = None;
        }
        let store = match self.store.take() {
            Some(store) => store,
            None => {
                let store = Store::open(&self.shared.settings.path)?;
                self.outbox.set_pending(&self.shared.tell_outbox(&store)?);
                store
            }
        };
        Ok((self.store.insert(store), &mut self.outbox))
    }

    /// Looks after retention, and after whether the database can be written at all.
    fn tend(&mut self) {
        self.batches = 0;
        let retention = self.shared.settings.retention;
        // Little by little: decisions that come meanwhile go first.
        match self.store().and_then(|(store, _)| store.prune(retention, Moment::now())) {
            Ok(more) => {
                self.behind = more;
                self.pause = RETRY_MIN;
                self.shared.lock().health.ok = true;
            }
            Err(error) => {
                self.behind = false;
                self.failed(&error);
            }
        }
    }

    fn wrote(&mut self, batch: &Batch, written: &Written) {
        self.pause = RETRY_MIN;
        let mut queue = self.shared.lock();
        let all = batch.entries.len();
        queue.count = queue.count.saturating_sub(all);
        queue.bytes = queue.bytes.saturating_sub(batch.bytes);
        queue.dealt += all as u64;
        queue.health.ok = true;
        queue.health.written += written.decisions;
        queue.health.lost += written.refused;
        queue.health.alerts_raised += written.alerts;
        queue.health.alerts_lost += written.alerts_lost;
        if written.alerts > 0 {
            queue.alerts_generation += 1;
        }
        drop(queue);
        if written.alerts > 0 || !batch.settled.is_empty() {
            match self.store.as_ref().map(|store| self.shared.tell_outbox(store)) {
                Some(Ok(counts)) => self.outbox.set_pending(&counts),
                Some(Err(error)) => self.failed(&error),
                None => {}
            }
        }
        self.shared.went.notify_all();
    }

    /// Notes an error. A damaged database is moved aside; whatever it was, it is opened anew next time.
    fn failed(&mut self, error: &LogError) {
        self.store = None;
        let mut moved = None;
        let mut text = error.to_string();
        if error.is_damage() {
            match move_aside(&self.shared.settings.path, Moment::now()) {
                Ok(to) => {
                    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    text = format!("{text}; the damaged database is now {name}");
                    moved = Some(name);
                }
                Err(error) => text = format!("{text}; {error}"),
            }
        }
        let mut queue = self.shared.lock();
        queue.health.ok = false;
        queue.health.last_error = Some(text);
        queue.health.moved_aside = moved.or(queue.health.moved_aside.take());
    }

    /// Waits before the next try, longer each time; `false` = it is time to end.
    fn rest(&mut self) -> bool {
        let until = Instant::now().checked_add(self.pause);
        self.pause = self.pause.saturating_mul(2).min(self.shared.settings.retry_max);
        let mut queue = self.shared.lock();
        loop {
            let now = Instant::now();
            if queue.deadline.is_some_and(|deadline| now >= deadline) {
                return false;
            }
            let left = [until, queue.deadline].into_iter().flatten().min().map(|t| t.saturating_duration_since(now));
            match left {
                Some(left) if !left.is_zero() => {
                    let wait = self.shared.came.wait_timeout(queue, left);
                    queue = wait.unwrap_or_else(PoisonError::into_inner).0;
                }
                _ => return true,
            }
        }
    }
}

impl Shared {
    /// Tells the health how many alerts wait, and gives these counts: target, waiting, refused.
    fn tell_outbox(&self, store: &Store) -> Result<Vec<(String, u64, u64)>, LogError> {
        let counts = store.outbox()?;
        let mut queue = self.lock();
        for target in &mut queue.health.targets {
            let own = counts.iter().find(|(name, _, _)| *name == target.name);
            (target.pending, target.refused) = own.map_or((0, 0), |(_, pending, refused)| (*pending, *refused));
        }
        drop(queue);
        Ok(counts)
    }
}
