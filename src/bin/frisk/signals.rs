//! Interrupts: the first one lets what is in flight finish, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::Failure;

/// Which signal came.
#[derive(Clone, Debug)]
pub struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Listens from now on.
    pub fn listen() -> Result<Self, Failure> {
        let came = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or(0);
            let again = Arc::new(AtomicBool::new(false));
            let fail = |e: std::io::Error| Failure::broken(format!("cannot listen to signals: {e}"));
            // In this order: the first signal finds `again` unset, and sets it.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again)).map_err(fail)?;
            flag::register(signal, again).map_err(fail)?;
            flag::register_usize(signal, Arc::clone(&came), number).map_err(fail)?;
        }
        Ok(Self(came))
    }

    /// The signal that came, if one did.
    pub fn came(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::Relaxed)).ok().filter(|n| *n > 0)
    }
}
