//! The inputs that are kept: what the fuzzer begins with, and what it has come to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{LONGEST, Target, files};

/// How much is kept of a corpus: git has to carry it, and the tests read all of it.
const MOST_FILES: usize = 300;
const MOST_BYTES: u64 = 1 << 20;

/// Entries that Go wrote, and how long their header is.
const GO: (&str, usize) = ("tests/fixtures/go", 8);

/// Entries that this project wrote, and how long what stands before the body is.
const OURS: (&str, usize) = ("crates/store/src/format/fixtures", 16);

/// What people have written for the fuzzer to begin with, a directory for each target.
const SEEDS: &str = "tests/fuzz/seeds";

/// What is kept of a corpus.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) count: usize,
    pub(super) bytes: u64,
}

/// Puts whole entries and texts into a corpus, so that the fuzzer need not find out what they look
/// like.
pub(super) fn sow(target: Target, corpus: &Path, root: &Path) -> io::Result<()> {
    fs::create_dir_all(corpus)?;
    let seeds = format!("{SEEDS}/{}", target.name());
    let sources = match target {
        Target::Cbor => vec![OURS],
        Target::Entry => vec![(GO.0, 0), (OURS.0, 0)],
        Target::Gob => vec![GO],
        _ => vec![(&*seeds, 0)],
    };
    for (directory, header) in sources {
        let entries = files(&root.join(directory))?;
        // Beside them stands what they say, in JSON, and where they come from.
        for path in entries.iter().filter(|path| path.extension().is_none()) {
            let entry = fs::read(path)?;
            let seed = entry.get(header..).unwrap_or_default();
            fs::write(corpus.join(path.file_name().unwrap_or_default()), seed)?;
        }
    }
    Ok(())
}

/// Removes the longest inputs, until the rest is few and small enough.
pub(super) fn prune(corpus: &Path) -> io::Result<Kept> {
    let mut inputs: Vec<(u64, PathBuf)> = Vec::new();
    for path in files(corpus)? {
        inputs.push((path.metadata()?.len(), path));
    }
    inputs.sort();
    let kept = kept_of(inputs.iter().map(|(length, _)| *length));
    for (_, path) in &inputs[kept.count..] {
        fs::remove_file(path)?;
    }
    Ok(kept)
}

/// How many fit of inputs of these lengths, the first ones first.
fn kept_of(lengths: impl Iterator<Item = u64>) -> Kept {
    let mut kept = Kept::default();
    for length in lengths.take(MOST_FILES).take_while(|length| *length <= LONGEST) {
        if kept.bytes + length > MOST_BYTES {
            break;
        }
        kept.count += 1;
        kept.bytes += length;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_corpus_within_its_limits() {
        let kept = |lengths: Vec<u64>| {
            let Kept { count, bytes } = kept_of(lengths.into_iter());
            (count, bytes)
        };
        assert_eq!(kept(vec![]), (0, 0));
        assert_eq!(kept(vec![1, 2, LONGEST]), (3, LONGEST + 3));
        assert_eq!(kept(vec![1, 2, LONGEST + 1]), (2, 3));
        assert_eq!(kept(vec![1; MOST_FILES + 1]), (MOST_FILES, 300));
        let longest = vec![LONGEST; MOST_FILES];
        assert_eq!(kept(longest), (128, MOST_BYTES));
    }
}
