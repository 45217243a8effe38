//! The model of what processes do to the store: docs/verification.md.

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};

/// Explores each scene of the model completely. The tests of the model, which take each safeguard
/// out in turn, run with all others.
pub(crate) fn run() -> Result<Outcome, Failure> {
    command::run(
        &mut cargo(["run", "--quiet", "--package", "hakurei-model"]),
        "read the steps that lead there, and mend the protocol, or the model in tests/model",
    )
}
