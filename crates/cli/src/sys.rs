//! System calls. The one module that names rustix: the others say what, not how.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags, StatVfsMountFlags};
use rustix::io::{Errno, FdFlags};
use rustix::pipe::PipeFlags;
use rustix::process::{self, Pid, PidfdFlags, Resource, Rlimit, Signal};

/// The user that the kernel judges this process by.
pub(crate) fn effective_uid() -> u32 {
    process::geteuid().as_raw()
}

/// Whether this process may execute the file.
pub(crate) fn may_execute(path: &Path) -> bool {
    rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Whether this process may make names in a directory, so far as the kernel tells beforehand.
pub(crate) fn may_make_names(directory: &Path) -> io::Result<()> {
    /// Where only the kernel makes names, whatever the modes say (proc(5), sysfs(5)).
    const OF_THE_KERNEL: [u64; 2] = [0x9fa0, 0x6265_6572];
    let magic = rustix::fs::statfs(directory)?.f_type;
    if u64::try_from(magic).is_ok_and(|magic| OF_THE_KERNEL.contains(&magic)) {
        return Err(Errno::PERM.into());
    }
    let access = Access::WRITE_OK | Access::EXEC_OK;
    Ok(rustix::fs::accessat(CWD, directory, access, AtFlags::EACCESS)?)
}

/// Whether an error is that this process, or the system, has no descriptor left.
pub(crate) fn is_want_of_descriptors(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| number == Some(errno.raw_os_error()))
}

/// The reading and the writing end of a pipe, both closed on exec.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?)
}

/// Whether a program that is executed gets the descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnExec {
    Close,
    Keep,
}

/// Decides what becomes of a descriptor on exec; EBADF if it is not open.
pub(crate) fn set_on_exec(fd: impl AsFd, on_exec: OnExec) -> io::Result<()> {
    let flags = match on_exec {
        OnExec::Close => FdFlags::CLOEXEC,
        OnExec::Keep => FdFlags::empty(),
    };
    Ok(rustix::io::fcntl_setfd(fd, flags)?)
}

/// A process, by a descriptor: its number cannot come to mean another (Linux 5.3).
#[derive(Debug)]
pub(crate) struct Process {
    pid: Pid,
    pidfd: OwnedFd,
}

impl Process {
    /// Takes a child that has not been waited for, whose number is certain.
    pub(crate) fn of(child: &std::process::Child) -> io::Result<Self> {
        let pid = Pid::from_child(child);
        Ok(Self { pid, pidfd: process::pidfd_open(pid, PidfdFlags::empty())? })
    }

    /// Sends a signal; ESRCH once the process has been waited for.
    pub(crate) fn send(&self, signal: i32) -> io::Result<()> {
        let signal = Signal::from_named_raw(signal).ok_or(rustix::io::Errno::INVAL)?;
        Ok(process::pidfd_send_signal(&self.pidfd, signal)?)
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw_pid()
    }
}

impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

/// Waits until one of two can be read, as a process can that has ended; or, perhaps, for less.
pub(crate) fn wait_for_one_of(one: impl AsFd, other: impl AsFd) -> io::Result<()> {
    let mut both = [PollFd::new(&one, PollFlags::IN), PollFd::new(&other, PollFlags::IN)];
    match rustix::event::poll(&mut both, None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Stops this process, as a signal that cannot be caught.
pub(crate) fn stop() -> io::Result<()> {
    Ok(process::kill_process(process::getpid(), Signal::STOP)?)
}

/// The parent's number; none if it is outside of this pid namespace.
pub(crate) fn parent() -> Option<i32> {
    process::getppid().map(Pid::as_raw_pid)
}

/// The error about a file that is not there.
pub(crate) fn no_such_file() -> io::Error {
    rustix::io::Errno::NOENT.into()
}

/// The error about a process that is gone, or never was.
pub(crate) fn no_such_process() -> io::Error {
    rustix::io::Errno::SRCH.into()
}

/// Has the kernel kill this process when the thread that started it ends, even after an exec, unless
/// that gains privileges (prctl(2), `PR_SET_PDEATHSIG`).
pub(crate) fn die_with_parent() -> io::Result<()> {
    Ok(process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Waits until a descriptor has something to read: true; or until nobody reads what is written to
/// `output` any more: false.
pub(crate) fn wait_for_either(input: impl AsFd, output: impl AsFd) -> io::Result<bool> {
    // Of the output, the kernel tells unasked if it is closed on the other side (poll(2)).
    let mut both = [PollFd::new(&input, PollFlags::IN), PollFd::new(&output, PollFlags::empty())];
    loop {
        match rustix::event::poll(&mut both, None) {
            Ok(_) => return Ok(both[1].revents().is_empty()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Lets this process open as many descriptors as it may: who watches instances has one for each.
///
/// Programs that it starts would inherit that, and some go through all numbers there could be; so it is
/// for commands that start none.
pub(crate) fn raise_descriptor_limit() -> io::Result<()> {
    let limit = process::getrlimit(Resource::Nofile);
    Ok(process::setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}

/// Lets time pass, where there is no event to wait for; a signal may end it early.
pub(crate) fn pause(time: Duration) -> io::Result<()> {
    let time = Timespec::try_from(time).map_err(|_| Errno::INVAL)?;
    match rustix::event::poll(&mut [], Some(&time)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Gives a directory to its owner alone, if that is this user; nothing else, and nothing that a link
/// leads to.
pub(crate) fn give_to_owner_alone(directory: &Path) -> io::Result<()> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = rustix::fs::open(directory, flags, Mode::empty())?;
    let found = rustix::fs::fstat(&opened)?;
    // What everybody puts files into is nobody's alone, whoever owns it.
    let is_sticky = Mode::from_raw_mode(found.st_mode).contains(Mode::SVTX);
    if found.st_uid != effective_uid() || is_sticky {
        return Err(Errno::PERM.into());
    }
    // A directory that keeps its owner out opens in no way whose mode could be changed directly.
    let opened = format!("/proc/self/fd/{}", opened.as_raw_fd());
    Ok(rustix::fs::chmod(opened, Mode::RWXU)?)
}

/// What is known of the filesystem that a directory lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filesystem {
    pub(crate) is_read_only: bool,
    /// Whether there is neither room nor a name left for another file of this user's.
    pub(crate) is_full: bool,
}

impl Filesystem {
    pub(crate) fn of(directory: &Path) -> io::Result<Self> {
        let found = rustix::fs::statvfs(directory)?;
        // Filesystems without a limit count no blocks (tmpfs, proc), or, if they make their inodes as
        // they go, none of those (btrfs).
        let has_no_block = found.f_blocks != 0 && found.f_bavail == 0;
        let has_no_inode = found.f_files != 0 && found.f_favail == 0;
        Ok(Self {
            is_read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
            is_full: has_no_block || has_no_inode,
        })
    }
}

/// Whether a descriptor can be written to without waiting, within a fiftieth of a second. One that
/// nobody reads any more can: it is an error at once.
pub(crate) fn is_writable_soon(fd: impl AsFd) -> io::Result<bool> {
    let mut room = [PollFd::new(&fd, PollFlags::OUT)];
    let soon = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
    match rustix::event::poll(&mut room, Some(&soon)) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}
