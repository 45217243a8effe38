//! What tells that something has happened, on one descriptor: epoll, inotify, timerfd.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, epoll};
use rustix::fs::inotify::{self, ReadFlags, WatchFlags};
use rustix::io::Errno;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags};

use super::retry;

const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// What inotify's events are aligned to, or more.
const ALIGNMENT: usize = 16;

/// How much of a directory is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watched {
    /// Whether it is moved away.
    Itself,
    /// That, and which names come and go in it.
    Names,
    /// That, and the modes of what is in it, and its own.
    Modes,
    /// Names, and what is written under them.
    Files,
}

/// What inotify says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice<'a> {
    /// A name has come; whether it is a directory's.
    Came { watch: i32, name: &'a CStr, is_dir: bool },
    /// A name has gone.
    Went { watch: i32, name: &'a CStr, is_dir: bool },
    /// What stands under a name has changed.
    Changed { watch: i32, name: &'a CStr },
    /// The watched directory itself is not what or where it was.
    Itself { watch: i32 },
    /// The directory is watched no longer: it is gone, or its filesystem is.
    Forgotten { watch: i32 },
    /// Events have been lost, of any directory.
    Lost,
}

/// Makes what other descriptors can be added to.
pub(crate) fn epoll() -> Result<OwnedFd, Errno> {
    retry(|| epoll::create(epoll::CreateFlags::CLOEXEC))
}

/// Has `epoll` say when `source` is readable, for as long as it is.
pub(crate) fn epoll_add(epoll: impl AsFd, source: impl AsFd) -> Result<(), Errno> {
    // Its number tells it apart for as long as it is open.
    let number = u64::try_from(source.as_fd().as_raw_fd()).map_err(|_| Errno::BADF)?;
    let data = epoll::EventData::new_u64(number);
    retry(|| epoll::add(&epoll, &source, data, epoll::EventFlags::IN))
}

/// Takes it back. Closing alone would not, where a forked child has it open as well.
pub(crate) fn epoll_remove(epoll: impl AsFd, source: impl AsFd) -> Result<(), Errno> {
    retry(|| epoll::delete(&epoll, &source))
}

/// The descriptors that are readable now, by their numbers: all of them, or a good part if they are
/// many.
pub(crate) fn epoll_ready(epoll: impl AsFd) -> Result<Vec<RawFd>, Errno> {
    let mut events = [const { MaybeUninit::<epoll::Event>::uninit() }; 128];
    retry(|| {
        let (ready, _) = epoll::wait(&epoll, &mut events, Some(&NOW))?;
        Ok(ready.iter().filter_map(|event| RawFd::try_from(event.data.u64()).ok()).collect())
    })
}

/// Waits until a descriptor is readable; false if it was not until the deadline.
pub(crate) fn wait_until_readable(fd: impl AsFd, deadline: Option<Instant>) -> Result<bool, Errno> {
    let mut descriptors = [PollFd::new(&fd, PollFlags::IN)];
    let ready = retry(|| {
        // After a signal, only what is left of the time is waited.
        let left =
            deadline.map(|deadline| timespec(deadline.saturating_duration_since(Instant::now())));
        rustix::event::poll(&mut descriptors, left.as_ref())
    })?;
    Ok(ready > 0)
}

/// Makes a timer that is not set.
pub(crate) fn timer() -> Result<OwnedFd, Errno> {
    let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
    retry(|| rustix::time::timerfd_create(TimerfdClockId::Monotonic, flags))
}

/// Makes the timer readable once, after so much time, or never if that is none.
pub(crate) fn set_timer(timer: impl AsFd, after: Option<Duration>) -> Result<(), Errno> {
    let time = Itimerspec { it_interval: NOW, it_value: timespec(after.unwrap_or_default()) };
    retry(|| rustix::time::timerfd_settime(&timer, TimerfdTimerFlags::empty(), &time)).map(drop)
}

/// Makes it no longer readable.
pub(crate) fn read_timer(timer: impl AsFd) -> Result<(), Errno> {
    let mut count = [0; 8];
    match retry(|| rustix::io::read(&timer, &mut count)) {
        // It has been set anew since it was readable.
        Ok(_) | Err(Errno::AGAIN) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// A longer time than the kernel can count is as good as the longest.
fn timespec(time: Duration) -> Timespec {
    Timespec::try_from(time).unwrap_or(Timespec { tv_sec: i64::MAX, tv_nsec: 0 })
}

/// Makes an inotify instance, of which a user has `fs.inotify.max_user_instances`.
pub(crate) fn inotify() -> Result<OwnedFd, Errno> {
    retry(|| inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK))
}

/// Watches an open directory, whatever its name is by now; watched already, it has the same number
/// and is watched as told now. The way to it through /proc is the kernel's own; it is this thread's,
/// for the one that the process began with may have ended.
pub(crate) fn inotify_add(
    inotify: impl AsFd,
    dir: impl AsFd,
    watched: Watched,
) -> Result<i32, Errno> {
    let itself = format!("/proc/thread-self/fd/{}", dir.as_fd().as_raw_fd());
    retry(|| inotify::add_watch(&inotify, &*itself, watched.flags()))
}

/// Watches it no longer.
pub(crate) fn inotify_remove(inotify: impl AsFd, watch: i32) -> Result<(), Errno> {
    retry(|| inotify::remove_watch(&inotify, watch))
}

/// Hands out all that has happened when it is called. What happens meanwhile is left for the next
/// time: somebody may see to it that it never ends.
pub(crate) fn inotify_read(
    inotify: impl AsFd,
    mut each: impl FnMut(Notice<'_>),
) -> Result<(), Errno> {
    let size = retry(|| rustix::io::ioctl_fionread(&inotify))?;
    if size == 0 {
        return Ok(());
    }
    // With so much room, one read takes all of it (inotify(7)); what is lost of it to alignment is
    // less than an event is long.
    let room = usize::try_from(size).map_err(|_| Errno::OVERFLOW)? + ALIGNMENT;
    let mut buffer = Vec::with_capacity(room);
    let mut events = inotify::Reader::new(inotify, buffer.spare_capacity_mut());
    loop {
        match events.next() {
            Ok(event) => each_notice(&event, &mut each),
            Err(Errno::INTR) => continue,
            // A forked child has it as well, and may have been quicker.
            Err(Errno::AGAIN) => return Ok(()),
            Err(errno) => return Err(errno),
        }
        if events.is_buffer_empty() {
            return Ok(());
        }
    }
}

/// What one event says; nothing that was not asked for.
fn each_notice(event: &inotify::Event<'_>, each: &mut impl FnMut(Notice<'_>)) {
    const CAME: ReadFlags = ReadFlags::CREATE.union(ReadFlags::MOVED_TO);
    const WENT: ReadFlags = ReadFlags::DELETE.union(ReadFlags::MOVED_FROM);
    let (watch, flags) = (event.wd(), event.events());
    let is_dir = flags.contains(ReadFlags::ISDIR);
    each(match event.file_name() {
        _ if flags.contains(ReadFlags::QUEUE_OVERFLOW) => Notice::Lost,
        _ if flags.contains(ReadFlags::IGNORED) => Notice::Forgotten { watch },
        Some(name) if flags.intersects(CAME) => Notice::Came { watch, name, is_dir },
        Some(name) if flags.intersects(WENT) => Notice::Went { watch, name, is_dir },
        Some(name) => Notice::Changed { watch, name },
        None => Notice::Itself { watch },
    });
}

impl Watched {
    fn flags(self) -> WatchFlags {
        // What has lost its name, such as the unnamed file that an entry begins as, says nothing.
        const ITSELF: WatchFlags = WatchFlags::MOVE_SELF
            .union(WatchFlags::DELETE_SELF)
            .union(WatchFlags::ONLYDIR)
            .union(WatchFlags::EXCL_UNLINK);
        const NAMES: WatchFlags =
            ITSELF.union(WatchFlags::CREATE).union(WatchFlags::DELETE).union(WatchFlags::MOVE);
        match self {
            Self::Itself => ITSELF,
            Self::Names => NAMES,
            Self::Modes => NAMES.union(WatchFlags::ATTRIB),
            Self::Files => NAMES.union(WatchFlags::MODIFY).union(WatchFlags::CLOSE_WRITE),
        }
    }
}
