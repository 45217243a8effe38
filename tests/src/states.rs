//! States that may be saved.

use hakurei_hst::{Identity, InstanceId, State, Time, template};

/// The identity of that number, which is within bounds.
///
/// # Panics
///
/// If it is not.
#[must_use]
pub fn identity(number: u16) -> Identity {
    Identity::new(number).unwrap_or_else(|error| panic!("{error}"))
}

/// An id that nobody else makes up: of one process, and of one count in it.
#[must_use]
pub fn id(process: u32, count: u32) -> InstanceId {
    let mut random = [0; 8];
    random[..4].copy_from_slice(&process.to_be_bytes());
    random[4..].copy_from_slice(&count.to_be_bytes());
    InstanceId::from_parts(1_700_000_000_000_000_000, random)
}

/// A state of this process's, with everything that a configuration can have.
#[must_use]
pub fn state(identity: Identity, id: InstanceId) -> State {
    let mut config = template();
    config.identity = identity;
    let pid = i64::from(std::process::id());
    State { id, pid, shim_pid: 0, config, time: Time::default() }
}
