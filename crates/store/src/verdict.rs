//! What is said of an entry in the end.

use std::fmt;
use std::time::Duration;

use crate::format::Summary;
use crate::liveness::ownerless::{self, Written};
use crate::liveness::{self, Judged, Kernels, Life};
use crate::owner::Owner;
use crate::surroundings::Surroundings;
use crate::sys::Probe;

/// Whether the instance behind an entry runs.
///
/// Whatever is not proven dead counts as alive when resources are taken back; see
/// [`counts_as_alive`](Self::counts_as_alive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Its lease is held, or its monitor lives.
    Running,
    /// Its monitor is gone, and its shim may live on.
    Orphaned,
    /// It is being written.
    Starting,
    /// All that it lived by is gone.
    Dead,
    /// Nothing can be proven from here.
    Unknown,
    /// It is damaged, or no entry at all.
    Corrupt,
    /// It is of a revision that this version does not know.
    Newer,
}

impl Verdict {
    /// The word for it, as scripts rely on it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Orphaned => "orphaned",
            Self::Starting => "starting",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
            Self::Corrupt => "corrupt",
            Self::Newer => "newer",
        }
    }

    /// Whether something may still run under the identity because of it: everything but the dead.
    #[must_use]
    pub fn counts_as_alive(self) -> bool {
        self != Self::Dead
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What an entry's processes are judged by, beside what it says of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grounds {
    /// When the entry was written, since the epoch.
    pub(crate) written: Duration,
    /// The store's user.
    pub(crate) uid: u32,
    pub(crate) kernels: Kernels,
}

/// The verdict on an entry that could be read.
///
/// | lease | monitor | shim | verdict |
/// |---|---|---|---|
/// | held | any | any | running |
/// | free | alive | any | running |
/// | free | gone | alive or not known | orphaned |
/// | free | gone | gone, or none recorded | dead |
/// | free | not known | any | unknown |
///
/// Where this process stands is asked for only if a process is looked for.
pub(crate) fn decide<'h>(
    lease: Probe,
    summary: &Summary,
    grounds: &Grounds,
    here: impl FnOnce() -> &'h Surroundings,
) -> Verdict {
    match lease {
        Probe::Held => Verdict::Running,
        Probe::Free => conclude(judge(summary, grounds, here()).map(|judged| judged.life)),
    }
}

/// The monitor and the shim of an entry.
pub(crate) fn judge(summary: &Summary, grounds: &Grounds, here: &Surroundings) -> [Judged; 2] {
    match summary.owner() {
        Some(owner) => judge_owner(owner, grounds, here),
        None => judge_by_numbers(summary, grounds, here),
    }
}

/// The verdict on an entry whose lease is free.
fn conclude([monitor, shim]: [Life; 2]) -> Verdict {
    match (monitor, shim) {
        (Life::Alive, _) => Verdict::Running,
        (Life::NotKnown, _) => Verdict::Unknown,
        (Life::Gone, Life::Gone) => Verdict::Dead,
        (Life::Gone, Life::Alive | Life::NotKnown) => Verdict::Orphaned,
    }
}

/// The monitor and the shim of an entry that tells them apart from others of their numbers.
fn judge_owner(owner: &Owner, grounds: &Grounds, here: &Surroundings) -> [Judged; 2] {
    if liveness::is_of_another_boot(owner, here, grounds.kernels) {
        return [Life::Gone, Life::Gone].map(Judged::from);
    }
    let judged = |process| liveness::judge(process, owner, here);
    [
        owner.monitor.as_ref().map_or(Life::NotKnown.into(), judged),
        owner.shim.as_ref().map_or(Life::Gone.into(), judged),
    ]
}

/// The same where the Go system wrote the entry.
fn judge_by_numbers(summary: &Summary, grounds: &Grounds, here: &Surroundings) -> [Judged; 2] {
    let written = Written { at: grounds.written, pid: summary.pid(), shim_pid: summary.shim_pid() };
    ownerless::judge(&written, grounds.uid, summary.identity().get(), here)
}

#[cfg(test)]
mod tests;
