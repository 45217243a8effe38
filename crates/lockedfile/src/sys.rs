//! The system calls of this crate: the one module that names rustix.

mod wiped;

pub(crate) use self::wiped::wiped_on_fork;

use std::io;
use std::os::fd::{AsFd, IntoRawFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;
use rustix::process::Pid;

use crate::{Inode, Mode as LockMode};

/// What flock answered.
#[derive(Debug)]
pub(crate) enum Flock {
    Granted,
    Busy,
    /// The filesystem cannot lock, or has no room for one more lock.
    Unsupported(io::Error),
}

/// Whether a call waits for what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocking {
    Yes,
    No,
}

/// Asks for a lock.
#[inline(always)]
pub(crate) fn flock(file: impl AsFd, mode: LockMode, blocking: Blocking) -> io::Result<Flock> {
    let operation = match (mode, blocking) {
        (LockMode::Exclusive, Blocking::Yes) => FlockOperation::LockExclusive,
        (LockMode::Exclusive, Blocking::No) => FlockOperation::NonBlockingLockExclusive,
        (LockMode::Shared, Blocking::Yes) => FlockOperation::LockShared,
        (LockMode::Shared, Blocking::No) => FlockOperation::NonBlockingLockShared,
    };
    answer(retry(|| rustix::fs::flock(&file, operation)))
}

#[inline]
fn answer(answer: rustix::io::Result<()>) -> io::Result<Flock> {
    match answer {
        Ok(()) => Ok(Flock::Granted),
        Err(Errno::WOULDBLOCK) => Ok(Flock::Busy),
        Err(errno @ (Errno::OPNOTSUPP | Errno::NOLCK | Errno::NOSYS | Errno::INVAL)) => {
            Ok(Flock::Unsupported(errno.into()))
        }
        Err(errno) => Err(errno.into()),
    }
}

/// Lets time pass between two requests; flock(2) can wait for a lock, but not until a deadline.
pub(crate) fn pause(pause: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing tells of a lock's end without taking it"
    )]
    std::thread::sleep(pause);
}

/// Releases the lock of the open file description, for everyone who shares it.
#[inline(always)]
pub(crate) fn unlock(file: impl AsFd) -> io::Result<()> {
    Ok(retry(|| rustix::fs::flock(&file, FlockOperation::Unlock))?)
}

/// The process's number, asked anew each time: a forked child must not get its parent's.
pub(crate) fn process_id() -> u32 {
    rustix::process::getpid().as_raw_nonzero().get().cast_unsigned()
}

/// Whether there is no process of this number, not even one whose end nobody has asked for yet.
///
/// The absence of `/proc/PID` would prove nothing: hidepid hides the processes of others.
pub(crate) fn is_gone(process: u32) -> bool {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(Errno::SRCH))
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    Read,
    /// Reading and writing; the file is created if there is none.
    Write,
}

/// Whether a symbolic link in place of the file is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    Refuse,
}

/// Opens without waiting for anything, be it a fifo; the descriptor is closed on exec.
pub(crate) fn open(
    path: &Path,
    rights: Rights,
    links: Links,
    permissions: u32,
) -> io::Result<OwnedFd> {
    let mut flags = OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    flags |= match rights {
        Rights::Read => OFlags::RDONLY,
        Rights::Write => OFlags::RDWR | OFlags::CREATE,
    };
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    let permissions = Mode::from_bits_truncate(permissions);
    Ok(retry(|| rustix::fs::open(path, flags, permissions))?)
}

/// What is known of an open file.
pub(crate) struct Found {
    pub(crate) inode: Inode,
    pub(crate) is_regular: bool,
    pub(crate) has_other_names: bool,
}

/// Looks at an open file.
pub(crate) fn look(file: impl AsFd) -> io::Result<Found> {
    let stat = rustix::fs::fstat(file)?;
    Ok(Found {
        inode: inode(&stat),
        is_regular: FileType::from_raw_mode(stat.st_mode).is_file(),
        has_other_names: stat.st_nlink > 1,
    })
}

/// The inode that a name means now, if it means any.
#[inline(always)]
pub(crate) fn inode_at(path: &Path, links: Links) -> io::Result<Option<Inode>> {
    let flags = match links {
        Links::Follow => AtFlags::empty(),
        Links::Refuse => AtFlags::SYMLINK_NOFOLLOW,
    };
    match retry(|| rustix::fs::statat(CWD, path, flags)) {
        Ok(stat) => Ok(Some(inode(&stat))),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// A device's number in its two halves, as `/proc` writes it.
pub(crate) fn halves(device: u64) -> (u32, u32) {
    (rustix::fs::major(device), rustix::fs::minor(device))
}

/// The error of a lock that would never be granted, `EDEADLK`.
pub(crate) fn deadlock() -> io::Error {
    Errno::DEADLK.into()
}

/// Closes, and tells what the kernel thinks of it; the descriptor is gone in any case.
pub(crate) fn close(file: OwnedFd) -> io::Result<()> {
    #[expect(unsafe_code, reason = "dropping an OwnedFd swallows the error of close")]
    // SAFETY: the descriptor was owned by `file`, which has just given it up; so it is open, and
    // nobody uses it afterwards.
    unsafe {
        Ok(rustix::io::try_close(file.into_raw_fd())?)
    }
}

#[inline]
fn inode(stat: &Stat) -> Inode {
    Inode { device: stat.st_dev, number: stat.st_ino }
}

#[inline(always)]
fn retry<T>(call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    #[cfg(shuttle)]
    crate::sync::let_others_run();
    rustix::io::retry_on_intr(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filesystem_that_cannot_lock_is_neither_busy_nor_locked() {
        for errno in [Errno::OPNOTSUPP, Errno::NOLCK, Errno::NOSYS, Errno::INVAL] {
            let answer = answer(Err(errno)).unwrap();
            let Flock::Unsupported(cause) = answer else { panic!("{errno} became {answer:?}") };
            assert_eq!(cause.raw_os_error(), Some(errno.raw_os_error()));
        }
        assert!(matches!(answer(Err(Errno::WOULDBLOCK)), Ok(Flock::Busy)));
        assert_eq!(answer(Err(Errno::BADF)).unwrap_err().raw_os_error(), Some(9));
    }

    #[test]
    fn only_a_process_that_does_not_exist_is_gone() {
        assert!(!is_gone(process_id()));
        assert!(!is_gone(0), "0 is nobody's number");
        // Beyond the greatest number that the kernel gives, 2^22; see proc(5), pid_max.
        assert!(is_gone(0x7fff_ffff));
    }

    #[test]
    fn what_is_opened_neither_waits_nor_is_inherited() {
        let file = open(Path::new("/dev/null"), Rights::Read, Links::Refuse, 0).unwrap();
        assert!(rustix::fs::fcntl_getfl(&file).unwrap().contains(OFlags::NONBLOCK));
        assert!(rustix::io::fcntl_getfd(&file).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
    }

    #[test]
    fn a_pause_is_not_cut_short() {
        let start = std::time::Instant::now();
        pause(Duration::from_millis(2));
        assert!(start.elapsed() >= Duration::from_millis(2));
    }

    #[test]
    fn a_device_has_two_halves() {
        assert_eq!(halves(rustix::fs::makedev(0x103, 0x1f)), (0x103, 0x1f));
    }

    #[test]
    fn closing_closes() {
        let (reader, writer) = std::io::pipe().unwrap();
        close(writer.into()).unwrap();
        assert_eq!(std::io::read_to_string(reader).unwrap(), "");
    }
}
