//! All steps, one after another.

use std::time::Instant;

use crate::outcome::{Failure, Outcome};
use crate::step::Step;

/// Runs every step but those that were asked to be left out, and stops at the first that fails.
pub(crate) fn run(left_out: &[Step]) -> Result<(), Failure> {
    let start = Instant::now();
    let mut skipped = Vec::new();
    for step in Step::ALL {
        let name = step.name();
        let reason = if left_out.contains(&step) {
            Some("asked for".into())
        } else {
            timed(&name, || step.run())?
        };
        skipped.extend(reason.map(|reason| format!("  {name}: {reason}")));
    }
    println!("\nci passed in {:.1} s", start.elapsed().as_secs_f64());
    if !skipped.is_empty() {
        println!("skipped:\n{}", skipped.join("\n"));
    }
    Ok(())
}

/// Runs one step alone.
pub(crate) fn run_alone(
    name: &str,
    step: impl FnOnce() -> Result<Outcome, Failure>,
) -> Result<(), Failure> {
    timed(name, step).map(drop)
}

/// Runs a step between two lines that name it; returns why it was skipped, if it was.
fn timed(
    name: &str,
    step: impl FnOnce() -> Result<Outcome, Failure>,
) -> Result<Option<String>, Failure> {
    let start = Instant::now();
    println!("\n=== {name}");
    let result = step();
    let seconds = start.elapsed().as_secs_f64();
    match result {
        Ok(Outcome::Passed) => {
            println!("=== {name} passed in {seconds:.1} s");
            Ok(None)
        }
        Ok(Outcome::Skipped(reason)) => {
            println!("=== {name} skipped: {reason}");
            Ok(Some(reason))
        }
        Err(failure) => {
            println!("=== {name} FAILED after {seconds:.1} s (again: cargo xtask {name})");
            Err(failure)
        }
    }
}
