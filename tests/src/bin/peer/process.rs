//! What a process does to itself: forks, ends, and does without.

use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Resource, WaitOptions, getpid, getrlimit, pidfd_open,
    set_dumpable_behavior, setrlimit, waitpid,
};

use crate::{Answer, next_line, say};

/// The descriptor that this program was executed with.
#[expect(unsafe_code, reason = "a number is all that is left of a descriptor across an exec")]
pub(crate) fn inherited(number: &str) -> OwnedFd {
    let number: RawFd = number.parse().unwrap_or_else(|error| panic!("{number}: {error}"));
    // SAFETY: whoever executed this program left it open for it, and nothing has been opened since.
    unsafe { OwnedFd::from_raw_fd(number) }
}

#[expect(unsafe_code, reason = "std knows no end of the first thread but the process's")]
pub(crate) fn end_this_thread() -> ! {
    // SAFETY: nothing on this thread's stack is used by another one, and nothing waits for it.
    unsafe { libc::syscall(libc::SYS_exit, 0) };
    unreachable!("a thread that has ended goes no further")
}

/// Leaves a child that has inherited all that is open, and that answers once its parent is gone.
pub(crate) fn fork_an_heir() {
    // Opened before, for the child may first run when its parent is gone already.
    let itself = pidfd_open(getpid(), PidfdFlags::empty());
    match (fork(), itself) {
        (None, Ok(parent)) => {
            wait_for_end(&parent);
            say("orphan");
        }
        (None, Err(errno)) => say(&format!("error pidfd_open: {errno}")),
        (Some(child), _) => {
            say(&format!("forked {child}"));
            if next_line().as_deref() == Some("exit") {
                exit_with_everything_held();
            }
        }
    }
}

/// Has a forked child use what it has no business with, and say whether it was refused; the parent keeps
/// it.
pub(crate) fn refused_in_a_child<T>(
    value: T,
    is_refused: impl FnOnce(T) -> bool,
) -> Result<T, String> {
    let Some(child) = fork() else { exit_with(i32::from(!is_refused(value))) };
    match waitpid(Pid::from_raw(child), WaitOptions::empty()) {
        Ok(Some((_, state))) if state.exit_status() == Some(0) => Ok(value),
        other => Err(format!("error the child was not refused: {other:?}")),
    }
}

/// The child's number in the parent, and none in the child.
#[expect(unsafe_code, reason = "no safe interface forks without executing something")]
pub(crate) fn fork() -> Option<i32> {
    // SAFETY: this process has one thread, so the child finds every lock in memory as it should be.
    Some(unsafe { libc::fork() }).filter(|child| *child != 0)
}

/// Has the next child be the first process of a new namespace, in which its number is 1.
pub(crate) fn number_children_anew() -> Result<(), String> {
    #[expect(unsafe_code, reason = "std and rustix know no safe interface")]
    // SAFETY: it changes what number the next child gets, and nothing of this process.
    match unsafe { libc::unshare(libc::CLONE_NEWPID) } {
        0 => Ok(()),
        _ => Err(format!("error unshare: {}", std::io::Error::last_os_error())),
    }
}

fn wait_for_end(process: &OwnedFd) {
    let mut ended = [PollFd::new(process, PollFlags::IN)];
    while poll(&mut ended, None).is_err() {}
}

#[expect(unsafe_code, reason = "std's exit would flush and run handlers")]
pub(crate) fn exit_with(status: i32) -> ! {
    // SAFETY: it ends the process and touches nothing of it.
    unsafe { libc::_exit(status) }
}

pub(crate) fn exit_with_everything_held() -> ! {
    exit_with(0)
}

/// Leaves this process so many descriptors, those included that are open.
pub(crate) fn limit(count: u32) -> Answer {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(count.into());
    setrlimit(Resource::Nofile, limit).map_err(|errno| format!("error setrlimit: {errno}"))?;
    Ok("limited".to_owned())
}

/// Hides this process from its user's others, where /proc is not for all.
pub(crate) fn hide() -> Answer {
    let hidden = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    hidden.map(|()| "hidden".to_owned()).map_err(|errno| format!("error: {errno}"))
}
