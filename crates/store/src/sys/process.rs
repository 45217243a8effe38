//! Processes and clocks.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{AtFlags, CWD, OFlags, StatxAttributes, StatxFlags, statx};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags};
use rustix::rand::GetRandomFlags;
use rustix::time::ClockId;

use super::{filesystem_magic, retry};

/// The magic number of pidfs, on whose inodes processes are numbered once and for all (Linux 6.9).
const PIDFS_MAGIC: u32 = 0x5049_4446;

/// This process's number. It is asked for each time: after a fork it is another.
pub(crate) fn getpid() -> i32 {
    rustix::process::getpid().as_raw_pid()
}

/// The user whose rights this process has.
pub(crate) fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// A descriptor that means one process, whatever becomes of its number (Linux 5.3).
pub(crate) fn pidfd_open(pid: i32) -> Result<OwnedFd, Errno> {
    // Recorded numbers are anything; rustix wants positive ones.
    let pid = Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw).ok_or(Errno::INVAL)?;
    retry(|| rustix::process::pidfd_open(pid, PidfdFlags::empty()))
}

/// The process's inode on pidfs, which no other process ever has; none before Linux 6.9.
pub(crate) fn pidfd_inode(pidfd: impl AsFd) -> Option<u64> {
    if super::filesystem_magic(&pidfd).ok()? != PIDFS_MAGIC {
        return None;
    }
    super::stat(&pidfd).ok().map(|stat| stat.inode.number)
}

/// What the kernel says of the process behind a pidfd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PidfdState {
    /// Every thread of it has ended, whether or not it has been waited for.
    Ended,
    /// Some thread of it lives.
    Running,
}

/// Asks without waiting; a pidfd is readable once the whole process has ended (pidfd_open(2)).
pub(crate) fn pidfd_state(pidfd: impl AsFd) -> Result<PidfdState, Errno> {
    let mut descriptors = [PollFd::new(&pidfd, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match retry(|| rustix::event::poll(&mut descriptors, Some(&now)))? {
        0 => Ok(PidfdState::Running),
        _ => Ok(PidfdState::Ended),
    }
}

/// How many descriptors this process may have open (RLIMIT_NOFILE); none if there is no limit.
pub(crate) fn descriptor_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// The whole of a small file of /proc.
pub(crate) fn read_proc(pathname: &str) -> Result<Vec<u8>, Errno> {
    read_small(&open_proc(pathname)?)
}

/// The same, and whether it is what /proc itself has there: something else may be mounted over it,
/// another file of /proc even.
pub(crate) fn read_and_see_whose(pathname: &str) -> Result<(Vec<u8>, bool), Errno> {
    let file = open_proc(pathname)?;
    let is_the_kernels = filesystem_magic(&file)? == PROC && !is_mounted(&file)?;
    Ok((read_small(&file)?, is_the_kernels))
}

/// Whether a file was mounted where it stands (statx(2), `STATX_ATTR_MOUNT_ROOT`, Linux 5.8).
fn is_mounted(file: &OwnedFd) -> Result<bool, Errno> {
    match retry(|| statx(file, c"", AtFlags::EMPTY_PATH, StatxFlags::empty())) {
        Ok(about) => Ok(about.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)),
        // An older kernel, or an old seccomp profile.
        Err(Errno::NOSYS | Errno::PERM) => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// `PROC_SUPER_MAGIC` of statfs(2).
const PROC: u32 = 0x9fa0;

fn open_proc(pathname: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    retry(|| rustix::fs::openat(CWD, pathname, flags, rustix::fs::Mode::empty()))
}

fn read_small(file: &OwnedFd) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::with_capacity(1024);
    while retry(|| rustix::io::read(file, rustix::buffer::spare_capacity(&mut bytes)))? > 0 {
        bytes.reserve(1024);
    }
    Ok(bytes)
}

/// The inode that a name of /proc leads to: of a namespace, say.
pub(crate) fn inode_of(pathname: &str) -> Result<u64, Errno> {
    retry(|| rustix::fs::stat(pathname)).map(|stat| super::Stat::from(stat).inode.number)
}

/// The time since boot, sleep included (CLOCK_BOOTTIME).
pub(crate) fn boottime() -> Duration {
    duration_of(rustix::time::clock_gettime(ClockId::Boottime))
}

/// The time since the epoch; what stands before it counts as the epoch.
pub(crate) fn realtime() -> Duration {
    duration_of(rustix::time::clock_gettime(ClockId::Realtime))
}

fn duration_of(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// A time of `/proc/PID/stat`, which counts in clock ticks.
pub(crate) fn ticks_to_duration(ticks: u64) -> Duration {
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let nanoseconds = (ticks % per_second) * 1_000_000_000 / per_second;
    // Less than one second, by the remainder.
    #[expect(clippy::cast_possible_truncation, reason = "below 1,000,000,000")]
    Duration::new(ticks / per_second, nanoseconds as u32)
}

/// Eight bytes that nobody can guess.
pub(crate) fn random() -> Result<[u8; 8], Errno> {
    let mut bytes = [0; 8];
    retry(|| rustix::rand::getrandom(&mut bytes, GetRandomFlags::empty()))?;
    Ok(bytes)
}

/// Lets others go on, for about so long.
pub(crate) fn pause(duration: Duration) {
    let request = Timespec {
        // Both are a matter of milliseconds.
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    };
    // A signal may end it early, which does no harm to anybody who asks again.
    let _ended_early = rustix::thread::nanosleep(&request);
}
