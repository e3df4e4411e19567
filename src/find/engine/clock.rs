//! The time a text may take: asked where the work is done, and seldom enough to cost nothing.

use std::cell::Cell;

/// Steps between two questions: a step takes about a microsecond, reading a clock a twentieth of one.
const STEPS: u32 = 64;

/// Tells when there is no time left. Once it said so, it goes on saying so.
pub(super) struct Clock<'c> {
    is_over: &'c dyn Fn() -> bool,
    steps: Cell<u32>,
    over: Cell<bool>,
    /// The lowest byte of the text behind which something was left out.
    stopped: Cell<Option<usize>>,
}

impl<'c> Clock<'c> {
    pub(super) fn new(is_over: &'c dyn Fn() -> bool) -> Self {
        Self { is_over, steps: Cell::new(0), over: Cell::new(false), stopped: Cell::new(None) }
    }

    /// Whether the work at byte `at` of the text has to be left out; one step more.
    pub(super) fn stops(&self, at: usize) -> bool {
        if !self.over.get() {
            let steps = self.steps.get().wrapping_add(1);
            self.steps.set(steps);
            if !steps.is_multiple_of(STEPS) || !(self.is_over)() {
                return false;
            }
            self.over.set(true);
        }
        self.stop(at);
        true
    }

    /// Whether a whole pass over the text has to be left out.
    pub(super) fn stops_pass(&self) -> bool {
        self.over.set(self.over.get() || (self.is_over)());
        if self.over.get() {
            self.stop(0);
        }
        self.over.get()
    }

    fn stop(&self, at: usize) {
        self.stopped.set(Some(self.stopped.get().map_or(at, |stopped| stopped.min(at))));
    }

    /// The byte of the text up to which nothing was left out; `None` if that is its end.
    pub(super) fn stopped(&self) -> Option<usize> {
        self.stopped.get()
    }
}
