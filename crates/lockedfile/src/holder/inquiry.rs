//! Who holds the locks of many files, with one look at `/proc` for all of them.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::os::fd::AsFd;

use super::files::Files;
use super::proc::{self, LONGEST_LIST};
use super::search::{self, Budget};
use super::{Holder, Process};
use crate::{Inode, sys};

/// A question after the holders of many locks at once.
///
/// However many files it is about, the kernel's list of locks is read for all of them together, the
/// descriptors of each process that the list names once, and those of all other processes once at the
/// most.
///
/// ```
/// use hakurei_lockedfile::{Absolute, Inquiry, Mutex};
///
/// # let directory = tempfile::tempdir()?;
/// let path = Absolute::try_from(directory.path().join("lock"))?;
/// let mutex = Mutex::at(path.clone());
/// let guard = mutex.lock()?;
///
/// let mut inquiry = Inquiry::new();
/// inquiry.add(std::fs::File::open(path.as_path())?)?;
/// let holders = inquiry.holders();
/// assert_eq!(holders[0].pid(), Some(std::process::id()));
/// # guard.unlock()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Inquiry {
    files: Files,
}

/// How often the list is read while it says nothing of a file that is locked.
const READINGS: usize = 4;

impl Inquiry {
    /// Asks about no file yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks about an open file as well, which somebody is known to have locked. The descriptor need
    /// not stay open, nor be the one that is locked.
    ///
    /// # Errors
    ///
    /// What fstat(2) answers; it does not fail on an open file of a healthy filesystem.
    pub fn add(&mut self, file: impl AsFd) -> io::Result<()> {
        self.add_known(&file, Inode::of(&file)?);
        Ok(())
    }

    pub(crate) fn add_known(&mut self, file: impl AsFd, inode: Inode) {
        self.files.add(file.as_fd(), inode);
    }

    /// The holders of the locks, in the order in which the files were added: what can be seen of
    /// them. Of several that share one, one is named.
    #[must_use]
    pub fn holders(&self) -> Vec<Holder> {
        let hidden = Holder { process: None, recorded_by: None, recorder_is_gone: false };
        if !search::is_own_proc() {
            return vec![hidden; self.files.count()];
        }
        let recorded = self.recorders();
        let holders = self.seen(&recorded);
        let mut described = HashMap::new();
        let mut describe = |pid: u32| -> Process {
            described.entry(pid).or_insert_with(|| search::describe(pid)).clone()
        };
        let answer = |(recorders, holder): (&Vec<u32>, Option<u32>)| {
            let confirmed = holder.filter(|pid| recorders.contains(pid));
            let recorded_by = confirmed.or_else(|| recorders.first().copied());
            let is_gone = confirmed.is_none() && recorded_by.is_some_and(sys::is_gone);
            Holder { process: holder.map(&mut describe), recorded_by, recorder_is_gone: is_gone }
        };
        recorded.iter().zip(holders).map(answer).collect()
    }

    /// Whether the kernel lists a lock on any of the files, among those that this process may know of.
    pub(crate) fn is_recorded(&self) -> bool {
        search::is_own_proc() && self.recorders().iter().any(|recorders| !recorders.is_empty())
    }

    /// By file: the processes that have taken locks on it, as the kernel lists them.
    ///
    /// The kernel writes a page of its list at a time, and counts its way from one to the next: of a
    /// list that changes in between, a line can be left out. So nobody counts only if that is said
    /// again. And outside of the first pid namespace it leaves out what a process has locked that is
    /// gone.
    fn recorders(&self) -> Vec<Vec<u32>> {
        let mut recorded = vec![Vec::new(); self.files.count()];
        for _ in 0..READINGS {
            let mut reading = vec![Vec::new(); self.files.count()];
            let locks = proc::read("/proc/locks", LONGEST_LIST).unwrap_or_default();
            for record in proc::records(&locks) {
                let Some(process) = record.process else { continue };
                self.files.places(record.file).iter().for_each(|at| reading[*at].push(process));
            }
            let missing = recorded.iter_mut().zip(reading).filter(|(known, _)| known.is_empty());
            missing.for_each(|(known, reading)| *known = reading);
            if recorded.iter().all(|recorders| !recorders.is_empty()) {
                break;
            }
        }
        recorded
    }

    /// By file: a process that has the locked descriptor open. The one that took the lock is looked
    /// at first, and everybody else only for what is left.
    fn seen(&self, recorded: &[Vec<u32>]) -> Vec<Option<u32>> {
        let mut holders = vec![None; recorded.len()];
        let mut by_recorder: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, recorders) in recorded.iter().enumerate() {
            for pid in recorders {
                let wanted = by_recorder.entry(*pid).or_default();
                // One process may share a lock with itself.
                if wanted.last() != Some(&at) {
                    wanted.push(at);
                }
            }
        }
        for (pid, wanted) in by_recorder {
            self.look_for(pid, &wanted, &mut holders, &mut Budget::new());
        }
        let mut left: Vec<usize> = (0..holders.len()).filter(|at| holders[*at].is_none()).collect();
        let mut budget = Budget::new();
        for pid in search::processes() {
            if left.is_empty() || budget.is_spent() {
                break;
            }
            self.look_for(pid, &left, &mut holders, &mut budget);
            left.retain(|at| holders[*at].is_none());
        }
        holders
    }

    /// Notes which of the wanted locks a process has the descriptors of.
    fn look_for(
        &self,
        pid: u32,
        wanted: &[usize],
        holders: &mut [Option<u32>],
        budget: &mut Budget,
    ) {
        let mut missing = wanted.iter().filter(|at| holders[**at].is_none()).count();
        if missing == 0 {
            return;
        }
        let _complete = search::each_lock(pid, budget, &mut |file| {
            for at in self.files.places(file) {
                if holders[*at].is_none() && wanted.binary_search(at).is_ok() {
                    holders[*at] = Some(pid);
                    missing -= 1;
                }
            }
            if missing == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
}

/// Whether a process has a descriptor open that holds the lock on this file; `None` if its
/// descriptors cannot be seen from here: it is another user's, or may not be traced, or `/proc` is
/// another pid namespace's.
///
/// # Errors
///
/// What fstat(2) answers; it does not fail on an open file of a healthy filesystem.
pub fn is_held_by(file: impl AsFd, process: u32) -> io::Result<Option<bool>> {
    let mut inquiry = Inquiry::new();
    inquiry.add(file)?;
    if !search::is_own_proc() {
        return Ok(None);
    }
    let mut holds = false;
    let all_seen = search::each_lock(process, &mut Budget::new(), &mut |file| {
        holds = !inquiry.files.places(file).is_empty();
        if holds { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    Ok((holds || all_seen).then_some(holds))
}

#[cfg(test)]
mod tests;
