//! The base directory: found by descriptors alone, and believed only if nobody else can have put it
//! there.

pub(crate) mod ancestors;

use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use self::ancestors::Turn;
use crate::liveness::Kernels;
use crate::sync::Mutex;
use crate::sys::{self, Errno, FileType};
use crate::trust::{Distrust, Fault};

/// The pathname of a store, and which directory it was when its ancestors were last looked at.
#[derive(Debug)]
pub(crate) struct Base {
    pathname: Absolute,
    sharing: Sharing,
    passed: Mutex<Option<Passed>>,
}

/// Whether a filesystem that several machines mount will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    Refused,
    /// The caller insists.
    Accepted,
}

/// A directory whose ancestors have passed; the descriptor keeps its inode from being used again.
#[derive(Debug)]
struct Passed {
    inode: Inode,
    _pin: OwnedFd,
}

/// An open base directory that may be trusted.
#[derive(Debug)]
pub(crate) struct Directory {
    fd: OwnedFd,
    uid: u32,
    kernels: Kernels,
}

impl Base {
    pub(crate) fn new(pathname: Absolute, sharing: Sharing) -> Self {
        Self { pathname, sharing, passed: Mutex::new(None) }
    }

    pub(crate) fn pathname(&self) -> &Absolute {
        &self.pathname
    }

    /// The pathname of a segment, for errors: nothing is opened by it.
    pub(crate) fn segment_path(&self, identity: Identity) -> PathBuf {
        self.pathname.as_path().join(identity.to_string())
    }

    /// The pathname of an entry, likewise.
    pub(crate) fn entry_path(&self, identity: Identity, id: InstanceId) -> PathBuf {
        self.segment_path(identity).join(id.to_string())
    }

    /// Opens it; none if there is no such directory.
    ///
    /// The way from `/` is walked when the directory is another than last time. Whoever could turn a
    /// way that has passed into another would have to own a part of it.
    pub(crate) fn open(&self) -> Result<Option<Directory>, PathError> {
        let fd = match sys::open_dir(self.pathname.as_path()) {
            Ok(fd) => fd,
            Err(errno) => return self.explain(errno),
        };
        let stat = sys::stat(&fd).map_err(|errno| self.error("fstat", errno))?;
        let caller = sys::effective_uid();
        if stat.uid != caller && caller != 0 {
            return Err(self.distrust(Fault::Owner { owner: stat.uid, expected: caller }));
        }
        if let Some(fault) = Fault::of_base(&stat, stat.uid) {
            return Err(self.distrust(fault));
        }
        if !self.has_passed(stat.inode) {
            match ancestors::walk(&self.pathname, stat.uid)? {
                Some(end) if end.inode == stat.inode => {
                    *self.passed.lock() = Some(Passed { inode: end.inode, _pin: end.fd });
                }
                // It was replaced in between; the next attempt sees what is there then.
                _ => return Err(self.error("open", Errno::STALE)),
            }
        }
        let magic = sys::filesystem_magic(&fd).map_err(|errno| self.error("fstatfs", errno))?;
        Ok(Some(Directory { fd, uid: stat.uid, kernels: Kernels::of_filesystem(magic) }))
    }

    fn has_passed(&self, inode: Inode) -> bool {
        self.passed.lock().as_ref().is_some_and(|passed| passed.inode == inode)
    }

    /// The names that decide which directory it is, and its inode if it is there.
    pub(crate) fn trace(&self, uid: u32) -> Result<(Vec<Turn>, Option<Inode>), PathError> {
        ancestors::trace(&self.pathname, uid)
    }

    /// Why it cannot be opened: because a part of the way is somebody else's, as the walk will say,
    /// or because it is not there.
    fn explain(&self, errno: Errno) -> Result<Option<Directory>, PathError> {
        let caller = sys::effective_uid();
        let is_absent = errno == Errno::NOENT;
        // The superuser comes everywhere, and nothing of another user's way is believed here.
        if !(is_absent && caller == 0) {
            ancestors::walk(&self.pathname, caller)?;
        }
        if is_absent { Ok(None) } else { Err(self.error("open", errno)) }
    }

    /// Opens it, and makes it and what is missing above it, for nobody else to enter.
    pub(crate) fn open_or_create(&self) -> Result<Directory, PathError> {
        let directory = match self.open()? {
            Some(directory) => directory,
            None => {
                ancestors::create(&self.pathname)?;
                self.open()?.ok_or_else(|| self.error("open", Errno::NOENT))?
            }
        };
        self.check_may_lock(&directory)?;
        Ok(directory)
    }

    /// Opens it to lock in it; none if there is no such directory.
    pub(crate) fn open_to_lock(&self) -> Result<Option<Directory>, PathError> {
        let directory = self.open()?;
        directory.iter().try_for_each(|directory| self.check_may_lock(directory))?;
        Ok(directory)
    }

    /// Whether it could be opened to lock in it, or made for that by the caller.
    pub(crate) fn check_to_lock(&self) -> Result<(), PathError> {
        if self.open_to_lock()?.is_none() {
            // As whoever makes it: the superuser, too, then believes nothing of another user's.
            ancestors::walk(&self.pathname, sys::effective_uid())?;
        }
        Ok(())
    }

    /// A lock that another machine does not see is none.
    fn check_may_lock(&self, directory: &Directory) -> Result<(), PathError> {
        match (directory.kernels, self.sharing) {
            (Kernels::Several, Sharing::Refused) => Err(self.distrust(Fault::Shared)),
            _ => Ok(()),
        }
    }

    fn error(&self, call: &'static str, errno: Errno) -> PathError {
        PathError::new(call, self.pathname.as_path(), errno)
    }

    fn distrust(&self, fault: Fault) -> PathError {
        Distrust::of(self.pathname.as_path(), fault)
    }
}

impl Directory {
    /// The user whose store it is.
    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    /// Who else may write to its filesystem.
    pub(crate) fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// Opens the directory of a segment; none if there is none.
    pub(crate) fn open_segment(&self, name: &CStr) -> Result<Option<OwnedFd>, OpenFault> {
        let fd = match sys::open_beneath(&self.fd, name) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        };
        match sys::stat(&fd)?.uid {
            uid if uid == self.uid => Ok(Some(fd)),
            uid => Err(Fault::Owner { owner: uid, expected: self.uid }.into()),
        }
    }

    /// Opens a lock file in `dir`, this directory or one of its segments, and makes it if there is
    /// none; the superuser gives what it makes to the store's user.
    pub(crate) fn open_lock(&self, dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, OpenFault> {
        let fd = match sys::open_lock(dir, name) {
            Err(Errno::NOENT) => {
                self.create_lock(dir, name)?;
                sys::open_lock(dir, name)
            }
            opened => opened,
        }?;
        match Fault::of_file(&sys::stat(&fd)?, self.uid) {
            Some(fault) => Err(fault.into()),
            None => Ok(fd),
        }
    }

    /// Makes a lock file that belongs to the store's user from the moment it has a name, so that no
    /// other file is given away in its place, and a kill leaves none that the user may not lock.
    fn create_lock(&self, dir: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
        let unnamed = match sys::create_unnamed(dir) {
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => None,
            created => Some(created?),
        };
        let created = match &unnamed {
            Some(file) => self.own(file).and_then(|()| sys::link(file, dir, name)),
            None => sys::create_exclusive(dir, name).and_then(|file| self.own(&file)),
        };
        match created {
            // Another has been quicker.
            Err(Errno::EXIST) => Ok(()),
            created => created,
        }
    }

    /// Gives a new file to the store's user, whatever this process's umask has left of its mode.
    fn own(&self, file: &OwnedFd) -> Result<(), Errno> {
        sys::restrict_to_owner(file)?;
        if sys::effective_uid() == self.uid { Ok(()) } else { sys::give_to(file, self.uid) }
    }

    /// Whether it is still what it was when it was opened: closed to everybody but its user.
    pub(crate) fn check(&self) -> Result<(), OpenFault> {
        let stat = sys::stat(&self.fd)?;
        match Fault::of_base(&stat, self.uid) {
            Some(fault) => Err(fault.into()),
            None => Ok(()),
        }
    }
}

impl AsFd for Directory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Opens a file of a store for reading, whatever it turns out to be; none if it is not there.
pub(crate) fn open_file(dir: BorrowedFd<'_>, name: &CStr) -> Result<Option<OwnedFd>, OpenFault> {
    match sys::open_for_reading(dir, name) {
        Ok(file) => Ok(Some(file)),
        Err(Errno::NOENT) => Ok(None),
        // open(2) has this for a socket.
        Err(Errno::NXIO) => Err(Fault::Kind(FileType::Socket).into()),
        Err(errno) => Err(errno.into()),
    }
}

/// Why something below the base was not opened.
pub(crate) enum OpenFault {
    System(Errno),
    Distrusted(Fault),
}

impl OpenFault {
    pub(crate) fn at(self, path: &Path) -> PathError {
        match self {
            Self::System(errno) => PathError::new("open", path, errno),
            Self::Distrusted(fault) => Distrust::of(path, fault),
        }
    }
}

impl From<Errno> for OpenFault {
    fn from(errno: Errno) -> Self {
        // Nothing in a store is a link, and none is followed.
        if errno == Errno::LOOP { Self::Distrusted(Fault::Link) } else { Self::System(errno) }
    }
}

impl From<Fault> for OpenFault {
    fn from(fault: Fault) -> Self {
        Self::Distrusted(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_filesystem_of_several_machines_is_refused_unless_the_caller_insists() {
        let on = |kernels, sharing| {
            let fd = sys::open_root().expect("there is a root");
            let base = Base::new(Absolute::ROOT, sharing);
            base.check_may_lock(&Directory { fd, uid: 0, kernels })
        };
        let error = on(Kernels::Several, Sharing::Refused).expect_err("it is shared");
        assert_eq!(Distrust::kind_of(&error), Some(ErrorKind::Unsupported));
        on(Kernels::Several, Sharing::Accepted).expect("the caller insists");
        on(Kernels::One, Sharing::Refused).expect("it is not shared");
        on(Kernels::NotKnown, Sharing::Refused).expect("nothing is known against it");
    }
}
