//! What a power cut leaves of a store: docs/reliability.md.

use clap::Args;

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::workspace::Workspace;

/// Where the figures of a run are written.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask powerloss --record" };

/// How the program says that it cannot do anything here.
const SKIPPED: &str = "skipped: ";

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Writes the figures into docs/reliability.md.
    #[arg(long)]
    record: bool,
}

/// Records what the library does, and looks at every disk that a power cut may leave of it.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let mut check = cargo(["run", "--quiet", "--package", "hakurei-powerloss"]);
    let (mut reason, mut table) = (None, String::new());
    let remedy = "mend what is synced, and when; or the model in tests/powerloss";
    let outcome = command::watch(
        &mut check,
        |line| {
            if let Some(why) = line.strip_prefix(SKIPPED) {
                reason = Some(why.to_owned());
            }
            if line.starts_with('|') {
                table.push_str(&format!("{line}\n"));
            }
        },
        remedy,
    )?;
    if let Some(reason) = reason {
        return Ok(Outcome::Skipped(reason));
    }
    if options.record {
        SECTION.write(&Workspace::read()?.root, &table)?;
    }
    Ok(outcome)
}
