//! Why a lock was not taken, or not released.

use std::error::Error;
use std::fmt;
use std::io;

use hakurei_check::{Absolute, PathError};

use crate::acquire::ATTEMPTS;
use crate::held::Conflict;
use crate::{Holder, sys};

/// A lock that was not taken, or not released.
///
/// The text says what was wanted of which file, and who holds it where that is the trouble; what the
/// kernel answered is the [`source`](Error::source).
#[derive(Debug)]
pub struct LockError {
    path: Absolute,
    reason: Reason,
}

/// What kept a lock from being taken, for those who must tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// Another holds it, and the time to wait was over; or there was none, see
    /// [`Wait::never`](crate::Wait::never).
    TimedOut,
    /// The wait was cancelled.
    Cancelled,
    /// This thread holds it already, or holds one of the same or a higher [`Rank`](crate::Rank). The
    /// source is `EDEADLK`.
    Deadlock,
    /// The filesystem cannot lock.
    Unsupported,
    /// The name meant another file after each of many lockings.
    Unstable,
    /// A system call failed; the source is a [`PathError`].
    System,
}

#[derive(Debug)]
enum Reason {
    TimedOut(Box<Holder>),
    Cancelled,
    Deadlock(Conflict, io::Error),
    Unsupported(PathError),
    Unstable,
    System(PathError),
}

impl LockError {
    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> LockErrorKind {
        match &self.reason {
            Reason::TimedOut(_) => LockErrorKind::TimedOut,
            Reason::Cancelled => LockErrorKind::Cancelled,
            Reason::Deadlock(..) => LockErrorKind::Deadlock,
            Reason::Unsupported(_) => LockErrorKind::Unsupported,
            Reason::Unstable => LockErrorKind::Unstable,
            Reason::System(_) => LockErrorKind::System,
        }
    }

    /// Whether it is refused because this very thread holds that very lock.
    #[must_use]
    pub fn is_held_here(&self) -> bool {
        matches!(self.reason, Reason::Deadlock(Conflict::Itself, _))
    }

    /// The lock file's pathname.
    #[must_use]
    pub fn path(&self) -> &Absolute {
        &self.path
    }

    /// Who held the lock when the time was over.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        match &self.reason {
            Reason::TimedOut(holder) => Some(holder),
            _ => None,
        }
    }

    pub(crate) fn timed_out(path: &Absolute, holder: Holder) -> Self {
        Self::new(path, Reason::TimedOut(Box::new(holder)))
    }

    pub(crate) fn cancelled(path: &Absolute) -> Self {
        Self::new(path, Reason::Cancelled)
    }

    pub(crate) fn deadlock(path: &Absolute, conflict: Conflict) -> Self {
        Self::new(path, Reason::Deadlock(conflict, sys::deadlock()))
    }

    pub(crate) fn unsupported(path: &Absolute, cause: io::Error) -> Self {
        Self::new(path, Reason::Unsupported(PathError::new("flock", path.as_path(), cause)))
    }

    pub(crate) fn unstable(path: &Absolute) -> Self {
        Self::new(path, Reason::Unstable)
    }

    pub(crate) fn system(path: &Absolute, cause: PathError) -> Self {
        Self::new(path, Reason::System(cause))
    }

    #[cold]
    fn new(path: &Absolute, reason: Reason) -> Self {
        Self { path: path.clone(), reason }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {}", self.path)?;
        match &self.reason {
            Reason::TimedOut(holder) => write!(f, ": timed out, {holder}"),
            Reason::Cancelled => f.write_str(": cancelled while waiting"),
            Reason::Deadlock(Conflict::Itself, _) => f.write_str(": this thread holds it already"),
            Reason::Deadlock(Conflict::Order { held, wanted }, _) => write!(
                f,
                ": it has rank {}, and this thread holds a lock of rank {}",
                wanted.0, held.0
            ),
            Reason::Unsupported(_) => f.write_str(": its filesystem cannot lock"),
            Reason::Unstable => {
                write!(f, ": the name meant another file after each of {ATTEMPTS} lockings")
            }
            Reason::System(_) => Ok(()),
        }
    }
}

impl Error for LockError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            Reason::Deadlock(_, cause) => Some(cause),
            Reason::Unsupported(cause) | Reason::System(cause) => Some(cause),
            Reason::TimedOut(_) | Reason::Cancelled | Reason::Unstable => None,
        }
    }
}

/// A file that was not locked, or not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It was not opened, or not locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A system call on the open file failed.
    #[error(transparent)]
    System(#[from] PathError),
}
