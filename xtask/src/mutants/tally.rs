//! What has become of the mutants of one crate, by the lists that cargo-mutants keeps of them.

use std::fs;
use std::io;
use std::path::Path;

use crate::outcome::Failure;

/// How many there are of each kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tally {
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

    /// Of the last run, and of those before that it went on from (`--iterate`).
    pub(super) fn read(directory: &Path) -> Result<Self, Failure> {
        let count = |kinds: &[&str]| -> io::Result<usize> {
            kinds.iter().map(|kind| lines(&directory.join(format!("{kind}.txt")))).sum()
        };
        let tally = || -> io::Result<Self> {
            fs::read_dir(directory)?;
            // What cannot be compiled counts as caught before, the next time.
            let killed = count(&["caught", "unviable", "previously_caught"])?;
            let hang = count(&["timeout"])?;
            Ok(Self { killed, hang, survived: count(&["missed"])? })
        };
        tally().map_err(|error| {
            let problem = format!("{}: {error}", directory.display());
            Failure::new(problem, "run `cargo xtask mutants` first, which takes hours")
        })
    }

    /// A line of the table; all is how many mutants the crate has.
    pub(super) fn row(&self, name: &str, all: usize) -> String {
        let Self { killed, hang, survived } = self;
        let tried = killed + hang + survived;
        format!("| `{name}` | {all} | {tried} | {killed} | {hang} | {survived} |\n")
    }
}

/// The lines of a list, which is only there if something has come to be in it.
fn lines(list: &Path) -> io::Result<usize> {
    match fs::read_to_string(list) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        text => Ok(text?.lines().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_lists_that_are_there() {
        let directory = std::env::temp_dir().join(format!("hakurei-tally-{}", std::process::id()));
        assert!(Tally::read(&directory).is_err());
        fs::create_dir(&directory).unwrap();
        let lists =
            [("caught.txt", "a\nb\n"), ("previously_caught.txt", "c\n"), ("missed.txt", "d\n")];
        for (list, text) in lists {
            fs::write(directory.join(list), text).unwrap();
        }
        let tally = Tally::read(&directory).unwrap();
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(tally, Tally { killed: 3, hang: 0, survived: 1 });
        assert_eq!(tally.row("store", 9), "| `store` | 9 | 4 | 3 | 0 | 1 |\n");
    }
}
