//! Saving an instance, in three ways.

use super::{After, Pc, Saving};
use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::scene::{Role, Way};
use crate::world::{Content, World, bit};

/// The steps, in their order. What has no name yet is written with the step before it gets one.
fn steps(protocol: &Protocol, process: usize) -> &'static [Saving] {
    match protocol.role(process) {
        Role::Launcher(Way::InPlace) => &[Saving::Create, Saving::Lease, Saving::Write],
        Role::Launcher(Way::Go) => &[Saving::Create, Saving::Write],
        _ if protocol.has(Safeguard::LeaseFirst) => &[Saving::Lease, Saving::Link],
        _ => &[Saving::Link, Saving::Lease],
    }
}

pub(super) fn begin(protocol: &Protocol, process: usize) -> Pc {
    Pc::Saving(steps(protocol, process)[0])
}

pub(super) fn step(protocol: &Protocol, world: &mut World, process: usize, step: Saving) -> Pc {
    let is_taken = world.under(protocol.scene, protocol.role(process).name(process)).is_some();
    let entry = &mut world.entries[process];
    if is_taken && matches!(step, Saving::Create | Saving::Link) {
        // EEXIST; what has no name goes with its descriptor.
        entry.lease = 0;
        return Pc::Unlocking(After::Done);
    }
    match step {
        Saving::Create => entry.named = true,
        Saving::Lease => entry.lease |= bit(process),
        Saving::Write => entry.content = Content::Whole,
        Saving::Link => {
            entry.content = Content::Whole;
            entry.named = true;
        }
    }
    entry.published |= entry.named;
    let mut left = steps(protocol, process).iter().skip_while(|next| **next != step).skip(1);
    left.next().map_or(Pc::Unlocking(After::Owning), |next| Pc::Saving(*next))
}
