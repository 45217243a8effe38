//! The two directories that an entry lies in, which stay open for as long as it is leased.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hakurei_check::PathError;

use crate::base::Directory;
use crate::sys::{self, Answer, Errno, Stat};

/// A segment's directory and the base above it, both open.
#[derive(Debug)]
pub(crate) struct Directories {
    segment: OwnedFd,
    base: Directory,
    /// Whether nothing more is to be done against cleaners.
    is_shielded: AtomicBool,
    /// Whether the names that lead here are on the disk.
    way_is_synced: AtomicBool,
}

impl Directories {
    pub(crate) fn new(base: Directory, segment: OwnedFd) -> Self {
        let (is_shielded, way_is_synced) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { segment, base, is_shielded, way_is_synced }
    }

    pub(crate) fn segment(&self) -> BorrowedFd<'_> {
        self.segment.as_fd()
    }

    pub(crate) fn base(&self) -> &Directory {
        &self.base
    }

    /// The segment's directory as it is now; it has no link any more once it has been removed.
    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        sys::stat(&self.segment)
    }

    /// Shares a lock on the base, which systemd-tmpfiles(8) leaves alone then, with all that is below
    /// it, however old that looks. It ends with the descriptor.
    ///
    /// A cleaner that is at work there already is no error: it finds nothing old in what has just been
    /// saved. Nor is a filesystem whose directories cannot be locked.
    pub(crate) fn shield(&self) {
        if self.is_shielded.load(Ordering::Relaxed) {
            return;
        }
        let refused = sys::try_shared(&self.base) == Ok(Answer::Refused);
        self.is_shielded.store(!refused, Ordering::Relaxed);
    }

    /// Syncs the base and the directories above it, as far as they can be opened and are of one
    /// filesystem, so that a segment or a store that was just made is found after a power cut.
    ///
    /// It is done once: these names were there before this was opened.
    pub(crate) fn sync_way(&self, base: &Path) -> Result<(), PathError> {
        if !self.way_is_synced.load(Ordering::Relaxed) {
            self.sync_upwards(base)?;
            self.way_is_synced.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn sync_upwards(&self, base: &Path) -> Result<(), PathError> {
        let mut path = base.to_path_buf();
        let sync = |dir: BorrowedFd<'_>, path: &Path| -> Result<Stat, PathError> {
            sys::sync_dir(dir).map_err(|errno| PathError::new("fsync", path, errno))?;
            sys::stat(dir).map_err(|errno| PathError::new("fstat", path, errno))
        };
        let mut below = sync(self.base.as_fd(), &path)?;
        let mut above = sys::open_parent(&self.base);
        loop {
            path.push("..");
            let dir = match above {
                Ok(dir) => dir,
                // Others made it, and it is not for this user to read.
                Err(Errno::ACCESS | Errno::PERM) => return Ok(()),
                Err(errno) => return Err(PathError::new("open", path, errno)),
            };
            let stat =
                sys::stat(&dir).map_err(|errno| PathError::new("fstat", path.clone(), errno))?;
            // The root is its own parent.
            if stat.inode == below.inode || stat.inode.device != below.inode.device {
                return Ok(());
            }
            below = sync(dir.as_fd(), &path)?;
            above = sys::open_parent(&dir);
        }
    }
}
