//! The one descriptor that is readable when there may be something, and what makes it so: inotify,
//! the ends of processes, and a timer for what neither of them tells.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hakurei_lockedfile::Generation;

use super::lives::Key;
use crate::sys::{self, Errno};

/// How long it takes at most until something is noticed that the kernel does not tell of.
const A_WHILE: Duration = Duration::from_millis(50);

/// So many descriptors are left for everything else that this process does, looking at entries
/// included; what can have none of its own is looked at every while.
const SPARE_DESCRIPTORS: u64 = 16;

/// What makes an epoll readable.
#[derive(Debug)]
pub(super) struct Wakers {
    epoll: Arc<OwnedFd>,
    timer: OwnedFd,
    set: Set,
    /// When a while will have passed, if anything waits for that.
    next_look: Option<Instant>,
    /// Whose process a descriptor is, by its number. One that is closed is left here until its
    /// number is used again: an instance too many is looked at then, and nothing else happens.
    processes: BTreeMap<RawFd, Key>,
}

/// What the timer is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Never,
    Now,
    At(Instant),
}

/// What there was to wake up for.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// Whether anything was.
    pub(super) is_any: bool,
    /// Whether a while has passed.
    pub(super) is_time: bool,
    /// Whose processes have ended.
    pub(super) ended: Vec<Key>,
}

/// A process that wakes when it ends.
#[derive(Debug)]
pub(super) struct Alarm {
    epoll: Arc<OwnedFd>,
    pidfd: OwnedFd,
    /// Whoever made it; a forked child has the same epoll, and must leave it as it is.
    process: Generation,
}

impl Wakers {
    /// # Errors
    ///
    /// Which call failed, and how.
    pub(super) fn new() -> Result<Self, (&'static str, Errno)> {
        let epoll = sys::epoll().map_err(|errno| ("epoll_create", errno))?;
        let timer = sys::timer().map_err(|errno| ("timerfd_create", errno))?;
        sys::epoll_add(&epoll, &timer).map_err(|errno| ("epoll_ctl", errno))?;
        let processes = BTreeMap::new();
        Ok(Self { epoll: Arc::new(epoll), timer, set: Set::Never, next_look: None, processes })
    }

    /// Adds another source, which stays for good.
    pub(super) fn add(&self, source: impl AsFd) -> Result<(), Errno> {
        sys::epoll_add(&self.epoll, source)
    }

    /// Wakes when the process has ended; none if there are too few descriptors for that.
    pub(super) fn at_end_of(&mut self, pidfd: OwnedFd, key: Key) -> Option<Alarm> {
        let number = pidfd.as_raw_fd();
        if !leaves_enough(number, sys::descriptor_limit()) {
            return None;
        }
        // It fails at fs.epoll.max_user_watches, and for want of memory.
        sys::epoll_add(&self.epoll, &pidfd).ok()?;
        self.processes.insert(number, key);
        Some(Alarm { epoll: Arc::clone(&self.epoll), pidfd, process: Generation::current() })
    }

    /// Looks what there is now, and waits for nothing.
    pub(super) fn ready(&mut self) -> Result<Ready, Errno> {
        let mut ready = Ready::default();
        for number in sys::epoll_ready(&self.epoll)? {
            ready.is_any = true;
            if number == self.timer.as_raw_fd() {
                sys::read_timer(&self.timer)?;
                self.set = Set::Never;
            } else if let Some(key) = self.processes.get(&number) {
                ready.ended.push(*key);
            }
        }
        if self.next_look.is_some_and(|time| time <= Instant::now()) {
            self.next_look = None;
            ready.is_any = true;
            ready.is_time = true;
        }
        Ok(ready)
    }

    /// Sets the timer: for now, if there is something to tell already, or for a while later, if
    /// there is something to look at then.
    pub(super) fn set(&mut self, now: bool, later: bool) -> Result<(), Errno> {
        // What waits for its turn does not wait longer because of what happens meanwhile.
        let next_look = self.next_look.unwrap_or_else(|| Instant::now() + A_WHILE);
        self.next_look = later.then_some(next_look);
        let set = if now { Set::Now } else { self.next_look.map_or(Set::Never, Set::At) };
        if set == self.set {
            return Ok(());
        }
        let after = match set {
            Set::Never => None,
            Set::Now => Some(Duration::ZERO),
            Set::At(time) => Some(time.saturating_duration_since(Instant::now())),
        };
        // No time at all would mean never.
        sys::set_timer(&self.timer, after.map(|after| after.max(Duration::from_nanos(1))))?;
        self.set = set;
        Ok(())
    }
}

/// Whether so many descriptors are left that one more may be kept. The lowest free number is what a
/// new one gets, so that its own says how many there are.
fn leaves_enough(number: RawFd, limit: Option<u64>) -> bool {
    let end = limit.map_or(u64::MAX, |limit| limit.saturating_sub(SPARE_DESCRIPTORS));
    u64::try_from(number).is_ok_and(|number| number < end)
}

impl AsFd for Wakers {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if self.process == Generation::current() {
            // It was added, and is still open, so that it can be taken back.
            let _removed = sys::epoll_remove(&self.epoll, &self.pidfd);
        }
    }
}

#[cfg(test)]
mod tests;
