//! The two lock files, as places that a mutex can open.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::{Inode, Place};

use crate::base::{Base, Directory};
use crate::directories::Directories;
use crate::names::{LOCK, Name};
use crate::sync::Mutex;
use crate::sys::{self, Errno};

/// The store's own lock.
#[derive(Debug)]
pub(crate) struct StoreLock {
    base: Arc<Base>,
    file: LockFile,
}

/// A segment's lock, which is opened together with the segment.
#[derive(Debug)]
pub(crate) struct SegmentLock {
    base: Arc<Base>,
    name: Name,
    file: LockFile,
}

/// The name of a lock file, for messages and for the kernel, which is asked for it at each locking.
#[derive(Debug)]
struct LockFile {
    path: Absolute,
    for_the_kernel: CString,
}

/// An open segment: its lock file, and the directories that were opened on the way to it.
#[derive(Debug)]
pub(crate) struct OpenSegment {
    lock: OwnedFd,
    /// Each lease keeps them as well.
    pub(crate) directories: Arc<Directories>,
    /// Entries that are known to be no affair of the Go system's; they never change.
    pub(crate) not_gos: Mutex<BTreeSet<InstanceId>>,
}

impl StoreLock {
    pub(crate) fn new(base: Arc<Base>) -> Self {
        let file = LockFile::new(below(base.pathname(), &[LOCK.to_bytes()]));
        Self { base, file }
    }
}

impl SegmentLock {
    pub(crate) fn new(base: Arc<Base>, identity: Identity) -> Self {
        let path = below(base.pathname(), &[identity.to_string().as_bytes(), LOCK.to_bytes()]);
        Self { base, name: Name::of_segment(identity), file: LockFile::new(path) }
    }

    fn error(&self, call: &'static str, errno: Errno) -> PathError {
        PathError::new(call, self.file.path.parent().as_path(), errno)
    }
}

impl Place for StoreLock {
    type Opened = OwnedFd;

    fn path(&self) -> &Absolute {
        &self.file.path
    }

    fn open(&self) -> Result<OwnedFd, PathError> {
        let base = self.base.open_or_create()?;
        open_lock(&base, base.as_fd(), &self.file.path)
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.file.current()
    }
}

impl Place for SegmentLock {
    type Opened = OpenSegment;

    fn path(&self) -> &Absolute {
        &self.file.path
    }

    /// Opens a segment that exists; making it takes the store's lock, which is the handle's affair.
    fn open(&self) -> Result<OpenSegment, PathError> {
        let missing = || self.error("open", Errno::NOENT);
        let base = self.base.open_to_lock()?.ok_or_else(missing)?;
        let opened = base.open_segment(self.name.as_c_str());
        let parent = || self.file.path.parent();
        let directory =
            opened.map_err(|fault| fault.at(parent().as_path()))?.ok_or_else(missing)?;
        let lock = open_lock(&base, directory.as_fd(), &self.file.path)?;
        let directories = Arc::new(Directories::new(base, directory));
        Ok(OpenSegment { lock, directories, not_gos: Mutex::default() })
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.file.current()
    }
}

impl LockFile {
    fn new(path: Absolute) -> Self {
        let for_the_kernel = path.to_c_string();
        Self { path, for_the_kernel }
    }

    /// What the whole name means now: that the base, the segment and the lock are all still those
    /// that were opened takes one look, for a lock file has no second name.
    #[inline]
    fn current(&self) -> Result<Option<Inode>, PathError> {
        match sys::stat_path(self.for_the_kernel.as_c_str()) {
            Ok(stat) => Ok(Some(stat.inode)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(errno) => Err(PathError::new("stat", self.path.as_path(), errno)),
        }
    }
}

/// Of what a segment's lock keeps open, the file that was written to.
impl From<OpenSegment> for OwnedFd {
    fn from(opened: OpenSegment) -> Self {
        opened.lock
    }
}

impl AsFd for OpenSegment {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }
}

fn open_lock(base: &Directory, dir: BorrowedFd<'_>, path: &Absolute) -> Result<OwnedFd, PathError> {
    base.open_lock(dir, LOCK).map_err(|fault| fault.at(path.as_path()))
}

/// A pathname in a store.
pub(crate) fn below(base: &Absolute, names: &[&[u8]]) -> Absolute {
    match base.join_all(names) {
        Ok(path) => path,
        // Numbers and a constant hold no NUL.
        Err(_) => unreachable!("the names of a store hold no NUL"),
    }
}
