//! Examining in threads of this process: cheap, and a parser that dies by anything but a panic takes the service along.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::blob::{Gap, Reason};
use crate::scan::Scanner;
use crate::serve::ask::{Ask, Judged, examine, not_examined};
use crate::serve::spool::Body;

/// Bytes of stack: parsers recurse with the nesting of documents.
const STACK_BYTES: usize = 16 << 20;

struct Job {
    scanner: Arc<Scanner>,
    ask: Arc<Ask>,
    body: Body,
    answer: oneshot::Sender<Judged>,
    // Given back when the thread is free, not when somebody stops waiting for it.
    permit: OwnedSemaphorePermit,
}

/// Threads that wait for work. They end when this is dropped and their work is done.
pub struct Threads {
    jobs: Sender<Job>,
}

impl Threads {
    /// Starts `count` of them.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(count: usize) -> Result<Self, String> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..count {
            let queue = Arc::clone(&queue);
            let builder = thread::Builder::new().name("examine".to_owned()).stack_size(STACK_BYTES);
            builder.spawn(move || run(&queue)).map_err(|e: io::Error| format!("cannot start threads: {e}"))?;
        }
        Ok(Self { jobs })
    }

    /// Judges one body. A thread that takes too long goes on by itself and is missed until it is done.
    pub async fn examine(
        &self,
        scanner: &Arc<Scanner>,
        ask: Arc<Ask>,
        body: Body,
        time_max: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Judged {
        let (answer, judged) = oneshot::channel();
        let size = body.bytes();
        let job = Job { scanner: Arc::clone(scanner), ask: Arc::clone(&ask), body, answer, permit };
        let sent = self.jobs.send(job).is_ok();
        let gap = match tokio::time::timeout(time_max, judged).await {
            Ok(Ok(judged)) if sent => return judged,
            Ok(_) => Gap::new(Reason::Crashed, "", "the thread that examined it died"),
            Err(_) => Gap::new(Reason::Timeout, "", "it was not examined in time"),
        };
        not_examined(scanner, &ask, gap, size)
    }
}

fn run(queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { scanner, ask, body, answer, permit }) = job else { return };
        let judged = match body.read_blocking() {
            Ok(bytes) => examine(&scanner, &ask, &bytes),
            Err(error) => {
                let gap = Gap::new(Reason::ReadError, "", error.to_string());
                not_examined(&scanner, &ask, gap, body.bytes())
            }
        };
        drop(permit);
        let _ = answer.send(judged);
    }
}
