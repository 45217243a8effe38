//! What has become of the mutants of one crate, by the lists that cargo-mutants keeps of them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::outcome::Failure;

/// How many there are of each kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tally {
    all: usize,
    /// A test has noticed them, or the compiler.
    killed: usize,
    /// They do not end.
    hang: usize,
    survived: usize,
}

impl Tally {
    pub(super) const HEAD: &str = "\
| crate | mutants | tried | killed, or not compiled | hang | survived |
|---|---:|---:|---:|---:|---:|
";

    /// Of the last run, and of those before that it went on from (`--iterate`); all are the mutants that
    /// the crate has now. Those that the code has no more do not count.
    pub(super) fn read(directory: &Path, all: &str) -> Result<Self, Failure> {
        let list = |kind| match fs::read_to_string(directory.join(kind).with_extension("txt")) {
            // A list is only there if something has come to be in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            text => text,
        };
        fs::read_dir(directory).and_then(|_| Self::of(list, all)).map_err(|error| {
            let problem = format!("{}: {error}", directory.display());
            Failure::new(problem, "run `cargo xtask mutants` first, which takes hours")
        })
    }

    fn of(list: impl Fn(&'static str) -> io::Result<String>, all: &str) -> io::Result<Self> {
        let all: BTreeSet<&str> = all.lines().collect();
        let count = |kinds: &[&'static str]| -> io::Result<usize> {
            let mut found = BTreeSet::new();
            for kind in kinds {
                found.extend(list(kind)?.lines().filter_map(|line| all.get(line).copied()));
            }
            Ok(found.len())
        };
        Ok(Self {
            all: all.len(),
            // What cannot be compiled counts as caught before, the next time.
            killed: count(&["caught", "unviable", "previously_caught"])?,
            hang: count(&["timeout"])?,
            survived: count(&["missed"])?,
        })
    }

    /// A line of the table.
    pub(super) fn row(&self, name: &str) -> String {
        let Self { all, killed, hang, survived } = self;
        let tried = killed + hang + survived;
        format!("| `{name}` | {all} | {tried} | {killed} | {hang} | {survived} |\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_in_the_lists_and_still_in_the_code() {
        let list = |kind: &str| {
            Ok(match kind {
                "caught" => "a\nb\n",
                "previously_caught" => "b\nc\nx\n",
                "missed" => "d\n",
                _ => "",
            }
            .to_owned())
        };
        let tally = Tally::of(list, "a\nb\nc\nd\ne\n").unwrap();
        assert_eq!(tally.row("store"), "| `store` | 5 | 4 | 3 | 0 | 1 |\n");
    }

    #[test]
    fn where_nothing_has_run_there_is_nothing_to_count() {
        assert!(Tally::read("/dev/null/mutants.out".as_ref(), "").is_err());
    }
}
