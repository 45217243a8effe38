//! Where a lock file is, and how it is opened.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use hakurei_check::{Absolute, PathError};

use crate::sys::{self, Links, Rights};

/// A name for a lock file: how it is opened, and what it means now.
///
/// [`Absolute`] is one: the file is created with mode 0600 if there is none, symbolic links in its
/// place are refused, and it must be a regular file without a second name. Whoever has stricter
/// rules, or opens more than the file, implements this for a type of its own.
pub trait Place {
    /// What is opened, and stays open; it lends the descriptor that is locked.
    ///
    /// That descriptor must be one of an open file description of its own, closed on exec, which
    /// nobody else locks or unlocks.
    type Opened: AsFd;

    /// The pathname, for messages.
    fn path(&self) -> &Absolute;

    /// Opens the file, and creates it if there is none. This lock is not held meanwhile.
    ///
    /// # Errors
    ///
    /// What kept it from being opened. Nothing is remembered of it: the next attempt to lock opens
    /// again.
    fn open(&self) -> Result<Self::Opened, PathError>;

    /// The inode that the name means now, or `None` if there is no such file.
    ///
    /// It is called after each locking, with the lock held, so it should be one system call.
    ///
    /// # Errors
    ///
    /// What kept the name from being looked up; the lock is let go then.
    fn current(&self) -> Result<Option<Inode>, PathError>;
}

/// What the kernel knows a file by, whatever its names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Inode {
    /// The device, as `st_dev` has it.
    pub device: u64,
    /// The number on that device, `st_ino`.
    pub number: u64,
}

impl Inode {
    /// Asks an open file for its inode.
    ///
    /// # Errors
    ///
    /// What fstat(2) answers; it does not fail on an open file of a healthy filesystem.
    pub fn of(file: impl AsFd) -> io::Result<Self> {
        Ok(sys::look(file)?.inode)
    }
}

impl Place for Absolute {
    type Opened = OwnedFd;

    fn path(&self) -> &Absolute {
        self
    }

    fn open(&self) -> Result<OwnedFd, PathError> {
        open_lock_file(self).map_err(|cause| PathError::new("open", self.as_path(), cause))
    }

    #[inline(always)]
    fn current(&self) -> Result<Option<Inode>, PathError> {
        sys::inode_at(self.as_path(), Links::Refuse)
            .map_err(|cause| PathError::new("lstat", self.as_path(), cause))
    }
}

fn open_lock_file(path: &Absolute) -> io::Result<OwnedFd> {
    let file = sys::open(path.as_path(), Rights::Write, Links::Refuse, 0o600)?;
    let found = sys::look(&file)?;
    if !found.is_regular {
        return Err(io::Error::other("not a regular file"));
    }
    // No link at all is the business of the look after locking: the file has just been replaced.
    if found.has_other_names {
        return Err(io::Error::other("the file has another name"));
    }
    Ok(file)
}
