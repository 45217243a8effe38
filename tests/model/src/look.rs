//! How an entry is looked at: the steps from its name to a verdict, by whoever wants to know.

use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::scene::Role;
use crate::world::{Content, World, bit};

/// What is said of an entry in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    /// There is none.
    Absent,
    Running,
    Orphaned,
    Starting,
    Dead,
    Unknown,
    Corrupt,
}

/// A look that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Look {
    /// What comes next.
    pub(crate) at: At,
    /// Whether it is the second, for the first has found half an entry.
    pub(crate) again: bool,
}

/// The next system call of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum At {
    /// openat.
    Open,
    /// read, of what is there now.
    Read,
    /// flock, `LOCK_SH | LOCK_NB`.
    Probe(Content),
    /// flock, `LOCK_UN`.
    Release(Content),
    /// poll on a pidfd of the monitor.
    Monitor,
    /// The same of the shim.
    Shim,
    /// flock once more.
    ProbeAgain,
    /// And to let go of it.
    ReleaseAgain,
    /// fstat, for the link count.
    Links(Verdict),
    /// flock on the segment's lock file, shared, and released at once.
    Segment,
}

impl Look {
    /// From the beginning.
    pub(crate) const BEGIN: Self = Self { at: At::Open, again: false };

    /// Takes the next step; says the verdict if that was the last.
    pub(crate) fn step(
        &mut self,
        protocol: &Protocol,
        world: &mut World,
        process: usize,
    ) -> Option<Verdict> {
        let number = protocol.role(process).entry(process);
        self.at = match self.at {
            At::Open if !world.entries[number].named => return Some(Verdict::Absent),
            At::Open => At::Read,
            At::Read => At::Probe(world.entries[number].content),
            At::Probe(content) => match probe(protocol, world, number, process) {
                true => At::Release(content),
                false if content == Content::Whole => return Some(Verdict::Running),
                false => At::Links(Verdict::Corrupt),
            },
            At::Release(content) => {
                world.entries[number].probes &= !bit(process);
                match (content, protocol.role(process)) {
                    (Content::Half, _) => At::Links(Verdict::Corrupt),
                    (_, Role::Stranger(_)) => return Some(Verdict::Unknown),
                    _ => At::Monitor,
                }
            }
            At::Monitor if !world.is_monitor_gone(number) => return Some(Verdict::Running),
            At::Monitor if protocol.has(Safeguard::ShimCounts) => At::Shim,
            At::Shim if !world.entries[number].shim_gone => return Some(Verdict::Orphaned),
            At::Monitor | At::Shim if protocol.has(Safeguard::ProbeAgain) => At::ProbeAgain,
            At::Monitor | At::Shim => At::Links(Verdict::Dead),
            At::ProbeAgain if !probe(protocol, world, number, process) => {
                return Some(Verdict::Running);
            }
            At::ProbeAgain => At::ReleaseAgain,
            At::ReleaseAgain => {
                world.entries[number].probes &= !bit(process);
                At::Links(Verdict::Dead)
            }
            At::Links(_) if self.is_gone(protocol, world, number) => return Some(Verdict::Absent),
            At::Links(Verdict::Corrupt) if !self.is_alone(protocol, process) => At::Segment,
            At::Links(verdict) => return Some(verdict),
            At::Segment => match self.judge_half(protocol, world) {
                Some(verdict) => return Some(verdict),
                None => {
                    self.again = true;
                    At::Open
                }
            },
        };
        None
    }

    fn is_gone(self, protocol: &Protocol, world: &World, entry: usize) -> bool {
        protocol.has(Safeguard::LinkRecheck) && !world.entries[entry].named
    }

    /// Who holds the segment's lock knows that nobody writes; and nobody looks a third time.
    fn is_alone(self, protocol: &Protocol, process: usize) -> bool {
        let holds = matches!(protocol.role(process), Role::Collector(_) | Role::Cleaner(_))
            && protocol.has(Safeguard::CollectUnderLock);
        self.again || holds
    }

    /// What half an entry is; none if it must be read again.
    fn judge_half(self, protocol: &Protocol, world: &World) -> Option<Verdict> {
        if protocol.has(Safeguard::StartingProbe) && world.is_locked(world.lock_file) {
            Some(Verdict::Starting)
        } else if protocol.has(Safeguard::ReadAgain) {
            None
        } else {
            Some(Verdict::Corrupt)
        }
    }
}

/// Asks for the lease; false if it is refused.
fn probe(protocol: &Protocol, world: &mut World, entry: usize, process: usize) -> bool {
    let entry = &mut world.entries[entry];
    let others = entry.probes & !bit(process);
    if entry.lease != 0 || (others != 0 && !protocol.has(Safeguard::SharedProbe)) {
        return false;
    }
    entry.probes |= bit(process);
    true
}
