//! Tests that have to run, rather than skip themselves.

use std::process::Command;

use crate::command;
use crate::outcome::Failure;

/// What a test says, on a line of its own, that found no Go program.
const WITHOUT_GO: &str = "skipped: takes a Go";

/// Runs tests; fails if one does, if one found no Go program, or if there was none.
pub(super) fn run(test: &mut Command) -> Result<(), Failure> {
    let mut seen = Seen::default();
    let remedy = "run the failed test alone: cargo xtask interop -- NAME";
    command::watch(test, |line| seen.take(line), remedy)?;
    if seen.passed == 0 {
        return Err(Failure::new("no test has run", "see whether one has that name"));
    }
    if seen.without_go {
        let remedy = "see that they look for it where xtask/src/interop.rs names it";
        return Err(Failure::new("the tests did not find the Go program", remedy));
    }
    Ok(())
}

/// What the lines of a test program have said so far.
#[derive(Default)]
struct Seen {
    passed: u32,
    without_go: bool,
}

impl Seen {
    fn take(&mut self, line: &str) {
        self.passed += passed(line).unwrap_or_default();
        self.without_go |= line.starts_with(WITHOUT_GO);
    }
}

/// The N of `test result: ok. N passed; …`.
fn passed(line: &str) -> Option<u32> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    rest.split_once(" passed")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_has_run() {
        let mut seen = Seen::default();
        let result = "test result: ok. 6 passed; 0 failed; 0 ignored; 0 measured; 21 filtered out";
        for line in ["running 6 tests", "test interop::a ... ok", "", result, result] {
            seen.take(line);
        }
        assert_eq!((seen.passed, seen.without_go), (12, false));
        seen.take("skipped: takes a Go, which `cargo xtask interop` looks for");
        assert!(seen.without_go);
    }
}
