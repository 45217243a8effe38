//! Which process a signal is for, and how it gets there.

use std::os::fd::{AsFd, OwnedFd};

use hakurei_check::PathError;
use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_lockedfile::{Holder, Inode, is_held_by};

use super::refusal::{Doubt, Refusal, STEP};
use super::{Member, Role};
use crate::base::Base;
use crate::entry_file::{Finding, Reader};
use crate::error::{Error, ErrorKind};
use crate::listing;
use crate::liveness::ownerless::Whose;
use crate::liveness::{Judged, Life};
use crate::proc;
use crate::signal::Signal;
use crate::surroundings::Surroundings;
use crate::sys::{self, Errno, PidfdState, Probe};
use crate::verdict::{self, Verdict};

/// An instance that somebody wants to signal.
pub(super) struct Instance<'a> {
    pub(super) base: &'a Base,
    pub(super) identity: Identity,
    pub(super) id: InstanceId,
}

/// A process of it that is told apart from all others.
#[derive(Debug)]
pub(super) struct Target {
    member: Member,
    pidfd: OwnedFd,
    /// The store's user.
    uid: u32,
}

/// What has become of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    ToTheTarget,
    /// The process has ended in between.
    ToNobody,
}

impl Target {
    pub(super) fn member(&self) -> Member {
        self.member
    }
}

impl Instance<'_> {
    /// Finds the process that a signal is for.
    pub(super) fn target(&self) -> Result<Target, Error> {
        let not_found = || self.refuse(Refusal::NotFound(self.identity));
        let directory = listing::open(self.base)?.ok_or_else(not_found)?;
        let segment = listing::open_segment(self.base, &directory, self.identity)?;
        let segment = segment.ok_or_else(not_found)?;
        let reader = Reader::new(segment.as_fd(), self.identity, self.base, &directory);
        let finding = reader.examine(self.id, &mut Vec::new()).ok_or_else(not_found)?;
        match finding.verdict {
            Verdict::Starting => Err(self.refuse(Refusal::Starting)),
            _ => self.choose(&reader, finding),
        }
    }

    /// The monitor, unless it is gone or has passed the instance on; the shim then.
    fn choose(&self, reader: &Reader<'_>, finding: Finding) -> Result<Target, Error> {
        let Finding { leased, inode, grounds, front, .. } = finding;
        let summary = front?.summary;
        // What has a summary has been read, so it has those as well.
        let Some(grounds) = grounds else { return Err(self.refuse(Refusal::Ended)) };
        let here = Surroundings::of_this_process();
        let [monitor, shim] = verdict::judge(&summary, &grounds, &here);
        let lives = [monitor.life, shim.life];
        let taker = if leased { self.taker(reader, inode, &monitor, summary.pid())? } else { None };
        let chosen = match (lives, taker) {
            ([Life::Alive, _], None) => (Role::Monitor, monitor),
            ([_, Life::Alive], _) => (Role::Shim, shim),
            ([_, Life::Gone], Some(holder)) => {
                return Err(self.refuse(Refusal::TakenOver(holder)));
            }
            ([Life::Gone, Life::Gone], None) => return Err(self.refuse(Refusal::Ended)),
            _ => {
                let doubt = Doubt::about(&summary, &here);
                return Err(self.refuse(Refusal::NotKnown(doubt)));
            }
        };
        let (role, Judged { life, pidfd }) = chosen;
        match (Member::new(role, &summary, life), pidfd) {
            (Some(member), Some(pidfd)) => Ok(Target { member, pidfd, uid: grounds.uid }),
            _ => Err(self.refuse(Refusal::NotKnown(Doubt::Kernel))),
        }
    }

    /// Who holds the lease, if that is certainly not the recorded monitor.
    ///
    /// A monitor that lives holds it unless its descriptors show the contrary: /proc shows them only
    /// to some, and Go's launcher hides its own.
    fn taker(
        &self,
        reader: &Reader<'_>,
        inode: Option<Inode>,
        monitor: &Judged,
        pid: i64,
    ) -> Result<Option<Holder>, Error> {
        let Some((file, stat)) = reader.open(self.id)? else { return Ok(None) };
        if Some(stat.inode) != inode || monitor.life == Life::NotKnown {
            return Ok(None);
        }
        let seen = |call, cause: std::io::Error| {
            let path = self.base.entry_path(self.identity, self.id);
            Error::path(STEP, PathError::new(call, path, cause))
        };
        if monitor.life == Life::Alive {
            let Ok(pid) = u32::try_from(pid) else { return Ok(None) };
            let is_held = is_held_by(&file, pid).map_err(|cause| seen("fstat", cause))?;
            if is_held != Some(false) || !monitor.still_runs() {
                return Ok(None);
            }
        }
        // It may just have let go, with nobody to take it.
        let probe = sys::probe_lease(&file).map_err(|errno| seen("flock", errno.into()))?;
        let holder = || Holder::of(&file).map_err(|cause| seen("fstat", cause));
        if probe == Probe::Held { holder().map(Some) } else { Ok(None) }
    }

    /// Signals the target, if it is one that the caller should signal.
    pub(super) fn send(&self, target: &Target, signal: Signal) -> Result<Sent, Error> {
        self.check_may_signal(target)?;
        // What has been read of it by its number was its own, if it still runs.
        match sys::pidfd_state(&target.pidfd) {
            Ok(PidfdState::Running) => {}
            Ok(PidfdState::Ended) => return Ok(Sent::ToNobody),
            Err(errno) => return Err(self.failed("poll", target, signal, errno)),
        }
        match sys::pidfd_send_signal(&target.pidfd, signal.number()) {
            Ok(()) => Ok(Sent::ToTheTarget),
            Err(Errno::SRCH) => Ok(Sent::ToNobody),
            Err(errno) => Err(self.failed("pidfd_send_signal", target, signal, errno)),
        }
    }

    /// The kernel keeps everybody from signalling strangers but the superuser, who would do it for
    /// whomever an entry names.
    fn check_may_signal(&self, target: &Target) -> Result<(), Error> {
        if sys::effective_uid() != 0 || target.uid == 0 {
            return Ok(());
        }
        let Member { pid, role, .. } = target.member;
        // As kill(2) has it: the real and the saved one count.
        let Some([real, _, saved, _]) = proc::users(pid) else {
            return Err(self.refuse(Refusal::Whose { pid }));
        };
        let identity = Whose::Identity(self.identity.get());
        let may = |user: u32| {
            Whose::User(target.uid).is(user) || (role == Role::Shim && identity.is(user))
        };
        if may(real) || may(saved) {
            return Ok(());
        }
        Err(self.refuse(Refusal::Stranger { pid, owner: real, expected: target.uid }))
    }

    pub(super) fn refuse(&self, refusal: Refusal) -> Error {
        refusal.of(self.id)
    }

    fn failed(&self, call: &str, target: &Target, signal: Signal, errno: Errno) -> Error {
        let (id, Member { role, pid, .. }) = (self.id, target.member);
        let role = if role == Role::Monitor { "monitor" } else { "shim" };
        let cause = std::io::Error::from(errno);
        let what_now = match errno {
            Errno::PERM => "; it runs as another user, so this takes the superuser",
            _ => "",
        };
        let message = format!(
            "cannot signal instance {id}: {call} {signal} to its {role}, pid {pid}: {cause}{what_now}"
        );
        Error::new(ErrorKind::System, AppError::new(STEP, cause).with_message(message))
    }
}

#[cfg(test)]
mod tests;
