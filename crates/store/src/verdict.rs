//! What is said of an entry in the end.

use std::fmt;
use std::time::Duration;

use crate::format::Summary;
use crate::liveness::ownerless::{self, Written};
use crate::liveness::{self, Kernels, Life};
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
#[derive(Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) lease: Probe,
    /// When the entry was written, since the epoch.
    pub(crate) written: Duration,
    /// The store's user.
    pub(crate) uid: u32,
    pub(crate) kernels: Kernels,
    pub(crate) here: &'a Surroundings,
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
pub(crate) fn decide(summary: &Summary, circumstances: &Circumstances<'_>) -> Verdict {
    if circumstances.lease == Probe::Held {
        return Verdict::Running;
    }
    conclude(match summary.owner() {
        Some(owner) => judge(owner, circumstances),
        None => judge_by_numbers(summary, circumstances),
    })
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
fn judge(owner: &Owner, Circumstances { here, kernels, .. }: &Circumstances<'_>) -> [Life; 2] {
    if liveness::is_of_another_boot(owner, here, *kernels) {
        return [Life::Gone; 2];
    }
    let life = |process| liveness::judge(process, owner, here);
    [
        owner.monitor.as_ref().map_or(Life::NotKnown, life),
        owner.shim.as_ref().map_or(Life::Gone, life),
    ]
}

/// The same where the Go system wrote the entry.
fn judge_by_numbers(summary: &Summary, circumstances: &Circumstances<'_>) -> [Life; 2] {
    let written =
        Written { at: circumstances.written, pid: summary.pid(), shim_pid: summary.shim_pid() };
    let identity = summary.identity().get();
    ownerless::judge(&written, circumstances.uid, identity, circumstances.here)
}

#[cfg(test)]
mod tests;
