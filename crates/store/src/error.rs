//! The error of every operation: its step, its cause, and a kind to branch on.

use std::fmt;
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::AppError;
use hakurei_lockedfile::{Holder, LockError, LockErrorKind};

use crate::sys::Errno;
use crate::trust::Distrust;

/// Why an operation of the store failed.
///
/// Its Display is the step (`acquire lock on store segment 7`), its
/// [`source`](std::error::Error::source) the cause; [`message`](Self::message) is both in one line
/// for the person who waits. It is cheap to clone.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    app: AppError,
}

/// What callers do different things about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The id is taken; the entry that has it is untouched.
    Exists,
    /// There is no such entry.
    NotFound,
    /// Another holds the lock, and the deadline has passed; see [`Error::holder`].
    TimedOut,
    /// The caller took its request for a lock back.
    Cancelled,
    /// Waiting for the lock would never end: this thread holds it, or one that excludes it.
    Deadlock,
    /// Somebody holds the lease of the entry.
    Leased,
    /// The instance has ended.
    Ended,
    /// A directory or a file is not what may be trusted.
    Untrusted,
    /// The caller's value does not fit: another identity, an invalid configuration.
    Refused,
    /// The Go system uses the store, and would not count what this format says.
    ForeignFormat,
    /// An entry is damaged, or is no entry.
    Corrupt,
    /// An entry is of a revision that this version does not know.
    Newer,
    /// A name that does not belong into the directory.
    Stray,
    /// The filesystem cannot do what is needed.
    Unsupported,
    /// A system call failed for another reason.
    System,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, app: AppError) -> Self {
        Self(Arc::new(Inner { kind, app }))
    }

    /// What is wrong, in words, where no system call has failed; the number is the cause that
    /// programs see.
    pub(crate) fn told(kind: ErrorKind, step: &'static str, errno: Errno, message: String) -> Self {
        let app = AppError::new(step, std::io::Error::from(errno));
        Self::new(kind, app.with_message(message))
    }

    /// A system call on a pathname failed, or what stands there may not be trusted.
    pub(crate) fn path(step: impl Into<Step>, cause: PathError) -> Self {
        Self::new(kind_of(&cause), AppError::new(step.into().0, cause))
    }

    pub(crate) fn lock(step: impl Into<Step>, cause: LockError) -> Self {
        let kind = match cause.kind() {
            LockErrorKind::TimedOut => ErrorKind::TimedOut,
            LockErrorKind::Cancelled => ErrorKind::Cancelled,
            LockErrorKind::Deadlock => ErrorKind::Deadlock,
            LockErrorKind::Unsupported => ErrorKind::Unsupported,
            _ => std::error::Error::source(&cause)
                .and_then(|source| source.downcast_ref())
                .map_or(ErrorKind::System, kind_of),
        };
        Self::new(kind, AppError::new(step.into().0, cause))
    }

    /// The same, as something that the caller should not have asked for.
    pub(crate) fn refused(self) -> Self {
        let Self(inner) = self;
        match Arc::try_unwrap(inner) {
            Ok(inner) => Self::new(ErrorKind::Refused, inner.app),
            Err(shared) => Self(shared),
        }
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was being done: one of the steps of the protocol.
    #[must_use]
    pub fn step(&self) -> &str {
        self.0.app.step()
    }

    /// One line for people: `cannot open /x: permission denied`.
    #[must_use]
    pub fn message(&self) -> String {
        self.0.app.message()
    }

    /// Who held the lock when the deadline came.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        std::error::Error::source(self)?.downcast_ref::<LockError>()?.holder()
    }

    /// The same as the error that all of hakurei reports, with its JSON form.
    #[must_use]
    pub fn as_app_error(&self) -> &AppError {
        &self.0.app
    }
}

fn kind_of(cause: &PathError) -> ErrorKind {
    Distrust::kind_of(cause).unwrap_or(ErrorKind::System)
}

/// The step that most of what concerns an entry fails in.
pub(crate) const OPEN_ENTRY: &str = "open state entry";

/// A step's name, fixed or made for the occasion.
pub(crate) struct Step(std::borrow::Cow<'static, str>);

impl From<&'static str> for Step {
    fn from(step: &'static str) -> Self {
        Self(step.into())
    }
}

impl From<String> for Step {
    fn from(step: String) -> Self {
        Self(step.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.step())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("step", &self.step())
            .field("source", &std::error::Error::source(self))
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.app)
    }
}
