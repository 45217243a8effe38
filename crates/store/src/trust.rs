//! What is wrong with a directory or a file that may not be trusted.

use std::fmt;
use std::io;
use std::path::Path;

use hakurei_check::PathError;

use crate::error::ErrorKind;
use crate::format::MAX_ENTRY;
use crate::sys::{FileType, Stat};

/// A directory or a file that somebody else may have put there, or may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distrust {
    fault: Fault,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It belongs to the wrong user.
    Owner { owner: u32, expected: u32 },
    /// It is the base directory, and others may enter it.
    Open { mode: u32 },
    /// It is an ancestor in which others may rename and remove.
    Writable { mode: u32 },
    /// It is a link that may not be followed, or where none may be.
    Link,
    /// Links lead from one to the next without an end.
    TooManyLinks,
    /// It is not the kind of file that belongs here.
    Kind(FileType),
    /// It has further names.
    Links(u64),
    /// It is larger than anything that belongs here.
    Size(u64),
    /// It lies on a filesystem that several machines mount.
    Shared,
}

impl Distrust {
    /// Says it in the form of every other error about a pathname.
    pub(crate) fn of(path: &Path, fault: Fault) -> PathError {
        PathError::new(
            "trust",
            path,
            io::Error::new(io::ErrorKind::PermissionDenied, Self { fault }),
        )
    }

    /// What kind of error that is, if it is what an error is about.
    pub(crate) fn kind_of(error: &PathError) -> Option<ErrorKind> {
        let distrust = error.cause().get_ref()?.downcast_ref::<Self>()?;
        Some(match distrust.fault {
            Fault::Shared => ErrorKind::Unsupported,
            _ => ErrorKind::Untrusted,
        })
    }
}

impl Fault {
    /// The rules for the base directory of this user.
    pub(crate) fn of_base(stat: &Stat, uid: u32) -> Option<Self> {
        if stat.uid != uid {
            Some(Self::Owner { owner: stat.uid, expected: uid })
        } else if stat.mode & 0o077 != 0 {
            Some(Self::Open { mode: stat.mode })
        } else {
            None
        }
    }

    /// The rules for an entry and a lock file of a store of this user's.
    pub(crate) fn of_file(stat: &Stat, uid: u32) -> Option<Self> {
        if stat.kind != FileType::RegularFile {
            Some(Self::Kind(stat.kind))
        } else if stat.uid != uid {
            Some(Self::Owner { owner: stat.uid, expected: uid })
        } else if stat.links > 1 {
            Some(Self::Links(stat.links))
        } else if stat.size > MAX_ENTRY as u64 {
            Some(Self::Size(stat.size))
        } else {
            None
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner { owner, expected } => {
                write!(f, "it belongs to user {owner}, not to user {expected}")
            }
            Self::Open { mode } => {
                write!(f, "its mode {mode:04o} lets others in; a store has a directory of its own, of mode 0700")
            }
            Self::Writable { mode } => {
                write!(f, "its mode {mode:04o} lets others put things in its place")
            }
            Self::Link => f.write_str("it is a symbolic link that may not be followed"),
            Self::TooManyLinks => f.write_str("too many symbolic links lead on from it"),
            Self::Kind(kind) => write!(f, "it is {}", kind_in_words(*kind)),
            Self::Links(count) => write!(f, "it has {count} names"),
            Self::Shared => f.write_str(
                "several machines may mount its filesystem, and see neither locks nor deaths of the others",
            ),
            Self::Size(size) => write!(f, "it is {size} bytes long, more than {MAX_ENTRY}"),
        }
    }
}

fn kind_in_words(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "a regular file",
        FileType::Directory => "a directory",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a fifo",
        FileType::Socket => "a socket",
        FileType::CharacterDevice => "a character device",
        FileType::BlockDevice => "a block device",
        FileType::Unknown => "of an unknown kind",
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Distrust {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys;

    #[test]
    fn an_entry_is_a_file_of_its_users_with_one_name_and_not_too_long() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let entry = sys::stat(&file).unwrap();
        let uid = entry.uid;
        let longest = Stat { size: MAX_ENTRY as u64, ..entry };
        for good in [entry, longest] {
            assert!(Fault::of_file(&good, uid).is_none());
        }
        let faults = [
            (Stat { size: longest.size + 1, ..entry }, "more than 1048576"),
            (Stat { links: 2, ..entry }, "it has 2 names"),
            (Stat { uid: uid + 1, ..entry }, "not to user"),
            (Stat { kind: FileType::Fifo, ..entry }, "it is a fifo"),
        ];
        for (bad, words) in faults {
            let fault = Fault::of_file(&bad, uid).unwrap().to_string();
            assert!(fault.contains(words), "{fault}");
        }
    }
}
