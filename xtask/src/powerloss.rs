//! What a power cut leaves of a store: docs/reliability.md.

use clap::Args;

use crate::command::cargo;
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::tabled;

/// Where the figures of a run are written.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask powerloss --record" };

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Writes the figures into docs/reliability.md.
    #[arg(long)]
    record: bool,
}

/// Records what the library does, and looks at every disk that a power cut may leave of it.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let mut check = cargo(["run", "--quiet", "--package", "hakurei-powerloss"]);
    let remedy = "mend what is synced, and when; or the model in tests/powerloss";
    tabled::run(&mut check, options.record.then_some(&SECTION), remedy)
}
