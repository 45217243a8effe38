//! Exclusion between the threads of one process.
//!
//! A flock belongs to an open file description. Two threads that lock on one description both
//! succeed, so each lock file has one [`Line`] in the process, in which threads stand before they
//! ask the kernel; whatever they reached the file through, they find the same line here.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

#[cfg(shuttle)]
use crate::sync::Timed as _;
use crate::sync::{
    ArcRwLockReadGuard, ArcRwLockWriteGuard, Mutex, RawRwLock, RwLock, process_wide,
};
use crate::wait::Patience;
use crate::{Generation, Inode, Mode};

process_wide! {
    REGISTRY: Mutex<Registry> = Mutex::new(Registry { process: None, lines: BTreeMap::new() })
}

struct Registry {
    /// The process whose lines these are. In a forked child, what the parent's threads have locked
    /// stays locked for ever; so a child begins with none.
    process: Option<Generation>,
    lines: BTreeMap<Inode, Weak<RwLock<Key>>>,
}

/// Where the threads of this process stand in line for one lock file.
#[derive(Clone)]
pub(crate) struct Line(Arc<RwLock<Key>>);

/// A thread's turn at a lock file; it ends when this is dropped.
#[expect(dead_code, reason = "the guards are kept for the sake of being dropped")]
pub(crate) enum Turn {
    Shared(ArcRwLockReadGuard<RawRwLock, Key>),
    Exclusive(ArcRwLockWriteGuard<RawRwLock, Key>),
}

/// What a line stands under in the registry. The last to leave a line takes it off.
pub(crate) struct Key {
    process: Generation,
    inode: Inode,
}

impl Line {
    /// Finds the line for a file that this process has open, or begins one.
    pub(crate) fn of(inode: Inode) -> Self {
        let process = Generation::current();
        let mut registry = REGISTRY.lock();
        if registry.process != Some(process) {
            registry.process = Some(process);
            registry.lines.clear();
        }
        if let Some(line) = registry.lines.get(&inode).and_then(Weak::upgrade) {
            return Self(line);
        }
        let line = Arc::new(RwLock::new(Key { process, inode }));
        registry.lines.insert(inode, Arc::downgrade(&line));
        Self(line)
    }

    /// Takes a turn, if that needs no waiting.
    #[inline]
    pub(crate) fn turn_now(&self, mode: Mode) -> Option<Turn> {
        match mode {
            Mode::Exclusive => self.0.try_write_arc().map(Turn::Exclusive),
            Mode::Shared => self.0.try_read_arc().map(Turn::Shared),
        }
    }

    /// Waits for a turn within the patience given.
    pub(crate) fn turn(&self, mode: Mode, patience: Patience) -> Option<Turn> {
        let line = &self.0;
        match mode {
            Mode::Exclusive => match patience {
                Patience::For(time) => line.try_write_arc_for(time),
                Patience::Endless => Some(line.write_arc()),
            }
            .map(Turn::Exclusive),
            Mode::Shared => match patience {
                Patience::For(time) => line.try_read_arc_for(time),
                Patience::Endless => Some(line.read_arc()),
            }
            .map(Turn::Shared),
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        let mut registry = REGISTRY.lock();
        // A new line may stand there already, or another process's.
        if registry.process == Some(self.process)
            && registry.lines.get(&self.inode).is_some_and(|line| line.strong_count() == 0)
        {
            registry.lines.remove(&self.inode);
        }
    }
}

/// Whether anybody stands in line for a file.
#[cfg(test)]
pub(crate) fn is_registered(inode: Inode) -> bool {
    REGISTRY.lock().lines.contains_key(&inode)
}

#[cfg(test)]
mod tests;
