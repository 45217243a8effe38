//! Taking away the entry of somebody who is dead, or one that is corrupt, where that was asked for.

use super::{After, Collecting, Pc, unlock};
use crate::look::Verdict;
use crate::protocol::Protocol;
use crate::scene::Role;
use crate::world::World;

pub(super) fn judge(protocol: &Protocol, process: usize, verdict: Verdict) -> Pc {
    match (verdict, protocol.role(process)) {
        (Verdict::Dead, _) | (Verdict::Corrupt, Role::Cleaner(_)) => {
            Pc::Collecting(Collecting::Name(verdict))
        }
        _ => Pc::Unlocking(After::Done),
    }
}

pub(super) fn step(protocol: &Protocol, world: &mut World, process: usize, step: Collecting) -> Pc {
    let entry = &world.entries[protocol.role(process).entry(process)];
    match step {
        Collecting::Name(verdict) if entry.named => Pc::Collecting(Collecting::Unlink(verdict)),
        Collecting::Name(_) => unlock(world, process, After::Done),
        Collecting::Unlink(verdict) => {
            let name = protocol.role(process).entry(process);
            if let Some(unlinked) = world.under(protocol.scene, name) {
                world.entries[unlinked].named = false;
                world.entries[unlinked].collected = Some(verdict);
            }
            unlock(world, process, After::Done)
        }
    }
}
