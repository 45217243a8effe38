//! The counts that are kept, and how others differ from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::Failure;

/// How much a count may change, in parts of it.
const TOLERANCE: f64 = 0.03;

/// So few instructions more or less are a matter of how long a pathname is.
const SLACK: u64 = 50;

/// What is kept: counts, and the compiler that they are of.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Baseline {
    pub(super) compiler: String,
    pub(super) counts: Counts,
}

/// Instructions by the name of the benchmark.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Counts(BTreeMap<String, u64>);

impl Baseline {
    /// Reads it; one that is not there yet has no counts.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            text => text.map_err(|error| unusable(file, &error))?,
        };
        serde_json::from_str(&text).map_err(|error| unusable(file, &error))
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(|error| unusable(file, &error))?;
        fs::write(file, text + "\n").map_err(|error| unusable(file, &error))
    }
}

impl Counts {
    /// Takes them from what gungraun prints: an object on a line for each benchmark.
    pub(super) fn parse(printed: &[u8]) -> Result<Self, Failure> {
        let mut counts = BTreeMap::new();
        for line in printed.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")) {
            let (name, count) = parse_line(line).ok_or_else(unexpected)?;
            counts.insert(name, count);
        }
        if counts.is_empty() { Err(unexpected()) } else { Ok(Self(counts)) }
    }

    /// A line for each, old and new.
    pub(super) fn beside(&self, new: &Self) -> String {
        let mut text = String::new();
        for (name, count) in &new.0 {
            // A string takes whatever is written to it.
            let _written = match self.0.get(name) {
                Some(old) => writeln!(text, "{name:24} {count:>9}  {:+.1} %", change(*old, *count)),
                None => writeln!(text, "{name:24} {count:>9}  new"),
            };
        }
        text
    }

    /// What has changed by more than it may, or has come or gone.
    pub(super) fn changes(&self, new: &Self) -> Vec<String> {
        let gone = self.0.keys().filter(|name| !new.0.contains_key(*name));
        let gone = gone.map(|name| format!("{name}: is counted no more"));
        let changed = new.0.iter().filter_map(|(name, count)| match self.0.get(name) {
            None => Some(format!("{name}: is not in the baseline")),
            Some(old) => {
                let change = change(*old, *count);
                (change.abs() > TOLERANCE * 100.0 && old.abs_diff(*count) > SLACK)
                    .then(|| format!("{name}: {count} instructions, {change:+.1} % of {old}"))
            }
        });
        changed.chain(gone).collect()
    }
}

/// The name of a benchmark and its instructions.
fn parse_line(line: &[u8]) -> Option<(String, u64)> {
    let summary: Value = serde_json::from_slice(line).ok()?;
    let word = |key: &str| summary.get(key)?.as_str();
    let name = format!("{} {}", word("function_name")?, word("id")?);
    let count = summary.pointer("/profiles/0/data/total/metrics/Ir/values/new")?;
    Some((name, count.as_u64()?))
}

fn unexpected() -> Failure {
    Failure::new(
        "gungraun printed something else than one object for each benchmark",
        "see whether its form has changed; mend xtask/src/instructions/baseline.rs",
    )
}

/// In percent.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn change(old: u64, new: u64) -> f64 {
    (new as f64 / old as f64 - 1.0) * 100.0
}

fn unusable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!("cannot use {}: {error}", file.display()),
        "mend it, or remove it and count anew: cargo xtask instructions --write",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts<const N: usize>(counts: [(&str, u64); N]) -> Counts {
        Counts(counts.map(|(name, count)| (name.to_owned(), count)).into())
    }

    #[test]
    fn reads_what_gungraun_prints() {
        let values = r#"{"metrics":{"Dr":{"values":{"new":7}},"Ir":{"values":{"new":812}}}}"#;
        let line = format!(
            r#"{{"function_name":"lock","id":"warm","profiles":[{{"data":{{"total":{values}}}}}]}}"#
        );
        let printed = format!("some words\n{line}\n");
        let parsed = Counts::parse(printed.as_bytes()).expect("it is what is expected");
        assert_eq!(parsed, counts([("lock warm", 812)]));
        Counts::parse(b"some words\n").expect_err("nothing was counted");
        Counts::parse(b"{}\n").expect_err("it has no name");
    }

    #[test]
    fn sees_what_has_changed_come_or_gone() {
        let old = counts([("a", 2000), ("b", 2000), ("c", 2000), ("d", 2000), ("few", 600)]);
        let new = counts([("a", 2059), ("b", 2062), ("c", 1938), ("e", 1), ("few", 650)]);
        let changes = [
            "b: 2062 instructions, +3.1 % of 2000",
            "c: 1938 instructions, -3.1 % of 2000",
            "e: is not in the baseline",
            "d: is counted no more",
        ];
        assert_eq!(old.changes(&new), changes);
        assert_eq!(old.changes(&old), [""; 0]);
    }

    #[test]
    fn shows_each_beside_what_it_was() {
        let (old, new) = (counts([("a", 1000)]), counts([("a", 1010), ("b", 5)]));
        let lines = old.beside(&new);
        let words: Vec<&str> = lines.split_whitespace().collect();
        assert_eq!(words, ["a", "1010", "+1.0", "%", "b", "5", "new"]);
    }
}
