//! Getting things onto a disk.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::Mode;
use rustix::io::Errno;

use super::dir::DIRECTORY;
use super::retry;

/// Waits until a file's contents are on the disk, and what it takes to read them.
pub(crate) fn sync_data(file: impl AsFd) -> Result<(), Errno> {
    retry(|| rustix::fs::fdatasync(&file))
}

/// Waits until a directory is on the disk, with all of its names.
pub(crate) fn sync_dir(dir: impl AsFd) -> Result<(), Errno> {
    retry(|| rustix::fs::fsync(&dir))
}

/// Opens the directory in which another one stands, whatever way it was come by.
pub(crate) fn open_parent(dir: impl AsFd) -> Result<OwnedFd, Errno> {
    retry(|| rustix::fs::openat(&dir, c"..", DIRECTORY, Mode::empty()))
}
