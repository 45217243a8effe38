//! Files: entries and lock files.

use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hakurei_lockedfile::Inode;
use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Uid};
use rustix::io::{Errno, FdFlags};
use rustix::path::Arg;

use super::dir::open_at;
use super::{Stat, retry};

const OWNER_ONLY: Mode = Mode::RUSR.union(Mode::WUSR);

/// Opens an entry, or a lock that is only asked about; whatever stands in its place, this does not wait
/// for it.
pub(crate) fn open_for_reading(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    open_at(dir, name, flags, Mode::empty())
}

/// Opens a lock file for locking.
pub(crate) fn open_lock(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    open_at(dir, name, flags, Mode::empty())
}

/// Makes a file that has no name yet (`O_TMPFILE`, Linux 3.11).
pub(crate) fn create_unnamed(dir: impl AsFd) -> Result<OwnedFd, Errno> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    retry(|| rustix::fs::openat(&dir, c".", flags, OWNER_ONLY))
}

/// Makes a file under its name, which must be free.
pub(crate) fn create_exclusive(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    open_at(dir, name, flags, OWNER_ONLY)
}

/// Gives an unnamed file its name, which must be free.
///
/// AT_EMPTY_PATH asks for a capability before Linux 6.10, and some security modules refuse it; then
/// the way through /proc is taken, and from then on at once.
pub(crate) fn link(file: impl AsFd, dir: impl AsFd, name: &CStr) -> Result<(), Errno> {
    static THROUGH_PROC: AtomicBool = AtomicBool::new(false);
    if !THROUGH_PROC.load(Ordering::Relaxed) {
        match retry(|| rustix::fs::linkat(&file, c"", &dir, name, AtFlags::EMPTY_PATH)) {
            Err(Errno::NOENT | Errno::PERM | Errno::ACCESS | Errno::INVAL) => {}
            answer => return answer,
        }
    }
    // This thread's, for the one that the process began with may have ended.
    let itself = format!("/proc/thread-self/fd/{}", file.as_fd().as_raw_fd());
    retry(|| rustix::fs::linkat(CWD, &*itself, &dir, name, AtFlags::SYMLINK_FOLLOW))?;
    THROUGH_PROC.store(true, Ordering::Relaxed);
    Ok(())
}

/// Takes a name away.
pub(crate) fn unlink(dir: impl AsFd, name: &CStr) -> Result<(), Errno> {
    retry(|| rustix::fs::unlinkat(&dir, name, AtFlags::empty()))
}

/// Takes the name of an empty directory away.
pub(crate) fn remove_dir(dir: impl AsFd, name: &CStr) -> Result<(), Errno> {
    retry(|| rustix::fs::unlinkat(&dir, name, AtFlags::REMOVEDIR))
}

/// Makes a new file the owner's alone to read and write, whatever the umask has left of that.
pub(crate) fn restrict_to_owner(file: impl AsFd) -> Result<(), Errno> {
    retry(|| rustix::fs::fchmod(&file, OWNER_ONLY))
}

/// Hands a file to another user, as only the superuser may.
pub(crate) fn give_to(file: impl AsFd, uid: u32) -> Result<(), Errno> {
    retry(|| rustix::fs::fchown(&file, Some(Uid::from_raw(uid)), None))
}

/// Looks at an open file.
pub(crate) fn stat(file: impl AsFd) -> Result<Stat, Errno> {
    retry(|| rustix::fs::fstat(&file)).map(Stat::from)
}

/// Looks at a name, not through it.
pub(crate) fn stat_at(dir: impl AsFd, name: &CStr) -> Result<Stat, Errno> {
    retry(|| rustix::fs::statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW)).map(Stat::from)
}

/// Looks at a whole pathname, not through a link at its end.
pub(crate) fn stat_path(pathname: impl Arg + Copy) -> Result<Stat, Errno> {
    retry(|| rustix::fs::statat(CWD, pathname, AtFlags::SYMLINK_NOFOLLOW)).map(Stat::from)
}

/// Writes all of it, from the beginning of an empty file.
pub(crate) fn write_all(file: impl AsFd, bytes: &[u8]) -> Result<(), Errno> {
    write_all_by(|rest| rustix::io::write(&file, rest), bytes)
}

/// The same by any way to write, of which each call may take only a part.
fn write_all_by(
    mut write: impl FnMut(&[u8]) -> Result<usize, Errno>,
    mut bytes: &[u8],
) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match retry(|| write(bytes))? {
            // POSIX has no meaning for it; a full device answers ENOSPC.
            0 => return Err(Errno::IO),
            written => bytes = &bytes[written..],
        }
    }
    Ok(())
}

/// Appends what is left of a file, which should be about `size` bytes, and of which no more than
/// one byte beyond `limit` is read.
pub(crate) fn read_to_end(
    file: impl AsFd,
    size: u64,
    limit: usize,
    bytes: &mut Vec<u8>,
) -> Result<(), Errno> {
    let size = usize::try_from(size).unwrap_or(usize::MAX).min(limit);
    let start = bytes.len();
    // One byte more, so that the end is met in the same call that reads the last byte.
    bytes.reserve(size + 1);
    loop {
        let read = retry(|| rustix::io::read(&file, spare_capacity(bytes)))?;
        let total = bytes.len() - start;
        if read == 0 || total == size || total > limit {
            return Ok(());
        }
        bytes.reserve(1);
    }
}

/// Reads a file from its beginning, wherever its position is, and no more than one byte beyond
/// `limit`.
pub(crate) fn read_from_start(file: impl AsFd, limit: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::with_capacity(4096);
    while bytes.len() <= limit {
        // No file is longer than 2^63 bytes.
        let position = bytes.len() as u64;
        if retry(|| rustix::io::pread(&file, spare_capacity(&mut bytes), position))? == 0 {
            break;
        }
        bytes.reserve(4096);
    }
    Ok(bytes)
}

/// Fills the buffer, or as much of it as the file has; the count says how much that is.
pub(crate) fn read_exact_or_end(file: impl AsFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    let mut filled = 0;
    while filled < buffer.len() {
        match retry(|| rustix::io::read(&file, &mut buffer[filled..]))? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// A second descriptor of the same open file, and so of the same lock; closed on exec.
pub(crate) fn duplicate(file: impl AsFd) -> Result<OwnedFd, Errno> {
    // Low numbers are where programs look for their standard streams.
    rustix::io::fcntl_dupfd_cloexec(file, 3)
}

/// Has a descriptor that came from elsewhere closed on exec, as all others are.
pub(crate) fn close_on_exec(file: impl AsFd) -> Result<(), Errno> {
    rustix::io::fcntl_setfd(file, FdFlags::CLOEXEC)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unnecessary_cast,
    reason = "the kernel's fields differ in width and sign between machines, and none is negative"
)]
impl From<rustix::fs::Stat> for Stat {
    fn from(stat: rustix::fs::Stat) -> Self {
        Self {
            inode: Inode { device: stat.st_dev as u64, number: stat.st_ino as u64 },
            kind: FileType::from_raw_mode(stat.st_mode),
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            links: stat.st_nlink as u64,
            size: stat.st_size as u64,
            modified: Duration::new(stat.st_mtime.max(0) as u64, stat.st_mtime_nsec as u32),
        }
    }
}

#[cfg(test)]
mod tests;
