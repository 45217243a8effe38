//! Waiting for an instance's end: looks, and what they are woken by.

use super::{Pc, Watch};
use crate::look::Verdict;
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::world::World;

/// What to do about a look's verdict: to say that it has ended, or to wait for the next look.
pub(super) fn judge(world: &World, entry: usize, verdict: Verdict) -> Pc {
    match verdict {
        Verdict::Dead | Verdict::Absent => Pc::Told(verdict),
        Verdict::Orphaned => Pc::Waiting(Watch::Shim),
        // Where the monitor is gone, another holds the lease, and nobody says who that is.
        Verdict::Running if !world.is_monitor_gone(entry) => Pc::Waiting(Watch::Monitor),
        other => Pc::Waiting(Watch::Timer(other)),
    }
}

/// Whether it is time for the next look. One that would find nothing new is left out: it would change
/// nothing, here or elsewhere.
pub(super) fn is_woken(protocol: &Protocol, world: &World, process: usize, watch: Watch) -> bool {
    let number = protocol.role(process).entry(process);
    let fires = match watch {
        Watch::Monitor => world.is_monitor_gone(number),
        Watch::Shim => world.entries[number].shim_gone,
        Watch::Timer(found) => {
            protocol.has(Safeguard::WaitLooksAgain) && world.truth(number) != found
        }
    };
    fires || !world.entries[number].named
}
