//! A process that ends while it is waited for: neither before, nor by a call of who waits.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// It reads until nobody can write to it any more, and so ends with this process, however that ends.
pub(super) struct Monitor(Child);

/// One that ends as soon as this process's first thread sleeps.
pub(super) struct Ending {
    is_over: Arc<AtomicBool>,
    is_told: Arc<AtomicBool>,
    /// Gives it back once it has been told to end.
    thread: JoinHandle<Child>,
}

impl Monitor {
    pub(super) fn start() -> Self {
        let mut cat = Command::new("cat");
        let cat = cat.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(cat.spawn().unwrap_or_else(|error| panic!("cat: {error}")))
    }

    pub(super) fn pid(&self) -> i64 {
        self.0.id().into()
    }

    /// It is ended by another thread, which the tracer does not follow.
    pub(super) fn end_when_waited_for(self) -> Ending {
        let is_over = Arc::new(AtomicBool::new(false));
        let is_told = Arc::new(AtomicBool::new(false));
        let [over, told] = [&is_over, &is_told].map(Arc::clone);
        let mut monitor = self.0;
        let thread = thread::spawn(move || {
            while !over.load(Ordering::Relaxed) && !is_first_thread_asleep() {
                thread::yield_now();
            }
            told.store(true, Ordering::SeqCst);
            drop(monitor.stdin.take());
            monitor
        });
        Ending { is_over, is_told, thread }
    }
}

impl Ending {
    /// Whether it has been told to end; until then it lives.
    pub(super) fn is_told(&self) -> bool {
        self.is_told.load(Ordering::SeqCst)
    }

    /// Ends it if nobody has waited for it, and takes away what is left of it.
    pub(super) fn end(self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Ok(mut monitor) = self.thread.join() {
            let _ended = monitor.wait();
        }
    }
}

/// Whether the kernel has put it to sleep until something happens (proc(5)); not so while a tracer has
/// stopped it.
fn is_first_thread_asleep() -> bool {
    let status = fs::read_to_string(format!("/proc/self/task/{}/status", std::process::id()));
    status.is_ok_and(|status| status.contains("State:\tS"))
}
