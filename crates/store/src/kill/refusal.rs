//! Why no process of an instance is signalled.

use std::fmt;

use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_lockedfile::Holder;

use crate::error::{Error, ErrorKind};
use crate::format::Summary;
use crate::liveness;
use crate::proc;
use crate::surroundings::Surroundings;

/// What is being done.
pub(super) const STEP: &str = "signal instance";

#[derive(Debug)]
pub(super) enum Refusal {
    NotFound(Identity),
    Ended,
    Starting,
    /// Its lease is held by somebody else than its monitor, and its shim does not live for sure.
    TakenOver(Holder),
    NotKnown(Doubt),
    /// The user of a process cannot be seen.
    Whose {
        pid: i32,
    },
    /// It is another user's process.
    Stranger {
        pid: i32,
        owner: u32,
        expected: u32,
    },
}

/// Why nothing is known of an instance's processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// /proc is missing, or another process namespace's.
    Proc,
    /// The entry does not say where its numbers mean something, or names no monitor.
    Unrecorded,
    Boot,
    Namespace,
    /// The entry has nothing but numbers, and they may be another namespace's.
    Numbers,
    /// The same, and whose they are cannot be seen from this user namespace.
    Users,
    /// The same, and the clocks have been set.
    Clocks,
    /// No descriptor is to be had, or there is nothing to compare.
    Kernel,
}

impl Refusal {
    pub(super) fn of(self, instance: InstanceId) -> Error {
        let kind = match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Ended => ErrorKind::Ended,
            _ => ErrorKind::Refused,
        };
        let message = format!("cannot signal instance {instance}: {self}");
        Error::new(kind, AppError::new(STEP, self).with_message(message))
    }
}

impl Doubt {
    pub(super) fn about(summary: &Summary, here: &Surroundings) -> Self {
        let Some(owner) = summary.owner() else {
            return if !here.is_first_pid_namespace() {
                Self::Numbers
            } else if !proc::is_first_user_namespace() {
                Self::Users
            } else {
                Self::Clocks
            };
        };
        if here.boot().is_none() || here.pid_namespace().is_none() {
            Self::Proc
        } else if owner.boot.is_none() || owner.pid_namespace.is_none() || owner.monitor.is_none() {
            Self::Unrecorded
        } else if owner.boot != here.boot() {
            Self::Boot
        } else if !liveness::numbers_mean_the_same(owner, here) {
            Self::Namespace
        } else {
            Self::Kernel
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(identity) => write!(f, "there is no such entry in segment {identity}"),
            Self::Ended => f.write_str("it has ended"),
            Self::Starting => f.write_str("its entry is just being written; try again"),
            Self::TakenOver(holder) => write!(
                f,
                "none of the processes that its entry names is left to signal; its lease is {holder}, \
                 and whoever holds that answers for it now"
            ),
            Self::NotKnown(doubt) => doubt.fmt(f),
            Self::Whose { pid } => write!(
                f,
                "whose process {pid} is cannot be seen in /proc, and the superuser signals nobody \
                 but the store's user"
            ),
            Self::Stranger { pid, owner, expected } => write!(
                f,
                "its entry names process {pid}, which belongs to user {owner}, and not to user \
                 {expected}, whose store this is"
            ),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proc => {
                "its processes cannot be told apart without a /proc of this process's own namespace"
            }
            Self::Unrecorded => {
                "its entry does not say enough of its processes to tell them from others"
            }
            Self::Boot => {
                "it was recorded before a reboot, on another machine that mounts this store, or in a \
                 container that has a boot id of its own"
            }
            Self::Namespace => {
                "it was recorded in another process namespace; signal it from there"
            }
            Self::Numbers => {
                "its entry gives nothing but process numbers, which can be those of another process \
                 namespace; signal it from the first one"
            }
            Self::Users => {
                "its entry gives nothing but process numbers, and this user namespace does not show \
                 whose those processes are; signal it from the first one"
            }
            Self::Clocks => {
                "its entry gives nothing but process numbers, and by the clock those processes began \
                 after it was written"
            }
            Self::Kernel => "the kernel does not tell its processes from others just now; try again",
        })
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests;
