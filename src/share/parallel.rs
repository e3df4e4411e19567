//! Many inputs at once, results in the order of the inputs.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Inputs that may be ahead of the one whose result is due. Bounds the memory that results wait in when one input
/// takes long; 1,024 is our choice, a few megabytes of records.
pub const WINDOW: usize = 1024;

/// Bytes of stack of each worker: parsers recurse with the nesting of documents.
const STACK_BYTES: usize = 16 << 20;

/// Works on all `inputs` with `jobs` threads and gives each result to `sink`, in the order of the inputs. Between
/// results `sink` is called with `None` now and then. Stops taking inputs when `stop` says so or `sink` breaks; what
/// was taken is finished.
///
/// # Errors
/// No thread could be started; nothing was done.
pub fn in_order<I: Send, O: Send>(
    inputs: impl Iterator<Item = I> + Send,
    jobs: usize,
    stop: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(I) -> O + Sync),
    mut sink: impl FnMut(Option<O>) -> ControlFlow<()>,
) -> io::Result<()> {
    let broken = AtomicBool::new(false);
    let ahead = Ahead::default();
    let (to_workers, from_feeder) = mpsc::sync_channel::<(u64, I)>(jobs * 2);
    let (to_sink, from_workers) = mpsc::channel::<(u64, O)>();
    let from_feeder = Mutex::new(from_feeder);
    // A pool of rayon's, so that whatever is split inside one input later runs on the same threads.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES).build();
    let pool = pool.map_err(io::Error::other)?;
    let (broken, ahead, from_feeder) = (&broken, &ahead, &from_feeder);
    thread::scope(|threads| {
        threads.spawn(move || {
            for (number, input) in (0..).zip(inputs) {
                ahead.wait(WINDOW, broken);
                if stop() || broken.load(Ordering::Relaxed) || to_workers.send((number, input)).is_err() {
                    break;
                }
            }
        });
        pool.in_place_scope(|scope| {
            for _ in 0..jobs {
                let to_sink = to_sink.clone();
                scope.spawn(move |_| {
                    while let Some((number, input)) = take(from_feeder) {
                        if to_sink.send((number, work(input))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(to_sink);
            deliver(&from_workers, ahead, broken, &mut sink);
        });
    });
    Ok(())
}

fn take<I>(from_feeder: &Mutex<Receiver<(u64, I)>>) -> Option<(u64, I)> {
    from_feeder.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Hands results on in their order.
fn deliver<O>(
    from_workers: &Receiver<(u64, O)>,
    ahead: &Ahead,
    broken: &AtomicBool,
    sink: &mut impl FnMut(Option<O>) -> ControlFlow<()>,
) {
    let mut waiting = BTreeMap::new();
    let mut due = 0;
    loop {
        let flow = match from_workers.recv_timeout(Duration::from_millis(100)) {
            Ok((number, output)) => {
                waiting.insert(number, output);
                let mut flow = ControlFlow::Continue(());
                while flow.is_continue() {
                    let Some(output) = waiting.remove(&due) else { break };
                    due += 1;
                    ahead.back();
                    flow = sink(Some(output));
                }
                flow
            }
            Err(mpsc::RecvTimeoutError::Timeout) => sink(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        if flow.is_break() {
            broken.store(true, Ordering::Relaxed);
            ahead.open();
            // Workers finish what they took; their results go nowhere.
            while from_workers.recv().is_ok() {}
            return;
        }
    }
}

/// How far the feeder is ahead of the results.
#[derive(Default)]
struct Ahead {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Ahead {
    fn wait(&self, most: usize, broken: &AtomicBool) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        while *count >= most && !broken.load(Ordering::Relaxed) {
            count = self.changed.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
    }

    fn back(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.changed.notify_one();
    }

    fn open(&self) {
        let _count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_inputs() {
        let mut seen = Vec::new();
        let work = |n: u64| {
            thread::sleep(Duration::from_micros(if n.is_multiple_of(7) { 900 } else { 10 }));
            n * 2
        };
        in_order(0..5000, 4, &|| false, &work, |output| {
            seen.extend(output);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(seen.iter().copied().eq((0..5000).map(|n| n * 2)));
    }

    #[test]
    fn a_broken_sink_and_a_stop_end_it() {
        let mut count = 0;
        in_order(0.., 3, &|| false, &|n: u64| n, |output| {
            count += usize::from(output.is_some());
            if count == 100 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert_eq!(count, 100);
        let stop = AtomicBool::new(false);
        let mut last = None;
        in_order(0.., 3, &|| stop.load(Ordering::Relaxed), &|n: u64| n, |output| {
            last = output.or(last);
            stop.store(last >= Some(50), Ordering::Relaxed);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(last >= Some(50));
    }
}
