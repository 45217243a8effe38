//! Looks out for what happens to instances: the machinery behind [`Watch`](crate::Watch) and
//! [`Ends`](crate::Ends), which differ in what they look out for.
//!
//! Whatever wakes it says where to look, and what is found there says what has happened: inotify, of
//! the way to the store, of its segments and their entries; a pidfd, of the process that an entry
//! lives by; and every 50 ms a timer, for what neither of them tells. Nothing is locked or made, and
//! no thread is started.

mod doubts;
mod lives;
mod looks;
mod segments;
mod settle;
mod tell;
mod wakers;
mod watches;
mod way;

use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Instant;

use hakurei_check::PathError;
use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_lockedfile::Generation;

use self::doubts::{Doubts, Trouble};
use self::lives::Lives;
use self::segments::Segment;
use self::wakers::{Alarm, Wakers};
use self::watches::Watches;
use self::way::Way;
use crate::base::Base;
use crate::error::{Error, ErrorKind};
use crate::sys::{self, Errno};
use crate::watch::Event;

/// What is done by what fails because of itself, and not because of the store.
const STEP: &str = "watch state store";

/// How often everything is looked at in one go while others keep changing it; then what has been
/// found out is told first, and the rest is looked at in a while.
const ROUNDS: usize = 16;

/// Which instances are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All, from their appearance to their removal.
    All,
    /// Those chosen, and of each nothing but its end, with which it is forgotten.
    Chosen,
}

/// What looks out.
pub(crate) struct Lookout {
    base: Arc<Base>,
    scope: Scope,
    wakers: Wakers,
    watches: Watches,
    way: Way,
    segments: BTreeMap<Identity, Segment>,
    lives: Lives<Alarm>,
    doubts: Doubts,
    trouble: Trouble,
    /// Whoever made it. A forked child has the same descriptors, and would take what it reads from
    /// its parent.
    process: Generation,
}

impl Lookout {
    /// # Errors
    ///
    /// Step `watch state store`: there is no descriptor for it.
    pub(crate) fn new(base: &Arc<Base>, scope: Scope) -> Result<Self, Error> {
        let wakers = Wakers::new().map_err(|(call, errno)| failed(base, call, errno))?;
        Ok(Self {
            base: Arc::clone(base),
            scope,
            wakers,
            watches: Watches::default(),
            way: Way::default(),
            segments: BTreeMap::new(),
            lives: Lives::new(scope),
            doubts: Doubts::of_the_way(),
            trouble: Trouble::default(),
            process: Generation::current(),
        })
    }

    /// Looks at everything for the first time.
    ///
    /// # Errors
    ///
    /// Step `read store segments`: the store may not be trusted, or cannot be opened.
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        self.settle()?;
        self.trouble.untold().map_or(Ok(()), Err)
    }

    /// How many are waited for, or have ended and were not told yet.
    pub(crate) fn untold(&self) -> usize {
        self.lives.untold()
    }

    /// Waits for the end of one more instance; if it is dead or not there, it has ended.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin), and step `read store segment entries`: its segment may not be
    /// trusted, or cannot be opened. It is not waited for then.
    pub(crate) fn choose(&mut self, identity: Identity, id: InstanceId) -> Result<(), Error> {
        self.check_is_ours()?;
        let key = (identity, id);
        if self.lives.is_known(key) {
            return Ok(());
        }
        // What happened before is of no concern.
        self.settle()?;
        if let Some(error) = self.trouble.told() {
            return Err(error);
        }
        if self.has_ended(key)? {
            self.lives.choose_ended(key);
        } else {
            self.lives.choose(key);
        }
        self.settle()
    }

    /// The next event, if there is one; never waits.
    ///
    /// # Errors
    ///
    /// Why nothing can be found out for now, once; it is tried again in a while.
    pub(crate) fn try_next(&mut self) -> Result<Option<Event>, Error> {
        self.check_is_ours()?;
        for _ in 0..ROUNDS {
            if let Some(event) = self.lives.next() {
                return Ok(Some(event));
            }
            if let Some(error) = self.trouble.untold() {
                return Err(error);
            }
            let ready = self.wakers.ready().map_err(|errno| self.failed("epoll_wait", errno))?;
            if !ready.is_any {
                break;
            }
            for key in ready.ended {
                self.lives.alarmed(key);
            }
            if ready.is_time {
                self.tick();
            }
            self.settle()?;
        }
        Ok(self.lives.next())
    }

    /// Waits for the next event; none if there was none until the deadline.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub(crate) fn next_until(&mut self, deadline: Option<Instant>) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.try_next()? {
                return Ok(Some(event));
            }
            // It may always be readable, because of what nobody is told of.
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(None);
            }
            // Whether it is or not, it is looked at once more.
            let waited = sys::wait_until_readable(self.wakers.as_fd(), deadline);
            waited.map_err(|errno| self.failed("poll", errno))?;
        }
    }

    fn check_is_ours(&self) -> Result<(), Error> {
        if self.process == Generation::current() {
            return Ok(());
        }
        let message = format!(
            "what looks out in {} belongs to a process that this one was forked from",
            self.base.pathname()
        );
        let app = AppError::new(STEP, std::io::Error::from(Errno::PERM)).with_message(message);
        Err(Error::new(ErrorKind::Refused, app))
    }

    fn failed(&self, call: &'static str, errno: Errno) -> Error {
        failed(&self.base, call, errno)
    }
}

fn failed(base: &Base, call: &'static str, errno: Errno) -> Error {
    Error::path(STEP, PathError::new(call, base.pathname().as_path(), errno))
}

impl AsFd for Lookout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wakers.as_fd()
    }
}

impl fmt::Debug for Lookout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookout").field("base", self.base.pathname()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
