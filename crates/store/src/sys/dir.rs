//! Directories: opening what lies below them, and reading their names.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, ResolveFlags, SeekFrom};
use rustix::io::Errno;
use rustix::path::Arg;

use super::retry;

pub(super) const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The root of this process's mounts, as a place to start from.
pub(crate) fn open_root() -> Result<OwnedFd, Errno> {
    open_path(CWD, c"/")
}

/// A descriptor that stands for a name without reading it (`O_PATH`), of a link for the link itself.
pub(crate) fn open_path(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    retry(|| rustix::fs::openat(&dir, name, flags, Mode::empty()))
}

/// Opens a directory by its whole pathname, for reading; a link in its last element is refused.
pub(crate) fn open_dir(pathname: impl Arg + Copy) -> Result<OwnedFd, Errno> {
    retry(|| rustix::fs::openat(CWD, pathname, DIRECTORY, Mode::empty()))
}

/// Opens the directory `name` of `dir`, for reading; no link, no other filesystem.
pub(crate) fn open_beneath(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    open_at(dir.as_fd(), name, DIRECTORY, Mode::empty())
}

/// Opens one component below `dir`, which nothing can lead elsewhere: openat2 (Linux 5.6) says so
/// to the kernel. Where there is no openat2, or an old seccomp profile answers EPERM to it, the
/// callers' single components and O_NOFOLLOW say nearly the same.
pub(super) fn open_at(
    dir: impl AsFd,
    name: impl Arg + Copy,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    static MISSING: AtomicBool = AtomicBool::new(false);
    const RESOLVE: ResolveFlags = ResolveFlags::BENEATH
        .union(ResolveFlags::NO_SYMLINKS)
        .union(ResolveFlags::NO_MAGICLINKS)
        .union(ResolveFlags::NO_XDEV);
    if !MISSING.load(Ordering::Relaxed) {
        match retry(|| rustix::fs::openat2(&dir, name, flags, mode, RESOLVE)) {
            Err(Errno::NOSYS) => MISSING.store(true, Ordering::Relaxed),
            Err(Errno::PERM) if !openat2_works() => MISSING.store(true, Ordering::Relaxed),
            answer => return answer,
        }
    }
    retry(|| rustix::fs::openat(&dir, name, flags | OFlags::NOFOLLOW, mode))
}

/// Asks for something that is always there and always allowed.
fn openat2_works() -> bool {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    rustix::fs::openat2(CWD, c"/", flags, Mode::empty(), ResolveFlags::empty()).is_ok()
}

/// Makes a directory that nobody else may enter.
pub(crate) fn create_dir(dir: impl AsFd, name: &CStr) -> Result<(), Errno> {
    retry(|| rustix::fs::mkdirat(&dir, name, Mode::RWXU))?;
    // The umask may have left less.
    retry(|| rustix::fs::chmodat(&dir, name, Mode::RWXU, AtFlags::empty()))
}

/// Where a link points, of which `dir` is the `O_PATH` descriptor when the name is empty.
pub(crate) fn read_link(dir: impl AsFd, name: &CStr) -> Result<CString, Errno> {
    retry(|| rustix::fs::readlinkat(&dir, name, Vec::new()))
}

/// The filesystem's magic number (statfs(2), `f_type`).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "f_type is a signed word of the machine that holds 32 bits"
)]
pub(crate) fn filesystem_magic(fd: impl AsFd) -> Result<u32, Errno> {
    retry(|| rustix::fs::fstatfs(&fd)).map(|filesystem| filesystem.f_type as u32)
}

/// Hands out every name of a directory but `.` and `..`, from the beginning, in the kernel's order.
///
/// The descriptor's position is used: whoever shares it must take turns.
pub(crate) fn scan(dir: impl AsFd, mut each: impl FnMut(&[u8], FileType)) -> Result<(), Errno> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 32 * 1024];
    rustix::fs::seek(&dir, SeekFrom::Start(0))?;
    let mut entries = RawDir::new(&dir, &mut buffer);
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
            Ok(entry) => {
                let kind = match entry.file_type() {
                    FileType::Unknown => kind_of(&dir, entry.file_name()),
                    kind => kind,
                };
                each(entry.file_name().to_bytes(), kind);
            }
            Err(Errno::INTR) => {}
            // It has been removed, and holds nothing any more.
            Err(Errno::NOENT) => return Ok(()),
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Some filesystems leave the type out of their directories.
fn kind_of(dir: impl AsFd, name: &CStr) -> FileType {
    super::stat_at(dir, name).map_or(FileType::Unknown, |stat| stat.kind)
}
