//! Many processes on one store.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod adoption;
mod churn;
mod cleaners;
mod collecting;
mod corpus;
mod durability;
mod ends;
mod exhaustion;
mod go_entries;
mod handover;
mod held_locks;
mod interop;
mod killing;
mod locks;
mod moved;
mod neighbours;
mod owners;
mod permissions;
mod reuse;
mod watching;

use hakurei_check::Absolute;
use hakurei_tests::Peer;

/// Starts the helper program as this user.
fn peer(base: &Absolute) -> Peer {
    Peer::start(env!("CARGO_BIN_EXE_peer"), base, None)
}
