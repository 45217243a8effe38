//! What can be told of a process of which nothing but its number was recorded, as the Go system does.
//!
//! It is gone if no process has the number, or one of another user has. It lives if it is of the
//! right user and began before the entry was written. Where only the clocks disagree, nothing is
//! known. And none of it is believed outside of the process namespace that a machine starts with, for
//! the number may have been given in another; nor whose a process is outside of its first user
//! namespace, for a shim's user need not be mapped in another.

use std::time::Duration;

use super::{Found, Judged, Life, find};
use crate::surroundings::Surroundings;
use crate::{proc, sys};

/// The entry whose processes are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    /// When, since the epoch.
    pub(crate) at: Duration,
    pub(crate) pid: i64,
    pub(crate) shim_pid: i64,
}

/// Who may run a process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// The store's user: the monitor.
    User(u32),
    /// Any user's subordinate of this identity: the shim.
    Identity(u16),
}

/// A process's start is told in ticks, and a file's time in those of the kernel's coarse clock.
const GRAIN: Duration = Duration::from_millis(20);

/// Judges the monitor and the shim.
pub(crate) fn judge(
    written: &Written,
    uid: u32,
    identity: u16,
    here: &Surroundings,
) -> [Judged; 2] {
    if !here.is_first_pid_namespace() {
        return [Life::NotKnown, Life::NotKnown].map(Judged::from);
    }
    let monitor = judge_one(written.pid, Whose::User(uid), written.at);
    let shim = match written.shim_pid {
        0 => Life::Gone.into(),
        pid => judge_one(pid, Whose::Identity(identity), written.at),
    };
    let mut judged = [monitor, shim];
    // Clocks or not: the shim is the monitor's child. Both numbers must still be theirs afterwards.
    let is_child = || proc::parent(written.shim_pid) == Some(written.pid);
    if judged.iter().all(|one| one.life != Life::Gone)
        && is_child()
        && judged.iter().all(Judged::still_runs)
    {
        judged.iter_mut().for_each(|one| one.life = Life::Alive);
    }
    judged
}

fn judge_one(pid: i64, whose: Whose, written: Duration) -> Judged {
    let Some(pid) = i32::try_from(pid).ok().filter(|pid| *pid > 0) else {
        return Life::NotKnown.into();
    };
    let pidfd = match find(pid) {
        Found::Running(pidfd) => pidfd,
        Found::Gone => return Life::Gone.into(),
        Found::NotKnown => return Life::NotKnown.into(),
    };
    let users = proc::is_first_user_namespace().then(|| proc::users(pid)).flatten();
    let began = proc::start_time(pid).map(began_at);
    // What was read belongs to the process of the descriptor only if that has not ended meanwhile.
    match sys::pidfd_state(&pidfd) {
        Ok(sys::PidfdState::Running) => {}
        Ok(sys::PidfdState::Ended) => return Life::Gone.into(),
        Err(_) => return Life::NotKnown.into(),
    }
    let life = match (users, began) {
        (Some(users), _) if !users.into_iter().any(|uid| whose.is(uid)) => Life::Gone,
        (Some(_), Some(began)) if began <= written + GRAIN => Life::Alive,
        _ => Life::NotKnown,
    };
    Judged::by_pidfd(life, pidfd)
}

/// When a process began, since the epoch, by the clocks of now.
fn began_at(ticks: u64) -> Duration {
    let age = sys::boottime().saturating_sub(sys::ticks_to_duration(ticks));
    sys::realtime().saturating_sub(age)
}

impl Whose {
    pub(crate) fn is(self, uid: u32) -> bool {
        match self {
            Self::User(user) => uid == user,
            Self::Identity(identity) => {
                let place = uid % hakurei_hst::USER_OFFSET;
                place == hakurei_hst::APP_START + u32::from(identity)
            }
        }
    }
}

#[cfg(test)]
mod tests;
