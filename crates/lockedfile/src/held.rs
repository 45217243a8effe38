//! The locks that the current thread holds, and which more it may take.

use std::cell::RefCell;

use crate::sync::thread_local;
use crate::{Generation, Inode};

/// A lock's place in an order: a thread that holds a ranked lock takes only locks of a higher rank.
///
/// Locks without a rank are outside of the order. Whichever they have, no thread takes a lock twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rank(pub u8);

/// A lock that this thread holds.
struct Held {
    /// The process that took it. A forked child inherits the list, but not the locks.
    process: Generation,
    inode: Inode,
    rank: Option<Rank>,
}

/// Why a thread would wait for itself, or might wait for another that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    Itself,
    Order { held: Rank, wanted: Rank },
}

thread_local! {
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

/// What forbids this thread to take a lock, if anything does.
#[inline]
pub(crate) fn conflict(process: Generation, inode: Inode, rank: Option<Rank>) -> Option<Conflict> {
    with(|held| {
        let mine = || held.iter().filter(|lock| lock.process == process);
        if mine().any(|lock| lock.inode == inode) {
            return Some(Conflict::Itself);
        }
        let wanted = rank?;
        let held = mine().filter_map(|lock| lock.rank).max()?;
        (held >= wanted).then_some(Conflict::Order { held, wanted })
    })
    .flatten()
}

/// Notes that this thread holds a lock.
#[inline]
pub(crate) fn insert(process: Generation, inode: Inode, rank: Option<Rank>) {
    with(|held| held.push(Held { process, inode, rank }));
}

/// Notes that it no longer does.
#[inline]
pub(crate) fn remove(process: Generation, inode: Inode) {
    with(|held| {
        let at = held.iter().rposition(|lock| lock.process == process && lock.inode == inode);
        at.map(|at| held.swap_remove(at))
    });
}

/// Lends the list, unless the thread is so close to its end that the list is gone; then there is
/// nobody left who would look at it.
#[inline]
fn with<T>(look: impl FnOnce(&mut Vec<Held>) -> T) -> Option<T> {
    HELD.try_with(|held| look(&mut held.borrow_mut())).ok()
}

#[cfg(test)]
mod tests;
