//! Where this process stands: its boot, its namespaces, itself.

use std::sync::Arc;

use hakurei_lockedfile::Generation;

use crate::owner::{BootId, Process};
use crate::sync::{Mutex, process_wide};
use crate::{proc, sys};

/// What of an owner's record is the same for everything that one process records or judges.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) boot: Option<BootId>,
    pub(crate) pid_namespace: Option<u64>,
    pub(crate) time_namespace: Option<u64>,
    /// This process; the answer for everyone else is asked for each time.
    myself: Process,
    pid: i32,
    process: Generation,
    /// Whether the numbers in /proc are those that this process gives to processes.
    proc_is_ours: bool,
}

impl Surroundings {
    /// Reads them once per process; a forked child reads its own.
    pub(crate) fn of_this_process() -> Arc<Self> {
        process_wide! { KNOWN: Mutex<Option<Arc<Surroundings>>> = Mutex::new(None) }
        let process = Generation::current();
        let mut known = KNOWN.lock();
        match &*known {
            Some(here) if here.process == process => Arc::clone(here),
            _ => {
                let read = Arc::new(Self::read(process));
                // What a want of descriptors has left out is read the next time.
                if read.is_complete() {
                    *known = Some(Arc::clone(&read));
                }
                read
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.boot.is_some()
            && self.pid_namespace.is_some()
            && self.time_namespace.is_some()
            && self.myself.start.is_some()
    }

    fn read(process: Generation) -> Self {
        let (pid, ours) = (sys::getpid(), proc::is_ours());
        Self {
            boot: proc::boot_id(),
            // Under a stranger's /proc these would be a stranger's.
            pid_namespace: ours.then(|| proc::namespace("pid")).flatten(),
            time_namespace: ours.then(|| proc::namespace("time")).flatten(),
            myself: Process::read(pid, ours),
            pid,
            process,
            proc_is_ours: ours,
        }
    }

    /// Whether process numbers are those that the whole machine sees: the first namespace has a fixed
    /// inode (PROC_PID_INIT_INO in the kernel's `proc_ns.h`).
    pub(crate) fn is_first_pid_namespace(&self) -> bool {
        self.pid_namespace == Some(0xEFFF_FFFC)
    }

    /// Tells a process apart from all others that may ever have its number; none for a number that
    /// no process can have.
    pub(crate) fn identify(&self, pid: i64) -> Option<Process> {
        let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0)?;
        Some(if pid == self.pid { self.myself } else { Process::read(pid, self.proc_is_ours) })
    }
}
