//! Ending in order: the entry goes, who is left is counted, the lease is let go.

use super::{After, Ending, Pc};
use crate::look::Verdict;
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::world::{Content, World};

pub(super) fn step(protocol: &Protocol, world: &mut World, process: usize, step: Ending) -> Pc {
    let own = protocol.role(process).entry(process);
    match step {
        Ending::Unlink => {
            unlink(protocol, world, own);
            Pc::Ending(Ending::Account)
        }
        Ending::Account => {
            let others = || (0..world.entries.len()).filter(|entry| *entry != own);
            if others().all(|entry| !counts(protocol, world, process, entry)) {
                world.wronged |= others().any(|entry| needs_resources(protocol, world, entry));
            }
            Pc::Unlocking(After::Releasing)
        }
        Ending::Release => {
            // `LOCK_UN`, whoever else has the description.
            world.entries[own].lease = 0;
            Pc::Done
        }
    }
}

/// Takes the name away that means one's own entry; that it does is looked at under the lock.
fn unlink(protocol: &Protocol, world: &mut World, own: usize) {
    let name = protocol.role(own).name(own);
    match world.under(protocol.scene, name) {
        Some(entry) if entry == own => world.entries[own].ended = true,
        Some(_) if !protocol.has(Safeguard::EndChecksName) => world.robbed = true,
        _ => return,
    }
    world.entries[own].named = false;
}

/// Whether an entry keeps resources from being taken back. All of it is one step: the lock is held,
/// and nobody who is dead comes back.
fn counts(protocol: &Protocol, world: &World, process: usize, entry: usize) -> bool {
    if protocol.role(process).is_go() {
        return world.entries[entry].named;
    }
    match world.truth(entry) {
        Verdict::Absent | Verdict::Dead => false,
        Verdict::Orphaned => protocol.has(Safeguard::OrphansCount),
        _ => true,
    }
}

/// Whether there is somebody whose resources those are, who has been published, and whom nobody has
/// taken away by hand.
fn needs_resources(protocol: &Protocol, world: &World, number: usize) -> bool {
    let entry = &world.entries[number];
    let is_used = || !entry.shim_gone || world.owners(protocol.scene, number).next().is_some();
    entry.named && entry.content == Content::Whole && is_used()
}
