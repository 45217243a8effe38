//! The system calls, bare: each is one call, unless it says otherwise, and nothing is checked or
//! tried again. What a floor makes of them stands with each operation; rustix is named here alone.

mod machine;
mod process;

pub(crate) use self::machine::{free_space, kernel, limit_descriptors};
pub(crate) use self::process::{Pidfd, is_superuser};

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, FlockOperation, Mode, OFlags, RawDir, ResolveFlags, linkat, mkdirat, openat,
    openat2, statat, unlinkat,
};
use rustix::io::{Errno, Result};

const OWNER_ONLY: Mode = Mode::RUSR.union(Mode::WUSR);
const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

/// Which file it is, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) uid: u32,
    pub(crate) links: u64,
}

/// Opens a directory by its pathname.
#[inline]
pub(crate) fn open_dir(path: &CStr) -> Result<OwnedFd> {
    openat(CWD, path, DIRECTORY, Mode::empty())
}

/// Opens a directory below another, which nothing can lead elsewhere.
#[inline]
pub(crate) fn open_dir_below(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
    openat2(dir, name, DIRECTORY, Mode::empty(), BENEATH)
}

/// Opens a file to read, which nothing can lead elsewhere.
#[inline]
pub(crate) fn open_to_read(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
    openat2(dir, name, FILE | OFlags::RDONLY, Mode::empty(), BENEATH)
}

/// Opens a file to lock, and makes it if it is not there.
#[inline]
pub(crate) fn open_to_lock(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
    openat2(dir, name, FILE | OFlags::RDWR | OFlags::CREATE, OWNER_ONLY, BENEATH)
}

/// Makes a file without a name.
#[inline]
pub(crate) fn create_unnamed(dir: BorrowedFd<'_>) -> Result<OwnedFd> {
    openat(dir, c".", OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, OWNER_ONLY)
}

/// Makes a file under its name.
#[inline]
pub(crate) fn create(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
    let flags = FILE | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    openat(dir, name, flags, OWNER_ONLY)
}

/// Makes a directory.
#[inline]
pub(crate) fn create_dir(dir: BorrowedFd<'_>, name: &CStr) -> Result<()> {
    mkdirat(dir, name, Mode::RWXU)
}

/// Gives an unnamed file its name.
#[inline]
pub(crate) fn link(file: BorrowedFd<'_>, dir: BorrowedFd<'_>, name: &CStr) -> Result<()> {
    linkat(file, c"", dir, name, AtFlags::EMPTY_PATH)
}

/// Takes a name away.
#[inline]
pub(crate) fn unlink(dir: BorrowedFd<'_>, name: &CStr) -> Result<()> {
    unlinkat(dir, name, AtFlags::empty())
}

/// Writes what fits into one call.
#[inline]
pub(crate) fn write(file: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize> {
    rustix::io::write(file, bytes)
}

/// Reads what one call gives.
#[inline]
pub(crate) fn read(file: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize> {
    rustix::io::read(file, buffer)
}

/// Waits for a lock and takes it.
#[inline]
pub(crate) fn flock(file: BorrowedFd<'_>) -> Result<()> {
    rustix::fs::flock(file, FlockOperation::LockExclusive)
}

/// Lets a lock go.
#[inline]
pub(crate) fn unlock(file: BorrowedFd<'_>) -> Result<()> {
    rustix::fs::flock(file, FlockOperation::Unlock)
}

/// Whether somebody holds a lock: one call if so, and otherwise two.
#[inline]
pub(crate) fn is_locked(file: BorrowedFd<'_>) -> Result<bool> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockShared) {
        Err(Errno::WOULDBLOCK) => Ok(true),
        answer => answer.and_then(|()| unlock(file)).map(|()| false),
    }
}

/// Looks at an open file.
#[inline]
pub(crate) fn stat(file: BorrowedFd<'_>) -> Result<Stat> {
    rustix::fs::fstat(file).map(Stat::from)
}

/// Looks at a whole pathname.
#[inline]
pub(crate) fn stat_path(path: &CStr) -> Result<Stat> {
    statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).map(Stat::from)
}

/// Reads the names of a directory but `.` and `..`: as many calls as it takes, and one more.
#[inline]
pub(crate) fn names(dir: BorrowedFd<'_>, mut each: impl FnMut(&CStr)) -> Result<()> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 32 * 1024];
    let mut names = RawDir::new(dir, &mut buffer);
    while let Some(name) = names.next() {
        let name = name?;
        if !matches!(name.file_name().to_bytes(), b"." | b"..") {
            each(name.file_name());
        }
    }
    Ok(())
}

/// A pathname as the calls take it.
pub(crate) fn c_path(path: &Path) -> crate::Result<std::ffi::CString> {
    use std::os::unix::ffi::OsStrExt as _;
    Ok(std::ffi::CString::new(path.as_os_str().as_bytes())?)
}

#[expect(
    clippy::unnecessary_cast,
    reason = "the kernel's fields differ in width between machines, and all fit"
)]
impl From<rustix::fs::Stat> for Stat {
    #[inline]
    fn from(stat: rustix::fs::Stat) -> Self {
        Self {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            uid: stat.st_uid,
            links: stat.st_nlink as u64,
        }
    }
}
