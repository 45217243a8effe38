//! Checks that are programs of their own, and end with a table of what they did.

use std::process::Command;

use crate::command;
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::workspace::Workspace;

/// How such a program says that it cannot do anything here.
const SKIPPED: &str = "skipped: ";

/// Runs one, and writes its table where people read it if that is wanted.
pub(crate) fn run(
    program: &mut Command,
    record: Option<&Section>,
    remedy: &str,
) -> Result<Outcome, Failure> {
    let (mut reason, mut table) = (None, String::new());
    let look = |line: &str| {
        if let Some(why) = line.strip_prefix(SKIPPED) {
            reason = Some(why.to_owned());
        }
        if line.starts_with('|') {
            table.push_str(&format!("{line}\n"));
        }
    };
    let outcome = command::watch(program, look, remedy)?;
    if let Some(reason) = reason {
        return Ok(Outcome::Skipped(reason));
    }
    if let Some(section) = record {
        section.write(&Workspace::read()?.root, &table)?;
    }
    Ok(outcome)
}
