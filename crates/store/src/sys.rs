//! The system calls, each as the one thing that the store wants of it; the only module that names
//! rustix.
//!
//! Names are relative to a directory's descriptor wherever there is one. Every descriptor is
//! close-on-exec. EINTR is retried here and nowhere else.

mod dir;
mod event;
mod file;
mod flock;
mod process;
mod signal;
mod sync;

pub(crate) use self::dir::{
    create_dir, filesystem_magic, open_beneath, open_dir, open_path, open_root, read_link, scan,
};
pub(crate) use self::event::{
    Notice, Watched, epoll, epoll_add, epoll_ready, epoll_remove, inotify, inotify_add,
    inotify_read, inotify_remove, read_timer, set_timer, timer, wait_until_readable,
};
pub(crate) use self::file::{
    close_on_exec, create_exclusive, create_unnamed, duplicate, give_to, link, open_for_reading,
    open_lock, read_exact_or_end, read_from_start, read_to_end, remove_dir, restrict_to_owner,
    stat, stat_at, stat_path, unlink, write_all,
};
pub(crate) use self::flock::{Answer, Probe, probe_lease, try_exclusive, try_shared, unlock};
pub(crate) use self::process::{
    PidfdState, boottime, descriptor_limit, effective_uid, getpid, inode_of, pause, pidfd_inode,
    pidfd_open, pidfd_state, random, read_and_see_whose, read_proc, realtime, ticks_to_duration,
};
pub(crate) use self::signal::{SIGNALS, pidfd_send_signal};
pub(crate) use self::sync::{open_parent, sync_data, sync_dir};
pub(crate) use rustix::fs::{CWD, FileType};
pub(crate) use rustix::io::Errno;

use std::time::Duration;

use hakurei_lockedfile::Inode;

/// What one fstat tells about a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    pub(crate) inode: Inode,
    pub(crate) kind: FileType,
    /// The permission bits, set-id and sticky bits included.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) links: u64,
    /// Bytes.
    pub(crate) size: u64,
    /// When the contents were last changed, since the epoch.
    pub(crate) modified: Duration,
}

/// Calls again for as long as a signal gets in the way.
fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    #[cfg(shuttle)]
    crate::sync::let_others_run();
    loop {
        match call() {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests;
