//! How long to wait for a lock, and what happens meanwhile.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

use hakurei_check::Absolute;

use crate::{Holder, LockError};

/// Before anyone is told of it, a lock is given this long to become free.
const BRIEFLY: Duration = Duration::from_millis(1);
/// The pauses between attempts, where there is a deadline or a way to cancel, double in between.
const SHORTEST_PAUSE: Duration = Duration::from_micros(500);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// How long to wait for a lock, who may end that early, and who is told of it.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use hakurei_lockedfile::Wait;
///
/// let mut tell = |waiting: &hakurei_lockedfile::Waiting<'_>| eprintln!("{waiting}");
/// let wait = Wait::until(Instant::now() + Duration::from_secs(5)).observed_by(&mut tell);
/// # assert!(format!("{wait:?}").contains("Until"));
/// ```
pub struct Wait<'a> {
    limit: Limit,
    cancelled: Option<&'a dyn Fn() -> bool>,
    observer: Option<&'a mut dyn FnMut(&Waiting<'_>)>,
    told: Told<'a>,
}

/// Whether the observer has been told, here or by a wait that was lent on.
enum Told<'a> {
    Mine(Cell<bool>),
    Lent(&'a Cell<bool>),
}

impl Told<'_> {
    fn cell(&self) -> &Cell<bool> {
        match self {
            Self::Mine(told) => told,
            Self::Lent(told) => told,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Limit {
    Never,
    Until(Instant),
    Forever,
}

/// For how long one attempt may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    For(Duration),
    Endless,
}

impl<'a> Wait<'a> {
    /// Waits for as long as it takes.
    #[must_use]
    pub fn forever() -> Self {
        Self::with(Limit::Forever)
    }

    /// Does not wait: a lock that is not free is given up at once, which counts as a timeout.
    #[must_use]
    pub fn never() -> Self {
        Self::with(Limit::Never)
    }

    /// Waits until that time. At least one attempt is made, even if it has passed.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        Self::with(Limit::Until(deadline))
    }

    /// Gives up once `cancelled` says so; it is asked before each pause of at most 20 ms.
    #[must_use]
    pub fn cancelled_by(mut self, cancelled: &'a dyn Fn() -> bool) -> Self {
        self.cancelled = Some(cancelled);
        self
    }

    /// Tells `observer`, once, if the lock has not become free within about a millisecond.
    #[must_use]
    pub fn observed_by(mut self, observer: &'a mut dyn FnMut(&Waiting<'_>)) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Lends the same wait, with its deadline, to one of several lockings; of all of them, the first
    /// that has to wait tells the observer.
    #[must_use]
    pub fn reborrow(&mut self) -> Wait<'_> {
        Wait {
            limit: self.limit,
            cancelled: self.cancelled,
            observer: self.observer.as_mut().map(|observer| &mut **observer as _),
            told: Told::Lent(self.told.cell()),
        }
    }

    fn with(limit: Limit) -> Self {
        Self { limit, cancelled: None, observer: None, told: Told::Mine(Cell::new(false)) }
    }

    /// Repeats an attempt that has failed once, until it succeeds; `None` if it does not in time.
    #[cold]
    pub(crate) fn grant_later<T>(
        &mut self,
        waiting: &Waiting<'_>,
        mut attempt: impl FnMut(Patience) -> Result<Option<T>, LockError>,
    ) -> Result<Option<T>, LockError> {
        let pauses = std::iter::successors(Some(SHORTEST_PAUSE), |pause| {
            Some(LONGEST_PAUSE.min(*pause * 2))
        });
        // Where nobody is to be told, there is no moment to let pass before that.
        let mut patience = match self.observer {
            Some(_) => self.at_most(BRIEFLY),
            None => self.next(BRIEFLY),
        };
        for pause in pauses {
            let Some(allowed) = patience else { break };
            if self.cancelled.is_some_and(|cancelled| cancelled()) {
                return Err(LockError::cancelled(waiting.path));
            }
            if let granted @ Some(_) = attempt(allowed)? {
                return Ok(granted);
            }
            if let Some(observer) = &mut self.observer
                && !self.told.cell().replace(true)
            {
                observer(waiting);
            }
            patience = self.next(pause);
        }
        Ok(None)
    }

    /// How long the next attempt may wait, once it is known that the lock is not free.
    fn next(&self, pause: Duration) -> Option<Patience> {
        match (self.limit, self.cancelled) {
            (Limit::Forever, None) => Some(Patience::Endless),
            _ => self.at_most(pause),
        }
    }

    /// A pause within the limit; `None` if that is over.
    fn at_most(&self, pause: Duration) -> Option<Patience> {
        let pause = match self.limit {
            Limit::Never => return None,
            Limit::Forever => pause,
            Limit::Until(deadline) => pause.min(deadline.saturating_duration_since(Instant::now())),
        };
        (!pause.is_zero()).then_some(Patience::For(pause))
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("limit", &self.limit)
            .field("can_be_cancelled", &self.cancelled.is_some())
            .field("is_observed", &self.observer.is_some())
            .finish()
    }
}

/// A lock that is being waited for.
pub struct Waiting<'a> {
    path: &'a Absolute,
    holder: &'a dyn Fn() -> Holder,
}

impl<'a> Waiting<'a> {
    pub(crate) fn new(path: &'a Absolute, holder: &'a dyn Fn() -> Holder) -> Self {
        Self { path, holder }
    }

    /// The lock file's pathname.
    #[must_use]
    pub fn path(&self) -> &Absolute {
        self.path
    }

    /// Finds out who holds it, from `/proc`; that takes its time, and happens only when asked.
    #[must_use]
    pub fn holder(&self) -> Holder {
        (self.holder)()
    }
}

impl fmt::Display for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waiting for {}, {}", self.path, self.holder())
    }
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("path", self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
