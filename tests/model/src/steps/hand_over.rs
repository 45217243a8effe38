//! Handing a lease over: its descriptor is sent, and both ends of that go on.

use super::{Pc, Taking};
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::world::{MESSAGE, World, bit};

/// Sends the descriptor.
pub(crate) fn send(world: &mut World, process: usize, entry: usize) -> Pc {
    let entry = &mut world.entries[entry];
    entry.message = true;
    if entry.lease & bit(process) != 0 {
        entry.lease |= MESSAGE;
    }
    Pc::Giving
}

/// Closes it where it came from.
pub(super) fn close(protocol: &Protocol, world: &mut World, process: usize) -> Pc {
    let entry = &mut world.entries[protocol.role(process).entry(process)];
    match protocol.has(Safeguard::HandOverKeepsLock) {
        true => entry.lease &= !bit(process),
        false => entry.lease = 0,
    }
    Pc::Given
}

/// Receives it.
pub(super) fn receive(world: &mut World, process: usize, entry: usize) -> Pc {
    let entry = &mut world.entries[entry];
    entry.message = false;
    if entry.lease & MESSAGE != 0 {
        entry.lease = entry.lease & !MESSAGE | bit(process);
    }
    Pc::Taking(Taking::Name)
}

/// Checks what was received, and owns it.
pub(super) fn take(protocol: &Protocol, world: &mut World, process: usize, step: Taking) -> Pc {
    let entry = &mut world.entries[protocol.role(process).entry(process)];
    let next = match step {
        Taking::Name if entry.named => Pc::Taking(Taking::Lease),
        // It is this very description that holds it; a free one is not taken.
        Taking::Lease if entry.lease & bit(process) != 0 => Pc::Taking(Taking::NameAgain),
        Taking::NameAgain if entry.named => Pc::Owning,
        _ => Pc::Done,
    };
    if next == Pc::Done {
        entry.lease &= !bit(process);
    }
    next
}
