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

use std::process::Command;

use hakurei_check::Absolute;
use hakurei_tests::{Peer, Scene, is_first_pid_namespace, is_first_user_namespace, skipped};

/// The helper program.
const PEER: &str = env!("CARGO_BIN_EXE_peer");

/// Starts the helper program as this user.
fn peer(base: &Absolute) -> Peer {
    Peer::start(PEER, base, None)
}

/// The helper program behind a wrapper.
fn peer_in(mut wrapper: Command, scene: &Scene) -> Peer {
    wrapper.arg(PEER).arg(scene.base().as_path());
    Peer::spawn(wrapper)
}

/// Whether it can be told from here of whom an entry of Go's speaks; if not, says so.
fn gos_numbers_mean_something() -> bool {
    let mean_something = is_first_pid_namespace() && is_first_user_namespace();
    if !mean_something {
        skipped!("in this process or user namespace, Go's numbers mean nothing");
    }
    mean_something
}
