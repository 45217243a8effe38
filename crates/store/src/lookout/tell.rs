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
use crate::liveness::{Judged, Life};
use crate::verdict::Verdict;

/// What a look at an entry has come to, and the pidfd to wait for, if one will tell.
pub(super) fn of(reader: &Reader<'_>, finding: &Finding) -> Look<OwnedFd> {
    let judged = || reader.judge(finding);
    let process = match finding.verdict {
        Verdict::Dead => return Look::Ended,
        Verdict::Corrupt | Verdict::Newer => return Look::Name,
        Verdict::Starting | Verdict::Unknown => return Look::Later,
        Verdict::Running => judged().map(|[monitor, _]| monitor),
        Verdict::Orphaned => judged().map(|[_, shim]| shim),
    };
    match process {
        // By what it was proven to live, it is known to have ended as well.
        Some(Judged { life: Life::Alive, pidfd: Some(pidfd) }) => Look::Until(pidfd),
        _ => Look::Later,
    }
}
