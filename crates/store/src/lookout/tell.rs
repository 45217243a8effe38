//! What will tell of an entry's end.
//!
//! | verdict | what tells |
//! |---|---|
//! | running, and its monitor lives | the monitor's pidfd |
//! | orphaned, and its shim lives | the shim's pidfd |
//! | running under another's lease, orphaned, starting or unknown, and nothing proven of its process | nothing: it is looked at again in a while |
//! | corrupt, newer | nothing: it stays what it is until its name is gone |
//!
//! A pidfd that has told is given up, and the entry is looked at anew. So the lease may be free a
//! moment before or after the process has ended, and nothing spins.

use std::os::fd::OwnedFd;

use super::lives::Look;
use crate::entry_file::{Finding, Reader};
use crate::liveness::{Found, Life, find};
use crate::sys::{self, PidfdState};
use crate::verdict::Verdict;

/// What a look at an entry has come to, and the pidfd to wait for, if one will tell.
pub(super) fn of(reader: &Reader<'_>, finding: &Finding) -> Look<OwnedFd> {
    let process = match finding.verdict {
        Verdict::Dead => return Look::Ended,
        Verdict::Corrupt | Verdict::Newer => return Look::Name,
        Verdict::Starting | Verdict::Unknown => return Look::Later,
        Verdict::Running => MONITOR,
        Verdict::Orphaned => SHIM,
    };
    hold(reader, finding, process).map_or(Look::Later, Look::Until)
}

const MONITOR: usize = 0;
const SHIM: usize = 1;

/// Opens the process, and looks whether it is the recorded one while it is open and has not ended;
/// for as long, its number cannot be another's.
fn hold(reader: &Reader<'_>, finding: &Finding, process: usize) -> Option<OwnedFd> {
    let front = finding.front.as_ref().ok()?;
    let number = [front.summary.pid(), front.summary.shim_pid()][process];
    let Found::Running(pidfd) = find(number.try_into().ok()?) else { return None };
    let is_it = reader.lives(finding, &front.summary)[process] == Life::Alive;
    let is_running = sys::pidfd_state(&pidfd) == Ok(PidfdState::Running);
    (is_it && is_running).then_some(pidfd)
}
