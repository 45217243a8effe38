//! The processes that an entry lives by, as they are recorded in it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::surroundings::Surroundings;
use crate::{proc, sys};

/// The processes that an instance lives by, and the boot and the namespaces in which their numbers
/// mean them.
///
/// What could not be found out is left out, and proves nothing then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Owner {
    pub(crate) boot: Option<BootId>,
    pub(crate) pid_namespace: Option<u64>,
    pub(crate) time_namespace: Option<u64>,
    pub(crate) monitor: Option<Process>,
    pub(crate) shim: Option<Process>,
}

/// One process, told apart from all that had or will have its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    pub(crate) pid: i32,
    /// Clock ticks since boot, field 22 of `/proc/PID/stat`.
    pub(crate) start: Option<u64>,
    /// The inode of its pidfd (Linux 6.9).
    pub(crate) inode: Option<u64>,
}

/// The name of one boot of one machine, `/proc/sys/kernel/random/boot_id`.
///
/// A container may have another one mounted there (systemd-nspawn(1)). That is the same for all that
/// runs in it, and says nothing of what runs outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BootId {
    name: [u8; 16],
    is_the_kernels: bool,
}

impl Owner {
    /// Looks at the monitor and the shim of an instance that is being recorded.
    ///
    /// This process's own part is read once, and again after a fork.
    pub(crate) fn of(pid: i64, shim_pid: i64) -> Self {
        let here = Surroundings::of_this_process();
        Self {
            boot: here.boot(),
            pid_namespace: here.pid_namespace(),
            time_namespace: here.time_namespace(),
            monitor: here.identify(pid),
            shim: here.identify(shim_pid),
        }
    }

    /// The boot in which its processes were started.
    #[must_use]
    pub fn boot(&self) -> Option<BootId> {
        self.boot
    }

    /// The monitor.
    #[must_use]
    pub fn monitor(&self) -> Option<&Process> {
        self.monitor.as_ref()
    }

    /// The shim.
    #[must_use]
    pub fn shim(&self) -> Option<&Process> {
        self.shim.as_ref()
    }

    /// For how long its monitor has run by the clock that counts sleep and that nobody sets, if the
    /// monitor was started in this boot and in this process's time namespace.
    #[must_use]
    pub fn uptime(&self) -> Option<Duration> {
        let here = Surroundings::of_this_process();
        if self.boot? != here.boot()? || self.time_namespace? != here.time_namespace()? {
            return None;
        }
        let start = sys::ticks_to_duration(self.monitor?.start?);
        Some(sys::boottime().saturating_sub(start))
    }
}

impl Process {
    /// Looks at a process. What cannot be seen of it is left out; its number alone can still prove
    /// that it is gone.
    ///
    /// The descriptor is opened first and asked last, so that what was read in between belongs to
    /// the same process.
    pub(crate) fn read(pid: i32, proc_is_ours: bool) -> Self {
        let Ok(pidfd) = sys::pidfd_open(pid) else {
            return Self { pid, start: None, inode: None };
        };
        let start = if proc_is_ours { proc::start_time(pid) } else { None };
        let inode = sys::pidfd_inode(&pidfd);
        match sys::pidfd_state(&pidfd) {
            Ok(sys::PidfdState::Running) => Self { pid, start, inode },
            _ => Self { pid, start: None, inode },
        }
    }

    /// Its number, in the process namespace that the owner was recorded in.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }
}

impl BootId {
    pub(crate) const fn of_the_kernel(name: [u8; 16]) -> Self {
        Self { name, is_the_kernels: true }
    }

    pub(crate) const fn of_a_container(name: [u8; 16]) -> Self {
        Self { name, is_the_kernels: false }
    }

    /// Whether these are two boots: of what has run in one, nothing runs in the other.
    pub(crate) fn excludes(self, other: Self) -> bool {
        self.is_the_kernels && other.is_the_kernels && self != other
    }
}

impl fmt::Display for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.name.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The owner's binary form. The numbers of its processes stand beside it, in the summary.
#[derive(Serialize, Deserialize)]
pub(crate) struct OwnerWire {
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    boot: Option<crate::format::WireId>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    boot_of_container: Option<crate::format::WireId>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pid_namespace: Option<u64>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    time_namespace: Option<u64>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    monitor: Option<ProcessWire>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    shim: Option<ProcessWire>,
}

#[derive(Serialize, Deserialize)]
struct ProcessWire {
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    inode: Option<u64>,
}

impl From<&Owner> for OwnerWire {
    fn from(owner: &Owner) -> Self {
        let process = |process: Process| ProcessWire { start: process.start, inode: process.inode };
        let boot = |is_the_kernels| {
            let boot = owner.boot.filter(|boot| boot.is_the_kernels == is_the_kernels);
            boot.map(|boot| crate::format::WireId(boot.name))
        };
        Self {
            boot: boot(true),
            boot_of_container: boot(false),
            pid_namespace: owner.pid_namespace,
            time_namespace: owner.time_namespace,
            monitor: owner.monitor.map(process),
            shim: owner.shim.map(process),
        }
    }
}

impl OwnerWire {
    /// Puts it together with the numbers of its processes.
    pub(crate) fn into_owner(self, pid: i64, shim_pid: i64) -> Owner {
        let process = |pid: i64, wire: ProcessWire| {
            let pid = i32::try_from(pid).ok()?;
            Some(Process { pid, start: wire.start, inode: wire.inode })
        };
        let boot = self.boot.map(|boot| BootId::of_the_kernel(boot.0));
        let of_container = || self.boot_of_container.map(|boot| BootId::of_a_container(boot.0));
        Owner {
            boot: boot.or_else(of_container),
            pid_namespace: self.pid_namespace,
            time_namespace: self.time_namespace,
            monitor: self.monitor.and_then(|wire| process(pid, wire)),
            shim: self.shim.and_then(|wire| process(shim_pid, wire)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_has_run_is_known_on_its_own_clock_alone() {
        let owner = Owner::of(std::process::id().into(), 0);
        assert!(owner.uptime().is_some());
        let boot = Some(BootId::of_the_kernel([7; 16]));
        assert_eq!(Owner { boot, ..owner }.uptime(), None);
        let time_namespace = owner.time_namespace.map(|inode| inode + 1);
        assert_eq!(Owner { time_namespace, ..owner }.uptime(), None);
    }
}
