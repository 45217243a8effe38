//! Where this process stands: its boot, its namespaces, itself.

use std::sync::{Arc, OnceLock};

use hakurei_lockedfile::Generation;

use crate::owner::{BootId, Process};
use crate::sync::{Mutex, process_wide};
use crate::{proc, sys};

/// What of an owner's record is the same for everything that one process records or judges. Each part
/// is read when it is asked for; what a want of descriptors leaves out, is read the next time.
#[derive(Debug)]
pub(crate) struct Surroundings {
    process: Generation,
    pid: i32,
    boot: OnceLock<BootId>,
    pid_namespace: OnceLock<u64>,
    time_namespace: OnceLock<u64>,
    /// This process; the answer for everyone else is asked for each time.
    myself: OnceLock<Process>,
    /// Says whether the numbers in /proc are those that this process gives to processes. It is asked
    /// each time, for another /proc may be mounted there.
    proc_is_ours: fn() -> bool,
}

impl Surroundings {
    /// Those of this process; a forked child has its own.
    pub(crate) fn of_this_process() -> Arc<Self> {
        process_wide! { KNOWN: Mutex<Option<Arc<Surroundings>>> = Mutex::new(None) }
        let process = Generation::current();
        let mut known = KNOWN.lock();
        match &*known {
            Some(here) if here.process == process => Arc::clone(here),
            _ => Arc::clone(known.insert(Arc::new(Self::unread(process)))),
        }
    }

    fn unread(process: Generation) -> Self {
        Self {
            process,
            pid: sys::getpid(),
            boot: OnceLock::new(),
            pid_namespace: OnceLock::new(),
            time_namespace: OnceLock::new(),
            myself: OnceLock::new(),
            proc_is_ours: proc::is_ours,
        }
    }

    pub(crate) fn boot(&self) -> Option<BootId> {
        known(&self.boot, proc::boot_id)
    }

    pub(crate) fn pid_namespace(&self) -> Option<u64> {
        known(&self.pid_namespace, || self.namespace("pid"))
    }

    pub(crate) fn time_namespace(&self) -> Option<u64> {
        known(&self.time_namespace, || self.namespace("time"))
    }

    /// Whether process numbers are those that the whole machine sees: the first namespace has a fixed
    /// inode (PROC_PID_INIT_INO in the kernel's `proc_ns.h`).
    pub(crate) fn is_first_pid_namespace(&self) -> bool {
        self.pid_namespace() == Some(0xEFFF_FFFC)
    }

    /// Tells a process apart from all others that may ever have its number; none for a number that
    /// no process can have.
    pub(crate) fn identify(&self, pid: i64) -> Option<Process> {
        let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0)?;
        let read = || Process::read(pid, (self.proc_is_ours)());
        if pid != self.pid {
            return Some(read());
        }
        if let Some(myself) = self.myself.get() {
            return Some(*myself);
        }
        let myself = read();
        Some(if myself.start.is_some() { *self.myself.get_or_init(|| myself) } else { myself })
    }

    /// Under a stranger's /proc it would be a stranger's.
    fn namespace(&self, name: &str) -> Option<u64> {
        if (self.proc_is_ours)() { proc::namespace(name) } else { None }
    }
}

/// What has been read, or can be read now.
fn known<T: Copy>(place: &OnceLock<T>, read: impl FnOnce() -> Option<T>) -> Option<T> {
    match place.get() {
        Some(known) => Some(*known),
        None => read().map(|read| *place.get_or_init(|| read)),
    }
}

#[cfg(test)]
impl Surroundings {
    /// Those of a process without a /proc of its own.
    pub(crate) fn without_namespaces() -> Self {
        Self { proc_is_ours: || false, ..Self::unread(Generation::current()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_is_among_is_read_once() {
        let [first, second] = [(); 2].map(|()| Surroundings::of_this_process());
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(first.time_namespace(), proc::namespace("time"));
        let is_first = proc::namespace("pid") == Some(0xEFFF_FFFC);
        assert_eq!(first.is_first_pid_namespace(), is_first);
    }
}
