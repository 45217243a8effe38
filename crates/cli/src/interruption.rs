//! Signals that end a wait, but not what has been begun.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::monitor::ignored_signals;

/// Signals that ask this process to end, caught from now on: whoever waits asks whether one came.
///
/// What this process was started to ignore stays ignored.
#[derive(Debug)]
pub(crate) struct Interruption(Arc<AtomicUsize>);

impl Interruption {
    pub(crate) fn catch() -> io::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        let ignored = ignored_signals();
        for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
            if !ignored.contains(&signal) {
                flag::register_usize(signal, Arc::clone(&came), number)?;
            }
        }
        Ok(Self(came))
    }

    /// The signal that came last.
    pub(crate) fn signal(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }
}
