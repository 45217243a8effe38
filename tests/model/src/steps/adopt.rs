//! Adopting an instance whose monitor is gone, under the segment's lock.

use super::{Adopting, After, Pc, unlock};
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::world::{Entry, World, bit};

/// The steps, in their order.
fn steps(protocol: &Protocol) -> &'static [Adopting] {
    use Adopting::{Lease, Monitor, Name, Open, Shim};
    if !protocol.has(Safeguard::AdoptJudgesLast) {
        &[Open, Monitor, Shim, Lease, Name]
    } else if !protocol.has(Safeguard::AdoptChecksName) {
        &[Open, Lease, Monitor, Shim]
    } else {
        &[Open, Lease, Name, Monitor, Shim]
    }
}

/// Whether asking for the lease has an answer: it is free, or somebody has it who is no mere probe.
pub(super) fn is_answered(protocol: &Protocol, entry: &Entry) -> bool {
    // A probe that is refused as well tells that somebody holds it.
    entry.lease != 0 || entry.probes == 0 || !protocol.has(Safeguard::SharedProbe)
}

pub(super) fn step(protocol: &Protocol, world: &mut World, process: usize, step: Adopting) -> Pc {
    let number = protocol.role(process).entry(process);
    let is_monitor_gone = world.is_monitor_gone(number);
    let entry = &mut world.entries[number];
    let goes_on = match step {
        Adopting::Open | Adopting::Name => entry.named,
        Adopting::Lease => {
            if entry.lease | entry.probes != 0 && protocol.has(Safeguard::AdoptTakesLease) {
                let rightly = entry.lease != 0;
                return unlock(world, process, After::Refused { rightly });
            }
            take(protocol, entry, process);
            true
        }
        // Else it runs under its monitor.
        Adopting::Monitor => is_monitor_gone,
        // Else it is dead.
        Adopting::Shim => !entry.shim_gone,
    };
    if !goes_on {
        entry.lease &= !bit(process);
        return Pc::Unlocking(After::Done);
    }
    let mut left = steps(protocol).iter().skip_while(|next| **next != step).skip(1);
    left.next().map_or(Pc::Unlocking(After::Owning), |next| Pc::Adopting(*next))
}

fn take(protocol: &Protocol, entry: &mut Entry, process: usize) {
    if protocol.has(Safeguard::AdoptTakesLease) {
        entry.lease = bit(process);
    }
    if !entry.named {
        entry.nameless |= bit(process);
    }
}
