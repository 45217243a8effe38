//! The directories that lead to the store, watched so that it is noticed when they lead elsewhere.
//!
//! A directory on the way is watched for being moved. Names are watched where they decide: the one
//! that is missing, so that it is seen to come; a link; and the last directory that there is, for it
//! alone can be removed, and says nothing of that itself while somebody has it open. A directory that
//! may not be watched is watched by its name.
//!
//! Everything is watched first, and then the way is walked once more: it holds if that finds nothing
//! but what is watched already.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd};

use hakurei_check::PathError;
use hakurei_lockedfile::Inode;

use super::wakers::Wakers;
use super::watches::{Role, Watches};
use crate::base::ancestors::{Leads, Turn};
use crate::base::{Base, Directory};
use crate::liveness::Kernels;
use crate::sys::{self, Errno, Watched};

/// How often the way is walked while others move it about, until it is left to the next look.
const ATTEMPTS: usize = 16;

/// What is watched of the way.
#[derive(Debug, Default)]
pub(super) struct Way {
    steps: BTreeMap<Inode, Step>,
    is_blind: bool,
    end: Option<Inode>,
}

/// A watched directory.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    number: i32,
    watched: Watched,
    role: Role,
}

/// A directory that is to be watched.
struct Plan<'a> {
    dir: BorrowedFd<'a>,
    watched: Watched,
    role: Role,
}

impl Way {
    /// The directory that it leads to, if there was one at the last walk.
    pub(super) fn end(&self) -> Option<Inode> {
        self.end
    }

    /// Whether something on it cannot be watched, so that it has to be walked every while.
    pub(super) fn is_blind(&self) -> bool {
        self.is_blind
    }

    /// Walks to the store, and watches the way; none if there is no store.
    ///
    /// # Errors
    ///
    /// Why it may not be trusted, or could not be opened. It has to be walked again in a while.
    pub(super) fn walk(
        &mut self,
        base: &Base,
        watches: &mut Watches,
        wakers: &Wakers,
    ) -> Result<Option<Directory>, PathError> {
        self.walk_until_it_holds(ATTEMPTS, base, watches, wakers)
    }

    fn walk_until_it_holds(
        &mut self,
        attempts: usize,
        base: &Base,
        watches: &mut Watches,
        wakers: &Wakers,
    ) -> Result<Option<Directory>, PathError> {
        self.is_blind = true;
        let mut unseen = BTreeSet::new();
        for _ in 0..attempts {
            let store = match base.open() {
                Err(error) if is_stale(&error) => continue,
                opened => opened?,
            };
            let end = store.as_ref().map(|store| inode_of(base, store)).transpose()?;
            let uid = store.as_ref().map_or_else(sys::effective_uid, Directory::uid);
            let turns = match base.trace(uid) {
                Ok((turns, there)) if there == end => turns,
                Ok(_) => continue,
                // Whose way the superuser is to trust is not known before there is a store.
                Err(_) if store.is_none() => Vec::new(),
                Err(error) => return Err(error),
            };
            self.end = end;
            if self.follow(&turns, store.as_ref(), &mut unseen, watches, wakers) {
                return Ok(store);
            }
        }
        // All that was watched may have been moved away since.
        self.is_blind = true;
        base.open()
    }

    /// Watches what decides where the way leads, and adds what cannot be watched to the unseen; false
    /// if any of it was not watched before.
    fn follow(
        &mut self,
        turns: &[Turn],
        store: Option<&Directory>,
        unseen: &mut BTreeSet<Inode>,
        watches: &mut Watches,
        wakers: &Wakers,
    ) -> bool {
        let mut was_watched = true;
        loop {
            let plans = self.plan(turns, store, unseen);
            let before = unseen.len();
            for (&inode, plan) in &plans {
                match self.watch(inode, plan, watches, wakers) {
                    Some(is_new) => was_watched &= !is_new,
                    None => drop(unseen.insert(inode)),
                }
            }
            if unseen.len() == before {
                let is_unseen = |(inode, plan): (&Inode, &Plan<'_>)| {
                    plan.watched > Watched::Itself && unseen.contains(inode)
                };
                self.is_blind = plans.is_empty() || plans.iter().any(is_unseen);
                self.leave_all_but(&plans, watches);
                return was_watched;
            }
        }
    }

    /// What is to be watched, if these directories cannot be; nothing where that would not do.
    fn plan<'a>(
        &self,
        turns: &'a [Turn],
        store: Option<&'a Directory>,
        unseen: &BTreeSet<Inode>,
    ) -> BTreeMap<Inode, Plan<'a>> {
        let mut plans = BTreeMap::new();
        // What another machine does on such a filesystem, this one's kernel does not hear of.
        if store.is_some_and(|store| store.kernels() == Kernels::Several) {
            return plans;
        }
        let last = turns.iter().rposition(|turn| matches!(turn.leads, Leads::Down(_)));
        for (at, turn) in turns.iter().enumerate() {
            let plan = plans.entry(turn.inode).or_insert_with(|| Plan::of(turn));
            let is_decisive = match turn.leads {
                Leads::Elsewhere | Leads::Nowhere => true,
                Leads::Down(inode) => Some(at) == last || unseen.contains(&inode),
            };
            if is_decisive {
                plan.add_name(&turn.name);
            }
        }
        if let (Some(end), Some(store)) = (self.end, store) {
            let dir = store.as_fd();
            let plan = Plan { dir, watched: Watched::Modes, role: Role::Base };
            // A way through the store to the store: there are stranger things, but not many.
            if plans.insert(end, plan).is_some() {
                return BTreeMap::new();
            }
        }
        plans
    }

    /// Watches a directory as planned; whether it was not yet, or none if it cannot be.
    fn watch(
        &mut self,
        inode: Inode,
        plan: &Plan<'_>,
        watches: &mut Watches,
        wakers: &Wakers,
    ) -> Option<bool> {
        let Plan { dir, watched, ref role } = *plan;
        if let Some(step) = self.steps.get(&inode)
            && step.watched == watched
            && step.role == *role
            && watches.is_watched(step.number, role)
        {
            return Some(false);
        }
        let number = watches.add(wakers, dir, watched, role.clone())?;
        self.steps.insert(inode, Step { number, watched, role: role.clone() });
        Some(true)
    }

    /// Watches no longer what is not on the way any more.
    fn leave_all_but(&mut self, plans: &BTreeMap<Inode, Plan<'_>>, watches: &mut Watches) {
        self.steps.retain(|inode, step| {
            let is_planned = plans.contains_key(inode);
            if !is_planned {
                watches.remove(step.number);
            }
            is_planned
        });
    }
}

impl<'a> Plan<'a> {
    fn of(turn: &'a Turn) -> Self {
        let role = Role::Way(Vec::new());
        Self { dir: turn.dir.as_fd(), watched: Watched::Itself, role }
    }

    fn add_name(&mut self, name: &CString) {
        if let Role::Way(names) = &mut self.role {
            names.push(name.clone());
            self.watched = Watched::Names;
        }
    }
}

fn inode_of(base: &Base, store: &Directory) -> Result<Inode, PathError> {
    let error = |errno| PathError::new("fstat", base.pathname().as_path(), errno);
    sys::stat(store).map(|stat| stat.inode).map_err(error)
}

/// Whether the store has been replaced while it was opened.
fn is_stale(error: &PathError) -> bool {
    error.cause().raw_os_error() == Some(Errno::STALE.raw_os_error())
}

#[cfg(test)]
mod tests;
