//! Whether a recorded process still lives: proof, or none.

pub(crate) mod ownerless;

use std::os::fd::OwnedFd;

use crate::owner::{Owner, Process};
use crate::proc;
use crate::surroundings::Surroundings;
use crate::sys::{self, Errno, PidfdState};

/// What is known of a recorded process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is the same process, and some thread of it lives.
    Alive,
    /// It has ended; there is proof.
    Gone,
    /// Neither can be proven from here.
    NotKnown,
}

/// What was found out about a recorded process.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) life: Life,
    /// What it was found out by, which means that process for good; there if it lives.
    pub(crate) pidfd: Option<OwnedFd>,
}

impl Judged {
    fn by_pidfd(life: Life, pidfd: OwnedFd) -> Self {
        Self { life, pidfd: Some(pidfd) }
    }

    /// Whether the process is known to run still, so that its number has been its own all the while.
    pub(crate) fn still_runs(&self) -> bool {
        let state = self.pidfd.as_ref().map(sys::pidfd_state);
        state == Some(Ok(PidfdState::Running))
    }
}

impl From<Life> for Judged {
    fn from(life: Life) -> Self {
        Self { life, pidfd: None }
    }
}

/// Who may have written to the filesystem that the store lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernels {
    /// This kernel alone, so another boot is over.
    One,
    /// Others too, so another boot may be another machine's, and go on.
    Several,
    /// Nobody here knows.
    NotKnown,
}

impl Kernels {
    /// By the filesystem's magic number. Overlay is taken for what it lies on.
    pub(crate) fn of_filesystem(magic: u32) -> Self {
        match magic {
            0x0102_1994 // tmpfs
            | 0x8584_58f6 // ramfs
            | 0xef53 // ext4
            | 0x5846_5342 // xfs
            | 0x9123_683e // btrfs
            | 0xf2f5_2010 // f2fs
            | 0x2fc1_2fc1 // zfs
            | 0xca45_1a4e // bcachefs
            | 0x794c_7630 // overlay
                => Self::One,
            0x6969 // nfs
            | 0xff53_4d42 | 0xfe53_4d42 | 0x517b // cifs, smb2, smb
            | 0x0102_1997 // 9p
            | 0x6573_5546 // fuse, and so virtiofs
            | 0x00c3_6400 // ceph
            | 0x5346_414f | 0x6b41_4653 // afs
            | 0x7375_7245 // coda
            | 0x0bd0_0bd0 // lustre
            | 0x4750_4653 // gpfs
            | 0x0116_1970 // gfs2
            | 0x7461_636f // ocfs2
            | 0x786f_4256 // vboxsf
                => Self::Several,
            _ => Self::NotKnown,
        }
    }
}

/// Judges one process of an owner of this boot, or of one that is not known.
///
/// Proofs are no process of that number, a pidfd that says so, another pidfs inode,
/// and, without inodes, another start time. None are kill(pid, 0), which succeeds on zombies and
/// strangers; a missing directory in /proc, which hidepid makes of any process; the state Z, which a
/// leader is in that left its threads behind; and clocks.
pub(crate) fn judge(process: &Process, owner: &Owner, here: &Surroundings) -> Judged {
    if numbers_mean_the_same(owner, here) {
        judge_by_pidfd(process, owner, here)
    } else {
        Life::NotKnown.into()
    }
}

/// Whether a process number means to this process what it meant to the owner.
pub(crate) fn numbers_mean_the_same(owner: &Owner, here: &Surroundings) -> bool {
    owner.boot.is_some()
        && owner.boot == here.boot()
        && owner.pid_namespace.is_some()
        && owner.pid_namespace == here.pid_namespace()
}

/// Whether everything that the owner ran ended with its kernel, which is proof as well.
pub(crate) fn is_of_another_boot(owner: &Owner, here: &Surroundings, kernels: Kernels) -> bool {
    match (owner.boot, here.boot()) {
        (Some(then), Some(now)) => then.excludes(now) && kernels == Kernels::One,
        _ => false,
    }
}

fn judge_by_pidfd(process: &Process, owner: &Owner, here: &Surroundings) -> Judged {
    let pidfd = match find(process.pid) {
        Found::Running(pidfd) => pidfd,
        Found::Gone => return Life::Gone.into(),
        Found::NotKnown => return Life::NotKnown.into(),
    };
    let life = match (process.inode, sys::pidfd_inode(&pidfd)) {
        (Some(then), Some(now)) if then == now => Life::Alive,
        (Some(_), Some(_)) => Life::Gone,
        _ => judge_by_start(process, owner, here),
    };
    Judged::by_pidfd(life, pidfd)
}

/// What has a number now.
pub(crate) enum Found {
    /// A process of which some thread lives.
    Running(OwnedFd),
    /// None.
    Gone,
    /// The kernel does not say.
    NotKnown,
}

/// Looks for the process of a number, in this process's own namespace.
pub(crate) fn find(pid: i32) -> Found {
    let pidfd = match sys::pidfd_open(pid) {
        Ok(pidfd) => pidfd,
        Err(Errno::SRCH) => return Found::Gone,
        // The number is kept by what has no main thread of its own: a process group or a session
        // outlives the process that it is named after. Kernels before 6.15 say EINVAL for it.
        Err(Errno::NOENT | Errno::INVAL) if pid > 0 => return Found::Gone,
        Err(_) => return Found::NotKnown,
    };
    match sys::pidfd_state(&pidfd) {
        Ok(PidfdState::Ended) => Found::Gone,
        Ok(PidfdState::Running) => Found::Running(pidfd),
        Err(_) => Found::NotKnown,
    }
}

/// Without pidfs: the same number, and the same start on the same clock.
fn judge_by_start(process: &Process, owner: &Owner, here: &Surroundings) -> Life {
    if owner.time_namespace.is_none() || owner.time_namespace != here.time_namespace() {
        return Life::NotKnown;
    }
    match (process.start, proc::start_time(process.pid)) {
        (Some(then), Some(now)) if then == now => Life::Alive,
        (Some(_), Some(_)) => Life::Gone,
        _ => Life::NotKnown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_one_machines_proves_a_death() {
        assert_eq!(Kernels::of_filesystem(0x0102_1994), Kernels::One);
        assert_eq!(Kernels::of_filesystem(0x6969), Kernels::Several);
        assert_eq!(Kernels::of_filesystem(0x6573_5546), Kernels::Several);
        assert_eq!(Kernels::of_filesystem(0), Kernels::NotKnown);
    }
    #[test]
    fn who_was_found_to_live_may_have_ended_since() {
        use std::process::{Command, Stdio};

        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let Found::Running(pidfd) = find(child.id().cast_signed()) else { panic!("it waits") };
        let judged = Judged::by_pidfd(Life::Alive, pidfd);
        assert!(judged.still_runs());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!judged.still_runs());
        assert!(!Judged::from(Life::Alive).still_runs(), "there is nothing to tell it by");
    }
    #[test]
    fn a_number_that_a_group_keeps_is_nobodys() {
        use std::os::unix::process::CommandExt as _;
        use std::process::{Command, Stdio};

        // Another process of the group outlives the one that it is named after.
        let mut leader = Command::new("sh")
            .args(["-c", "exec 3<&0; cat <&3 &"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let held = leader.stdin.take();
        leader.wait().unwrap();
        assert!(matches!(find(leader.id().cast_signed()), Found::Gone));
        drop(held);
        assert!(matches!(find(0), Found::NotKnown), "no process has that number");
        assert!(matches!(find(-1), Found::NotKnown));
    }
}
