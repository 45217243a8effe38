//! Signals to the processes of an instance, and to nobody else.
//!
//! No process is signalled by its number. A descriptor of it is opened, what it means is judged as for
//! a verdict, and the signal goes through that descriptor: to the process that was judged, or to none.

mod refusal;
mod target;

use hakurei_hst::{Identity, InstanceId};

use self::refusal::Refusal;
use self::target::{Instance, Sent};
use crate::error::Error;
use crate::format::Summary;
use crate::listing::View;
use crate::liveness::Life;
use crate::signal::Signal;
use crate::store::Store;
use crate::surroundings::Surroundings;
use crate::verdict;

/// Which of an instance's processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one that the entry was recorded for: its launcher. Whoever has adopted the instance since
    /// is none of those that the entry names.
    Monitor,
    /// The process that the monitor started.
    Shim,
}

/// A process of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    role: Role,
    pid: i32,
    life: Life,
}

impl Member {
    /// None if the entry gives no number that a process can have.
    fn new(role: Role, summary: &Summary, life: Life) -> Option<Self> {
        let pid = match role {
            Role::Monitor => summary.pid(),
            Role::Shim => summary.shim_pid(),
        };
        let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0)?;
        Some(Self { role, pid, life })
    }

    /// Which of them it is.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its number, in the process namespace of whoever recorded it.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether it lives, so far as that can be told from here.
    #[must_use]
    pub fn life(&self) -> Life {
        self.life
    }
}

impl View<'_> {
    /// The processes that the entry names, as they are now: its monitor and its shim, less those of
    /// which it gives no number. An entry that cannot be read names none.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        let (Ok(summary), Some(grounds)) = (self.summary(), self.grounds()) else {
            return Vec::new();
        };
        let [monitor, shim] = verdict::judge(summary, grounds, &Surroundings::of_this_process());
        let members = [(Role::Monitor, monitor), (Role::Shim, shim)];
        let numbered =
            |(role, judged): (_, crate::liveness::Judged)| Member::new(role, summary, judged.life);
        members.into_iter().filter_map(numbered).collect()
    }
}

impl Store {
    /// Sends a signal to the monitor of an instance; to its shim if the monitor is gone, or if
    /// another process has taken the instance over and the monitor holds its lease no more.
    ///
    /// The process is told apart from all others of its number before, as for a verdict, and the
    /// signal reaches that process or none. No lock is taken and none waited for, and nothing but the
    /// kernel's answer is: that the signal is sent does not mean that anybody has ended.
    ///
    /// The superuser's signal goes only to a process that the store's user could have signalled, or,
    /// for a shim, a user of that identity's: the entry is that user's, and may name anybody.
    ///
    /// # Errors
    ///
    /// Nobody has been signalled. Step `signal instance`, but where another is named:
    ///
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound): there is no such entry.
    /// - [`ErrorKind::Ended`](crate::ErrorKind::Ended): it is dead.
    /// - [`ErrorKind::Refused`](crate::ErrorKind::Refused): no process of it can be told apart from
    ///   here, or none that lives is left of those that the entry names, or it belongs to another
    ///   user than it should; the message says which. Or the entry is being written just now.
    /// - [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt), [`Newer`](crate::ErrorKind::Newer),
    ///   [`Untrusted`](crate::ErrorKind::Untrusted): the entry cannot be read; the step is the one
    ///   that failed.
    /// - [`ErrorKind::System`](crate::ErrorKind::System): what the kernel answered, such as EPERM to an
    ///   ordinary user whose instance's processes are another's; or step `read store segments` or
    ///   `read store segment entries`, as for [`entry`](Store::entry).
    pub fn kill(
        &self,
        identity: Identity,
        id: InstanceId,
        signal: Signal,
    ) -> Result<Member, Error> {
        // The monitor may end at any time, and after it the shim; then there is nobody left.
        const ATTEMPTS: u32 = 3;
        let instance = Instance { base: &self.shared.base, identity, id };
        for _ in 0..ATTEMPTS {
            let target = instance.target()?;
            if instance.send(&target, signal)? == Sent::ToTheTarget {
                return Ok(target.member());
            }
        }
        Err(instance.refuse(Refusal::Ended))
    }
}
