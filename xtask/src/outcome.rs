//! How a step can end.

use std::fmt;

/// A step that did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// What it needs is not on this machine; says what.
    Skipped(String),
}

/// A step that failed: what was wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) problem: String,
    pub(crate) remedy: String,
}

impl Failure {
    pub(crate) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nwhat to do: {}", self.problem, self.remedy)
    }
}

/// Passes if nothing was found; else fails with one line for each finding.
pub(crate) fn judge(findings: &[String], remedy: &str) -> Result<Outcome, Failure> {
    if findings.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(Failure::new(findings.join("\n"), remedy))
}
