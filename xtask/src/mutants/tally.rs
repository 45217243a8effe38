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
        let all: BTreeSet<&str> = all.lines().collect();
        let tally = || -> io::Result<Self> {
            // What cannot be compiled counts as caught before, the next time.
            let killed = count(directory, &["caught", "unviable", "previously_caught"], &all)?;
            let hang = count(directory, &["timeout"], &all)?;
            let survived = count(directory, &["missed"], &all)?;
            Ok(Self { all: all.len(), killed, hang, survived })
        };
        tally().map_err(|error| {
            let problem = format!("{}: {error}", directory.display());
            Failure::new(problem, "run `cargo xtask mutants` first, which takes hours")
        })
    }

    /// A line of the table.
    pub(super) fn row(&self, name: &str) -> String {
        let Self { all, killed, hang, survived } = self;
        let tried = killed + hang + survived;
        format!("| `{name}` | {all} | {tried} | {killed} | {hang} | {survived} |\n")
    }
}

/// How many of all mutants are in these lists; a list is only there if something has come to be in it.
fn count(directory: &Path, lists: &[&str], all: &BTreeSet<&str>) -> io::Result<usize> {
    let mut found = BTreeSet::new();
    fs::read_dir(directory)?;
    for list in lists {
        match fs::read_to_string(directory.join(list).with_extension("txt")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            text => found.extend(text?.lines().filter_map(|line| all.get(line).copied())),
        }
    }
    Ok(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_in_the_lists_and_still_in_the_code() {
        let directory = std::env::temp_dir().join(format!("hakurei-tally-{}", std::process::id()));
        assert!(Tally::read(&directory, "").is_err());
        fs::create_dir(&directory).unwrap();
        let lists = [
            ("caught.txt", "a\nb\n"),
            ("previously_caught.txt", "b\nc\nx\n"),
            ("missed.txt", "d\n"),
        ];
        for (list, text) in lists {
            fs::write(directory.join(list), text).unwrap();
        }
        let tally = Tally::read(&directory, "a\nb\nc\nd\ne\n").unwrap();
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(tally.row("store"), "| `store` | 5 | 4 | 3 | 0 | 1 |\n");
    }
}
