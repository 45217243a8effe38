//! Many processes on one store.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod churn;
mod corpus;
mod go_entries;
mod interop;
mod locks;
mod moved;
mod neighbours;
mod owners;
mod permissions;

use hakurei_check::Absolute;
use hakurei_tests::Peer;

/// Starts the helper program as this user.
fn peer(base: &Absolute) -> Peer {
    Peer::start(env!("CARGO_BIN_EXE_peer"), base, None)
}
