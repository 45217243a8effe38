//! The way from `/` down to the base directory.
//!
//! Every directory on it belongs to root or to the base's user, and nobody else may write to it
//! unless it is sticky. A link is followed only if it belongs to one of them and stands in a
//! directory that passes; what it leads to must pass as well. Each step goes through the descriptor
//! of the one before, so that nothing can be exchanged under the walk.

use std::ffi::{CString, OsStr};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use hakurei_check::{Absolute, PathError};
use hakurei_lockedfile::Inode;

use crate::proc;
use crate::sys::{self, Errno, FileType, Stat};
use crate::trust::{Distrust, Fault};

/// As many links as the kernel follows in one name (path_resolution(7)).
const MAX_LINKS: u32 = 40;

/// The directory at the end of the way.
pub(super) struct End {
    pub(super) fd: OwnedFd,
    pub(super) inode: Inode,
}

/// Walks down to an existing directory of this user's; none if a part of the way is missing.
///
/// # Errors
///
/// The first directory or link on the way that may not be trusted.
pub(super) fn walk(pathname: &Absolute, uid: u32) -> Result<Option<End>, PathError> {
    let mut way = Way::begin(pathname, uid)?;
    while let Some(step) = way.steps.pop() {
        match way.descend(&step)? {
            Descent::Down | Descent::Followed => {}
            Descent::Missing => return Ok(None),
        }
    }
    Ok(Some(End { fd: way.at, inode: way.inode }))
}

/// A name that decides where the way leads.
pub(crate) struct Turn {
    /// The directory in which it stands, open as a place alone (`O_PATH`).
    pub(crate) dir: OwnedFd,
    pub(crate) inode: Inode,
    pub(crate) name: CString,
    pub(crate) leads: Leads,
}

/// Where a name leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leads {
    /// Into this directory.
    Down(Inode),
    /// It is a link.
    Elsewhere,
    /// There is no such name.
    Nowhere,
}

/// Walks down as far as there is a way, and says by which names; and at which directory it ends, if
/// nothing is missing.
///
/// # Errors
///
/// As [`walk`].
pub(super) fn trace(
    pathname: &Absolute,
    uid: u32,
) -> Result<(Vec<Turn>, Option<Inode>), PathError> {
    let mut way = Way::begin(pathname, uid)?;
    let mut turns = Vec::new();
    while let Some(name) = way.steps.pop() {
        let dir = way.at.try_clone().map_err(|error| PathError::new("dup", &*way.walked, error))?;
        let inode = way.inode;
        let leads = match way.descend(&name)? {
            Descent::Down => Leads::Down(way.inode),
            Descent::Followed => Leads::Elsewhere,
            Descent::Missing => Leads::Nowhere,
        };
        turns.push(Turn { dir, inode, name, leads });
        if leads == Leads::Nowhere {
            return Ok((turns, None));
        }
    }
    Ok((turns, Some(way.inode)))
}

/// Walks down, and makes what is missing, for the caller.
pub(super) fn create(pathname: &Absolute) -> Result<(), PathError> {
    let mut way = Way::begin(pathname, sys::effective_uid())?;
    while let Some(step) = way.steps.pop() {
        if let Descent::Missing = way.descend(&step)? {
            match sys::create_dir(&way.at, &step) {
                // Another may have been quicker; what it made is looked at like anything else.
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(way.error("mkdir", &step, errno)),
            }
            way.steps.push(step);
        }
    }
    Ok(())
}

/// A place on the way, and the names that are still to be gone down.
struct Way {
    at: OwnedFd,
    inode: Inode,
    /// For messages alone.
    walked: PathBuf,
    /// The next one last.
    steps: Vec<CString>,
    links_followed: u32,
    /// Whose directories are trusted beside root's: the user's whose store it is.
    uid: u32,
}

enum Descent {
    /// It was a directory.
    Down,
    /// It was a link, and what it says is still to be gone.
    Followed,
    Missing,
}

impl Way {
    fn begin(pathname: &Absolute, uid: u32) -> Result<Self, PathError> {
        let (at, inode) = open_root()?;
        Ok(Self {
            at,
            inode,
            walked: PathBuf::from("/"),
            steps: steps_of(pathname.as_bytes()),
            links_followed: 0,
            uid,
        })
    }

    /// Goes down by one name, whatever it turns out to be.
    fn descend(&mut self, step: &CString) -> Result<Descent, PathError> {
        let fd = match sys::open_path(&self.at, step) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(Descent::Missing),
            Err(errno) => return Err(self.error("open", step, errno)),
        };
        let stat = sys::stat(&fd).map_err(|errno| self.error("fstat", step, errno))?;
        let path = self.walked.join(OsStr::from_bytes(step.to_bytes()));
        match stat.kind {
            FileType::Symlink => self.follow(path, &fd, &stat).map(|()| Descent::Followed),
            FileType::Directory => {
                // The base itself has stricter rules, which whoever opens it applies.
                if !self.steps.is_empty() {
                    self.check_directory(&path, &stat)?;
                }
                self.at = fd;
                self.inode = stat.inode;
                self.walked = path;
                Ok(Descent::Down)
            }
            kind => Err(Distrust::of(&path, Fault::Kind(kind))),
        }
    }

    /// Goes on with what a link says; the base directory itself is none.
    fn follow(&mut self, path: PathBuf, link: &OwnedFd, stat: &Stat) -> Result<(), PathError> {
        // A link is only followed while the base's own name is still to come, so the last step of all
        // is that name.
        if self.steps.is_empty() || !self.is_trusted(stat.uid) {
            return Err(Distrust::of(&path, Fault::Link));
        }
        self.links_followed += 1;
        if self.links_followed > MAX_LINKS {
            return Err(Distrust::of(&path, Fault::TooManyLinks));
        }
        let target =
            sys::read_link(link, c"").map_err(|errno| PathError::new("readlink", path, errno))?;
        if target.to_bytes().starts_with(b"/") {
            (self.at, self.inode) = open_root()?;
            self.walked = PathBuf::from("/");
        }
        self.steps.extend(steps_of(target.to_bytes()));
        Ok(())
    }

    fn check_directory(&self, path: &std::path::Path, stat: &Stat) -> Result<(), PathError> {
        const WRITABLE_BY_OTHERS: u32 = 0o022;
        const STICKY: u32 = 0o1000;
        if !self.is_trusted(stat.uid) {
            let fault = Fault::Owner { owner: stat.uid, expected: self.uid };
            return Err(Distrust::of(path, fault));
        }
        if stat.mode & WRITABLE_BY_OTHERS != 0 && stat.mode & STICKY == 0 {
            return Err(Distrust::of(path, Fault::Writable { mode: stat.mode }));
        }
        Ok(())
    }

    fn is_trusted(&self, uid: u32) -> bool {
        uid == self.uid || counts_as_root(uid)
    }

    fn error(&self, call: &'static str, step: &CString, errno: Errno) -> PathError {
        PathError::new(call, self.walked.join(OsStr::from_bytes(step.to_bytes())), errno)
    }
}

/// The names on a way, the first one last; empty ones and `.` lead nowhere.
fn steps_of(way: &[u8]) -> Vec<CString> {
    let names = way.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."));
    // Neither a checked pathname nor a link's target holds NUL.
    names.rev().filter_map(|name| CString::new(name).ok()).collect()
}

/// Where every way begins. Whoever owns it owns all that there is to see.
fn open_root() -> Result<(OwnedFd, Inode), PathError> {
    let error = |call, errno: Errno| PathError::new(call, "/", errno);
    let root = sys::open_root().map_err(|errno| error("open", errno))?;
    let stat = sys::stat(&root).map_err(|errno| error("fstat", errno))?;
    Ok((root, stat.inode))
}

/// Root, or, in a user namespace that root is not mapped into, whoever its files show as.
fn counts_as_root(uid: u32) -> bool {
    uid == 0 || (uid == proc::overflow_uid() && !proc::root_is_mapped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_counts_as_root_but_root_and_who_stands_for_it() {
        assert!(counts_as_root(0));
        assert!(!counts_as_root(4711));
        assert_eq!(counts_as_root(proc::overflow_uid()), !proc::root_is_mapped());
    }
}
