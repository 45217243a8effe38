//! What each process does, one system call after another.

mod adopt;
mod collect;
mod end;
mod hand_over;
mod save;
mod wait;

pub(crate) use hand_over::send;

use crate::look::{Look, Verdict};
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::scene::Role;
use crate::world::{Life, Lock, World};

/// What a process does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Pc {
    /// It has not begun.
    Idle,
    /// It is on its way to the segment's lock, for that.
    Locking(Errand),
    /// It has the lock and saves.
    Saving(Saving),
    /// It owns an instance, and holds no lock but its lease.
    Owning,
    /// It has sent its lease on, and not closed it yet.
    Giving,
    /// It has handed its lease over.
    Given,
    /// It takes its instance's entry away.
    Ending(Ending),
    /// It adopts.
    Adopting(Adopting),
    /// It takes a lease over.
    Taking(Taking),
    /// It looks at an entry.
    Looking(Look),
    /// It takes a dead entry away.
    Collecting(Collecting),
    /// It waits for that.
    Waiting(Watch),
    /// It lets the segment's lock go, and then is what follows.
    Unlocking(After),
    /// It has said what it found.
    Told(Verdict),
    /// It was refused a lease as leased: whether anybody owned it.
    Refused { rightly: bool },
    /// It is through.
    Done,
}

/// What follows the unlocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum After {
    Owning,
    Releasing,
    Done,
    Refused { rightly: bool },
}

/// What the segment's lock is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Errand {
    Save,
    End,
    Adopt,
    Collect,
}

/// Saving, under the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Saving {
    /// openat, with the name.
    Create,
    /// flock on the entry.
    Lease,
    /// write.
    Write,
    /// linkat.
    Link,
}

/// Taking one's own entry away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ending {
    /// unlinkat, under the lock.
    Unlink,
    /// Who is left, under the lock.
    Account,
    /// flock, `LOCK_UN` on the entry.
    Release,
}

/// Adopting, under the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Adopting {
    /// openat.
    Open,
    /// flock, `LOCK_EX | LOCK_NB`.
    Lease,
    /// fstatat.
    Name,
    /// poll on a pidfd of the monitor.
    Monitor,
    /// The same of the shim.
    Shim,
}

/// Taking a lease over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Taking {
    /// fstatat.
    Name,
    /// flock, `LOCK_EX | LOCK_NB`.
    Lease,
    /// fstatat once more.
    NameAgain,
}

/// Collecting, under the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Collecting {
    /// fstatat.
    Name(Verdict),
    /// unlinkat.
    Unlink(Verdict),
}

/// What wakes one who waits, beside the name going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Watch {
    /// The end of the monitor.
    Monitor,
    /// The end of the shim.
    Shim,
    /// Time: it looks again and again, until it finds something else than that.
    Timer(Verdict),
}

impl Pc {
    /// Whether it does what only one may do at a time.
    pub(crate) fn is_inside(self, protocol: &Protocol, process: usize) -> bool {
        match self {
            Self::Saving(_) | Self::Adopting(_) | Self::Collecting(_) | Self::Unlocking(_) => true,
            Self::Ending(step) => step != Ending::Release,
            Self::Looking(_) => {
                matches!(protocol.role(process), Role::Collector(_) | Role::Cleaner(_))
            }
            _ => false,
        }
    }

    /// Whether it owns an instance.
    pub(crate) fn owns(self) -> bool {
        matches!(
            self,
            Self::Owning
                | Self::Locking(Errand::End)
                | Self::Ending(Ending::Unlink | Ending::Account)
                | Self::Unlocking(After::Owning | After::Releasing)
        )
    }

    /// Whether nothing is left for it to do.
    pub(crate) fn is_through(self) -> bool {
        matches!(self, Self::Told(_) | Self::Refused { .. } | Self::Done | Self::Given)
    }
}

/// Whether a process has a next step that it can take.
pub(crate) fn can_step(protocol: &Protocol, world: &World, process: usize) -> bool {
    let entry = &world.entries[protocol.role(process).entry(process)];
    let Lock::Open(file) = world.processes[process].lock else {
        return match world.processes[process].pc {
            Pc::Idle => match protocol.role(process) {
                Role::Launcher(_) | Role::Reader(_) | Role::Stranger(_) => true,
                Role::Namesake(name) => world.entries[name].published,
                Role::Successor(_) => entry.message,
                _ => entry.published,
            },
            // A blocking flock on the entry, and one that is tried again while only probes are there.
            Pc::Saving(Saving::Lease) => entry.lease | entry.probes == 0,
            Pc::Adopting(Adopting::Lease) => adopt::is_answered(protocol, entry),
            Pc::Waiting(watch) => wait::is_woken(protocol, world, process, watch),
            Pc::Owning => false,
            pc => !pc.is_through(),
        };
    };
    !world.is_locked(file)
}

/// Takes the next step of a process.
pub(crate) fn step(protocol: &Protocol, world: &mut World, process: usize) {
    let next = match world.processes[process].pc {
        Pc::Idle => begin(protocol, world, process),
        Pc::Locking(errand) => lock(protocol, world, process, errand),
        Pc::Saving(step) => save::step(protocol, world, process, step),
        Pc::Ending(step) => end::step(protocol, world, process, step),
        Pc::Adopting(step) => adopt::step(protocol, world, process, step),
        Pc::Giving => hand_over::close(protocol, world, process),
        Pc::Taking(step) => hand_over::take(protocol, world, process, step),
        Pc::Looking(look) => look_on(protocol, world, process, look),
        Pc::Collecting(step) => collect::step(protocol, world, process, step),
        Pc::Waiting(_) => Pc::Looking(Look::BEGIN),
        Pc::Unlocking(after) => {
            world.processes[process].lock = Lock::None;
            match after {
                After::Owning => Pc::Owning,
                After::Releasing => Pc::Ending(Ending::Release),
                After::Done => Pc::Done,
                After::Refused { rightly } => Pc::Refused { rightly },
            }
        }
        pc => pc,
    };
    world.processes[process].pc = next;
}

fn begin(protocol: &Protocol, world: &mut World, process: usize) -> Pc {
    match protocol.role(process) {
        Role::Launcher(_) | Role::Namesake(_) => Pc::Locking(Errand::Save),
        Role::Adopter(_) => Pc::Locking(Errand::Adopt),
        Role::Successor(entry) => hand_over::receive(world, process, entry),
        Role::Collector(_) | Role::Cleaner(_) if protocol.has(Safeguard::CollectUnderLock) => {
            Pc::Locking(Errand::Collect)
        }
        _ => Pc::Looking(Look::BEGIN),
    }
}

/// Opens the lock file, locks it, and looks whether the name still means it.
fn lock(protocol: &Protocol, world: &mut World, process: usize, errand: Errand) -> Pc {
    let current = world.lock_file;
    let lock = &mut world.processes[process].lock;
    let is_entered = match *lock {
        Lock::None => {
            *lock = Lock::Open(current);
            false
        }
        Lock::Open(file) => {
            *lock = Lock::Held(file);
            !protocol.has(Safeguard::LockRecheck)
        }
        Lock::Held(file) if file == current => true,
        Lock::Held(_) => {
            *lock = Lock::None;
            false
        }
    };
    match errand {
        _ if !is_entered => Pc::Locking(errand),
        Errand::Save => save::begin(protocol, process),
        Errand::End => Pc::Ending(Ending::Unlink),
        Errand::Adopt => Pc::Adopting(Adopting::Open),
        Errand::Collect => Pc::Looking(Look::BEGIN),
    }
}

fn look_on(protocol: &Protocol, world: &mut World, process: usize, mut look: Look) -> Pc {
    let Some(verdict) = look.step(protocol, world, process) else {
        return Pc::Looking(look);
    };
    match protocol.role(process) {
        Role::Collector(_) | Role::Cleaner(_) => collect::judge(protocol, process, verdict),
        Role::Waiter(entry) => wait::judge(world, entry, verdict),
        _ => Pc::Told(verdict),
    }
}

/// Lets the segment's lock go, where it is held.
fn unlock(world: &World, process: usize, after: After) -> Pc {
    match (world.processes[process].lock, after) {
        (Lock::None, After::Done) => Pc::Done,
        _ => Pc::Unlocking(after),
    }
}

impl World {
    /// Whether a process goes on.
    pub(crate) fn is_alive(&self, process: usize) -> bool {
        self.processes[process].life == Life::Alive
    }
}
