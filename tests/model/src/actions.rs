//! What can happen next: a step of a process, its end, or something from outside.

use crate::protocol::Protocol;
use crate::scene::{Role, Way};
use crate::steps::{self, Errand, Pc};
use crate::world::{Life, Lock, MESSAGE, World, bit};

/// One thing that happens; processes and entries are numbered as in the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// The next system call of a process.
    Step(usize),
    /// An owner begins to end in order; its shim has.
    End(usize),
    /// An owner sends its lease to its successor.
    HandOver(usize),
    /// A process that is through exits.
    Exit(usize),
    /// A process is killed.
    Kill(usize),
    /// The kernel closes something of a process that was killed.
    Close(usize, Thing),
    /// And is done with it: its pidfd says so.
    Gone(usize),
    /// A shim ends, for whatever reason.
    ShimEnds(usize),
    /// Somebody replaces the lock file, which nobody holds.
    ReplaceLock,
    /// Somebody takes an entry away by hand.
    Remove(usize),
}

/// What a process has open that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Thing {
    /// The segment's lock file.
    Lock,
    /// The description that holds a lease.
    Lease,
    /// An entry that it asks the lease of.
    Probe,
    /// The socket that a message waits in.
    Message,
}

pub(crate) fn possible(protocol: &Protocol, world: &World, actions: &mut Vec<Action>) {
    for (number, process) in world.processes.iter().enumerate() {
        match process.life {
            Life::Alive => possible_of(protocol, world, number, actions),
            Life::Ending => {
                let before = actions.len();
                let things = [Thing::Lock, Thing::Lease, Thing::Probe, Thing::Message];
                let open = things.iter().filter(|thing| has(protocol, world, number, **thing));
                actions.extend(open.map(|thing| Action::Close(number, *thing)));
                if actions.len() == before {
                    actions.push(Action::Gone(number));
                }
            }
            Life::Gone => {}
        }
    }
    for (number, entry) in world.entries.iter().enumerate() {
        if entry.published && !entry.shim_gone {
            actions.push(Action::ShimEnds(number));
        }
        if entry.named && protocol.scene.removes {
            actions.push(Action::Remove(number));
        }
    }
    if world.lock_file < protocol.scene.replacements && !world.is_locked(world.lock_file) {
        actions.push(Action::ReplaceLock);
    }
}

fn possible_of(protocol: &Protocol, world: &World, number: usize, actions: &mut Vec<Action>) {
    let role = protocol.role(number);
    let pc = world.processes[number].pc;
    if steps::can_step(protocol, world, number) {
        actions.push(Action::Step(number));
    }
    if pc == Pc::Owning {
        let entry = &world.entries[role.entry(number)];
        if entry.shim_gone {
            actions.push(Action::End(number));
        }
        if role == Role::Launcher(Way::Unnamed) && protocol.scene.hands_over() {
            actions.push(Action::HandOver(number));
        }
    }
    if pc.is_through() && role.saves() {
        actions.push(Action::Exit(number));
    }
    if pc != Pc::Idle && !pc.is_through() && !matches!(pc, Pc::Waiting(_)) {
        actions.push(Action::Kill(number));
    }
}

pub(crate) fn happen(protocol: &Protocol, world: &mut World, action: Action) {
    match action {
        Action::Step(process) => steps::step(protocol, world, process),
        Action::End(process) => world.processes[process].pc = Pc::Locking(Errand::End),
        Action::HandOver(process) => {
            let entry = protocol.role(process).entry(process);
            world.processes[process].pc = steps::send(world, process, entry);
        }
        Action::Kill(process) => world.processes[process].life = Life::Ending,
        Action::Exit(process) => world.processes[process].life = Life::Gone,
        Action::Gone(process) => {
            world.processes[process].life = Life::Gone;
            // Whatever it was about to do, nobody asks for any more.
            world.processes[process].pc = Pc::Done;
        }
        Action::Close(process, thing) => close(protocol, world, process, thing),
        Action::ShimEnds(entry) => world.entries[entry].shim_gone = true,
        Action::ReplaceLock => world.lock_file += 1,
        Action::Remove(entry) => world.entries[entry].named = false,
    }
}

fn has(protocol: &Protocol, world: &World, process: usize, thing: Thing) -> bool {
    let entry = &world.entries[protocol.role(process).entry(process)];
    match thing {
        Thing::Lock => world.processes[process].lock != Lock::None,
        Thing::Lease => entry.lease & bit(process) != 0,
        Thing::Probe => entry.probes & bit(process) != 0,
        Thing::Message => matches!(protocol.role(process), Role::Successor(_)) && entry.message,
    }
}

fn close(protocol: &Protocol, world: &mut World, process: usize, thing: Thing) {
    let entry = &mut world.entries[protocol.role(process).entry(process)];
    match thing {
        Thing::Lock => world.processes[process].lock = Lock::None,
        Thing::Lease => entry.lease &= !bit(process),
        Thing::Probe => entry.probes &= !bit(process),
        Thing::Message => {
            entry.message = false;
            entry.lease &= !MESSAGE;
        }
    }
}
