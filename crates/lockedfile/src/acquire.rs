//! Taking a lock: the one procedure, for mutexes and for files.
//!
//! 1. The file is opened, or has been since an earlier time.
//! 2. The thread must not hold it already, nor anything of the same or a higher rank.
//! 3. The thread waits for its turn among the threads of this process.
//! 4. The process waits for the kernel's lock.
//! 5. The name must mean the file that is now locked; otherwise all is let go, and it begins anew.
//!
//! All that a free lock takes is inlined into the caller, down to the system calls. Kernels that guard
//! the processor's return predictions spoil them at each call, and a function that returns after one
//! then costs more than the call itself: 0.3 µs on an AMD EPYC with Linux 6.18 and its "Safe RET".

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;

use crate::guard::Hold;
use crate::kept::Slot;
use crate::sys::{Blocking, Flock};
use crate::wait::{Patience, Waiting};
use crate::{Absolute, Kept, LockError, Mode, PathError, Place, Rank, Wait, held, sys};

/// How often a name may turn out to mean another file by the time that it is locked.
pub(crate) const ATTEMPTS: u32 = 16;

/// A wish to lock.
pub(crate) struct Request<'a, 'w, P: Place> {
    pub(crate) place: &'a P,
    /// Where the open file is kept; without that, it is opened for this once.
    pub(crate) slot: Option<&'a Slot<P::Opened>>,
    pub(crate) mode: Mode,
    pub(crate) rank: Option<Rank>,
    pub(crate) wait: Wait<'w>,
}

/// How a wish ended, if nothing went wrong.
pub(crate) enum Outcome<O: AsFd> {
    Granted(Hold<O>),
    /// Another holds the lock, and the time to wait is over.
    Busy(Arc<Kept<O>>),
}

impl<P: Place> Request<'_, '_, P> {
    /// Waits for the lock as told.
    #[inline(always)]
    pub(crate) fn grant(mut self) -> Result<Outcome<P::Opened>, LockError> {
        for _ in 0..ATTEMPTS {
            let hold = match self.lock(self.open()?)? {
                Outcome::Granted(hold) => hold,
                busy @ Outcome::Busy(_) => return Ok(busy),
            };
            if self.is_current(&hold)? {
                return Ok(Outcome::Granted(hold));
            }
            if let Some(slot) = self.slot {
                slot.forget(hold.kept());
            }
        }
        Err(LockError::unstable(self.place.path()))
    }

    #[inline(always)]
    fn open(&self) -> Result<Arc<Kept<P::Opened>>, LockError> {
        match self.slot {
            Some(slot) => slot.open(self.place),
            None => Kept::open(self.place),
        }
    }

    /// Locks an open file, first against this process's threads, then against other processes.
    #[inline(always)]
    fn lock(&mut self, kept: Arc<Kept<P::Opened>>) -> Result<Outcome<P::Opened>, LockError> {
        let (path, mode) = (self.place.path(), self.mode);
        if let Some(conflict) = held::conflict(kept.process, kept.inode, self.rank) {
            return Err(LockError::deadlock(path, conflict));
        }
        let holder = || kept.holder();
        let waiting = Waiting::new(path, &holder);
        let turn = match kept.line.turn_now(mode) {
            None => {
                self.wait.grant_later(&waiting, |patience| Ok(kept.line.turn(mode, patience)))?
            }
            at_once => at_once,
        };
        let Some(turn) = turn else {
            return Ok(Outcome::Busy(kept));
        };
        let granted = match flock_now(path, &kept.opened, mode)? {
            None => self.flock_later(&kept, &waiting)?,
            at_once => at_once,
        };
        Ok(match granted {
            Some(()) => Outcome::Granted(Hold::new(kept, turn, mode, self.rank)),
            None => Outcome::Busy(kept),
        })
    }

    /// Asks the kernel for as long as the wait lasts. At its end, somebody who shares the lock may
    /// only be asking whether it is held, and does not count.
    #[cold]
    fn flock_later(
        &mut self,
        kept: &Kept<P::Opened>,
        waiting: &Waiting<'_>,
    ) -> Result<Option<()>, LockError> {
        let (path, file, mode) = (self.place.path(), &kept.opened, self.mode);
        let granted =
            self.wait.grant_later(waiting, |patience| flock(path, file, mode, patience))?;
        match (granted, mode) {
            (None, Mode::Exclusive) => past_probes(
                || flock_now(path, file, Mode::Exclusive),
                || Ok(!kept.is_refused(path)?),
            ),
            (granted, _) => Ok(granted),
        }
    }

    /// Whether the file that was locked is still the one that the name means.
    #[inline(always)]
    fn is_current(&self, hold: &Hold<P::Opened>) -> Result<bool, LockError> {
        match self.place.current() {
            Ok(current) => Ok(current == Some(hold.kept().inode)),
            Err(cause) => Err(LockError::system(self.place.path(), cause)),
        }
    }
}

impl<O: AsFd> Outcome<O> {
    /// Takes a busy lock for an error that names who holds it.
    #[inline(always)]
    pub(crate) fn granted(self, path: &Absolute) -> Result<Hold<O>, LockError> {
        match self {
            Self::Granted(hold) => Ok(hold),
            Self::Busy(kept) => Err(LockError::timed_out(path, kept.holder())),
        }
    }
}

/// How often a probe may be in the way of somebody who does not wait; each is over at once.
const PROBES: u32 = 64;

/// Takes a lock of which nothing is known but that somebody has it: an owner, who lets nobody share
/// it, or one who shares it for a moment to find out whether there is an owner.
fn past_probes(
    mut take: impl FnMut() -> Result<Option<()>, LockError>,
    mut is_shareable: impl FnMut() -> Result<bool, LockError>,
) -> Result<Option<()>, LockError> {
    for _ in 0..PROBES {
        if !is_shareable()? {
            return Ok(None);
        }
        if let taken @ Some(()) = take()? {
            return Ok(taken);
        }
        // The one who asks may need this processor to let go.
        thread::yield_now();
    }
    Ok(None)
}

/// Asks the kernel for a lock that is free.
#[inline(always)]
pub(crate) fn flock_now(
    path: &Absolute,
    file: impl AsFd,
    mode: Mode,
) -> Result<Option<()>, LockError> {
    granted(path, sys::flock(file, mode, Blocking::No))
}

/// Asks the kernel for a lock. With limited patience it is asked after a pause: a request that
/// blocks could be granted after all when nobody wants it any more.
fn flock(
    path: &Absolute,
    file: impl AsFd,
    mode: Mode,
    patience: Patience,
) -> Result<Option<()>, LockError> {
    let blocking = match patience {
        Patience::Endless => Blocking::Yes,
        Patience::For(pause) => {
            sys::pause(pause);
            Blocking::No
        }
    };
    granted(path, sys::flock(file, mode, blocking))
}

#[inline(always)]
fn granted(path: &Absolute, answer: io::Result<Flock>) -> Result<Option<()>, LockError> {
    match answer {
        Ok(Flock::Granted) => Ok(Some(())),
        Ok(Flock::Busy) => Ok(None),
        Ok(Flock::Unsupported(cause)) => Err(LockError::unsupported(path, cause)),
        Err(cause) => Err(LockError::system(path, PathError::new("flock", path.as_path(), cause))),
    }
}

#[cfg(test)]
mod tests;
