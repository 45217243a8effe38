//! Licences, sources and bans of what is depended on.

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};

/// Leaves out advisories, which would need the network.
pub(crate) fn run() -> Result<Outcome, Failure> {
    if probe(&mut cargo(["deny", "--version"])).is_none() {
        return Ok(Outcome::Skipped("cargo-deny is not installed".into()));
    }
    command::run(
        &mut cargo(["deny", "--offline", "--all-features", "check", "bans", "licenses", "sources"]),
        "choose another dependency, or allow it in deny.toml with the reason",
    )
}
