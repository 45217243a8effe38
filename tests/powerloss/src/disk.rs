//! What a power cut may leave on the disk.
//!
//! A sync of a file makes its bytes and its length last, but not its name; a sync of a directory makes
//! the names in it last, but not what the files hold. What was done since then may have come to the disk
//! or not, in any order and each by itself: a name may mean what it meant at the sync or anything that
//! it was made to mean since; of bytes any part may be there, or be zeros, or be what the blocks held
//! before. That is less than POSIX promises nowhere, and less than ext4, xfs and btrfs keep.

mod contents;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crate::Result;
use crate::recording::{Inode, Kind, ROOT, Recording, Step};
pub(crate) use contents::Detail;

/// More states than these of one moment are not what this is for.
const MOST: usize = 500_000;

/// What is on the stage: everything by its pathname below it.
pub(crate) type Tree = BTreeMap<String, Node>;

/// What stands under a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Directory,
    File(Rc<[u8]>),
}

/// In few words: nobody wants to read the bytes.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory => f.write_str("a directory"),
            Self::File(bytes) => {
                let zeros = bytes.iter().filter(|byte| **byte == 0).count();
                write!(f, "{} bytes, {zeros} of them zeros", bytes.len())
            }
        }
    }
}

/// The disk at one moment: what lasts, and what has been done since.
pub(crate) struct Disk<'a> {
    kinds: &'a [Kind],
    names: BTreeMap<Inode, BTreeMap<&'a str, Vec<Option<Inode>>>>,
    files: BTreeMap<Inode, Bytes>,
}

#[derive(Default)]
struct Bytes {
    lasting: Vec<u8>,
    newest: Vec<u8>,
}

impl<'a> Disk<'a> {
    /// After so many steps of a recording.
    pub(crate) fn after(recording: &'a Recording, steps: &'a [Step]) -> Self {
        let mut disk =
            Self { kinds: &recording.kinds, names: BTreeMap::new(), files: BTreeMap::new() };
        steps.iter().for_each(|step| disk.take(step));
        disk
    }

    fn take(&mut self, step: &'a Step) {
        match step {
            Step::Name { dir, name, to } => {
                let names = self.names.entry(*dir).or_default();
                // Before its first, a name means nothing, and that lasts.
                names.entry(name).or_insert_with(|| vec![None]).push(*to);
            }
            Step::Write { file, at, bytes } => {
                let newest = &mut self.files.entry(*file).or_default().newest;
                let end = at + bytes.len();
                newest.resize(newest.len().max(end), 0);
                newest[*at..end].copy_from_slice(bytes);
            }
            Step::Sync { of, .. } => {
                let names = self.names.get_mut(of).into_iter().flat_map(BTreeMap::values_mut);
                names.for_each(|meanings| drop(meanings.drain(..meanings.len() - 1)));
                if let Some(file) = self.files.get_mut(of) {
                    file.lasting.clone_from(&file.newest);
                }
            }
            Step::Mark(_) => {}
        }
    }

    /// Every state that a power cut may leave now.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub(crate) fn states(&self, detail: Detail) -> Result<BTreeSet<Tree>> {
        let mut states = self.below(ROOT, "", Names::Any, Detail::Coarse)?;
        if detail == Detail::Fine {
            // Only where all names are there: names and bytes are independent of each other.
            states.extend(self.below(ROOT, "", Names::Newest, Detail::Fine)?);
        }
        Ok(states.into_iter().collect())
    }

    fn below(&self, dir: Inode, path: &str, which: Names, detail: Detail) -> Result<Vec<Tree>> {
        let mut trees = vec![Tree::new()];
        for (name, meanings) in self.names.get(&dir).into_iter().flatten() {
            let meanings: BTreeSet<_> = match which {
                Names::Any => meanings.iter().collect(),
                Names::Newest => meanings.last().into_iter().collect(),
            };
            let path = format!("{path}/{name}");
            let mut parts = Vec::new();
            for meaning in meanings {
                match meaning {
                    None => parts.push(Tree::new()),
                    Some(inode) => parts.extend(self.under(*inode, &path, which, detail)?),
                }
            }
            if trees.len().saturating_mul(parts.len()) > MOST {
                return Err(format!("more than {MOST} states: make the scene smaller").into());
            }
            let joined = |tree: &Tree, part: &Tree| {
                tree.iter().chain(part).map(|(path, node)| (path.clone(), node.clone())).collect()
            };
            trees = trees
                .iter()
                .flat_map(|tree| parts.iter().map(move |part| joined(tree, part)))
                .collect();
        }
        Ok(trees)
    }

    /// What may stand under a name that means this file or directory.
    fn under(&self, inode: Inode, path: &str, which: Names, detail: Detail) -> Result<Vec<Tree>> {
        if self.kinds[inode] == Kind::Directory {
            let mut trees = self.below(inode, path, which, detail)?;
            trees.iter_mut().for_each(|tree| drop(tree.insert(path.to_owned(), Node::Directory)));
            return Ok(trees);
        }
        let empty = Bytes::default();
        let bytes = self.files.get(&inode).unwrap_or(&empty);
        let contents = contents::of(&bytes.lasting, &bytes.newest, detail);
        let file = |bytes: Vec<u8>| Tree::from([(path.to_owned(), Node::File(bytes.into()))]);
        Ok(contents.into_iter().map(file).collect())
    }
}

#[derive(Clone, Copy)]
enum Names {
    /// Whatever each may mean.
    Any,
    /// What each was made to mean last.
    Newest,
}

#[cfg(test)]
mod tests;
