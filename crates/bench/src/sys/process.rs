//! Processes.

use std::os::fd::{AsFd as _, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, Result};
use rustix::process::{Pid, PidfdFlags};

/// Whether this process may mount.
pub(crate) fn is_superuser() -> bool {
    rustix::process::geteuid().is_root()
}

/// A descriptor that means one process.
pub(crate) struct Pidfd(OwnedFd);

impl Pidfd {
    /// Opens it.
    #[inline]
    pub(crate) fn open(pid: i32) -> Result<Self> {
        let pid = Pid::from_raw(pid).ok_or(Errno::SRCH)?;
        rustix::process::pidfd_open(pid, PidfdFlags::empty()).map(Self)
    }

    /// Whether the process has ended.
    #[inline]
    pub(crate) fn has_ended(&self) -> Result<bool> {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&now)).map(|ready| ready > 0)
    }

    /// Which process it is, of all that ever were.
    #[inline]
    pub(crate) fn inode(&self) -> Result<u64> {
        super::stat(self.0.as_fd()).map(|stat| stat.inode)
    }
}
