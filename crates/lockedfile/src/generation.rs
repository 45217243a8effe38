//! What tells a process from its forked children.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sys;

/// A process, told apart from the one that it was forked from and those that are forked from it.
///
/// A process number would do, but for what it costs to ask the kernel, and for the first process of a
/// namespace, whose number is that of the first process of every other. So the kernel is told once to
/// wipe a page of memory at each fork (`MADV_WIPEONFORK`, Linux 4.14), and asking is a look at it.
/// Where it cannot, the process number does.
///
/// A child of vfork(2) shares its parent's memory until it executes something, and is not told apart.
///
/// ```
/// use hakurei_lockedfile::Generation;
///
/// assert_eq!(Generation::current(), Generation::current());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Generation(pub(crate) u64);

impl Generation {
    /// That of this process.
    #[inline(always)]
    #[must_use]
    pub fn current() -> Self {
        match sys::wiped_on_fork() {
            Some(page) => match page.load(Ordering::Acquire) {
                0 => Self::begin(page),
                known => Self(known),
            },
            None => Self(sys::process_id().into()),
        }
    }

    /// The first look after a fork; several threads may have it.
    #[cold]
    fn begin(page: &AtomicU64) -> Self {
        /// The next one to begin: in memory that a child has a copy of, and counted up before the
        /// page shows it, so that no child of any later moment begins the same again.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let begun = NEXT.fetch_add(1, Ordering::AcqRel);
        let shown = page.compare_exchange(0, begun, Ordering::AcqRel, Ordering::Acquire);
        Self(shown.map_or_else(|others| others, |_| begun))
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Generation").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn threads_that_begin_one_at_once_begin_the_same() {
        for _ in 0..100 {
            let (page, at_once) = (AtomicU64::new(0), Barrier::new(4));
            let begin = || {
                at_once.wait();
                Generation::begin(&page)
            };
            let begun = thread::scope(|scope| {
                [(); 4].map(|()| scope.spawn(begin)).map(|one| one.join().expect("it begins"))
            });
            assert!(begun.iter().all(|one| *one == begun[0]), "{begun:?}");
        }
    }

    #[test]
    fn a_process_stays_what_it_is() {
        let here = Generation::current();
        assert_eq!(thread::spawn(Generation::current).join().expect("it tells"), here);
        assert_eq!(Generation::current(), here);
    }

    #[test]
    fn a_wiped_page_begins_one_that_never_was() {
        let page = AtomicU64::new(0);
        let first = Generation::begin(&page);
        assert_eq!(Generation::begin(&page), first);
        page.store(0, Ordering::Release);
        assert_ne!(Generation::begin(&page), first);
    }
}
