use std::process::{Child, Command, Stdio};

use super::*;
use crate::fresh::skipped;
use crate::owner::{BootId, Process};
use crate::sys;

/// A process that lives until its standard input is closed.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        let child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        Self(child.expect("cat is there"))
    }

    fn pid(&self) -> i64 {
        i64::from(self.0.id())
    }

    /// Ends it, and waits for it, so that its number is free again.
    fn end(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().expect("it is a child");
    }
}

fn here() -> std::sync::Arc<Surroundings> {
    Surroundings::of_this_process()
}

/// The verdict on an entry of this owner's, with a free lease, on a filesystem of this kernel's.
fn free(owner: &Owner) -> Verdict {
    free_on(owner, Kernels::One)
}

fn free_on(owner: &Owner, kernels: Kernels) -> Verdict {
    let grounds = Grounds { written: Duration::ZERO, uid: sys::effective_uid(), kernels };
    conclude(judge_owner(owner, &grounds, &here()).map(|judged| judged.life))
}

#[test]
fn the_table_of_free_leases() {
    let (monitor, shim) = (Sleeper::start(), Sleeper::start());
    let both = Owner::of(monitor.pid(), shim.pid());
    let alone = Owner::of(monitor.pid(), 0);
    assert_eq!(free(&both), Verdict::Running);
    assert_eq!(free(&alone), Verdict::Running);
    monitor.end();
    assert_eq!(free(&both), Verdict::Orphaned);
    assert_eq!(free(&alone), Verdict::Dead);
    shim.end();
    assert_eq!(free(&both), Verdict::Dead);
}

#[test]
fn without_a_recorded_monitor_nothing_is_known() {
    assert_eq!(free(&Owner::of(0, 0)), Verdict::Unknown);
    assert_eq!(free(&Owner::default()), Verdict::Unknown);
}

#[test]
fn a_zombie_is_gone_before_it_is_waited_for() {
    let mut monitor = Sleeper::start();
    let owner = Owner::of(monitor.pid(), 0);
    let pidfd = sys::pidfd_open(i32::try_from(monitor.pid()).expect("a pid")).expect("it lives");
    drop(monitor.0.stdin.take());
    wait_for_end(&pidfd);
    assert_eq!(free(&owner), Verdict::Dead);
    monitor.0.wait().expect("it is a child");
}

/// The kernel says when; nothing is slept for.
fn wait_for_end(pidfd: &std::os::fd::OwnedFd) {
    while sys::pidfd_state(pidfd) == Ok(sys::PidfdState::Running) {
        std::thread::yield_now();
    }
}

#[test]
fn another_process_of_the_same_number_is_not_the_same() {
    let monitor = Sleeper::start();
    let mut owner = Owner::of(monitor.pid(), 0);
    let recorded = owner.monitor.expect("it was seen");
    assert!(recorded.start.is_some());
    if let Some(inode) = recorded.inode {
        owner.monitor = Some(Process { inode: Some(inode + 1), ..recorded });
        assert_eq!(free(&owner), Verdict::Dead);
    }
    // As on a kernel without pidfs.
    owner.monitor = Some(Process { inode: None, ..recorded });
    assert_eq!(free(&owner), Verdict::Running);
    let later = recorded.start.map(|start| start + 1);
    owner.monitor = Some(Process { inode: None, start: later, ..recorded });
    assert_eq!(free(&owner), Verdict::Dead);
    // Its ticks count from another beginning there.
    owner.time_namespace = owner.time_namespace.map(|inode| inode + 1);
    assert_eq!(free(&owner), Verdict::Unknown);
    monitor.end();
}

/// The next process gets the number that follows, if it is free (proc(5)); for the first in its
/// namespace.
fn start_as(pid: i64) -> Sleeper {
    loop {
        let script = format!("echo {} > /proc/sys/kernel/ns_last_pid", pid - 1);
        // The shell takes a number itself, and gives it back when it has ended.
        let set = Command::new("sh").args(["-c", &script]).status();
        assert!(set.expect("sh is there").success());
        let sleeper = Sleeper::start();
        if sleeper.pid() == pid {
            return sleeper;
        }
        sleeper.end();
    }
}

/// Runs itself once more, in a pid namespace of its own, where numbers can be given again.
#[test]
fn a_number_that_is_given_again_is_no_life_by_its_start_alone() {
    const INSIDE: &str = "HAKUREI_STORE_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_none() {
        let mut unshare = Command::new("unshare");
        if sys::effective_uid() != 0 {
            unshare.arg("--map-root-user");
        }
        unshare.args(["--fork", "--pid", "--mount-proc", "--kill-child"]);
        let itself = std::env::current_exe().expect("it runs");
        let name = "verdict::tests::a_number_that_is_given_again_is_no_life_by_its_start_alone";
        let output = unshare.arg(itself).args(["--exact", name]).env(INSIDE, "1").output();
        match output {
            Ok(output) if output.status.success() => {
                let told = String::from_utf8_lossy(&output.stdout);
                assert!(told.contains("1 passed"), "{told}");
            }
            Ok(output) => {
                // What goes wrong in the test itself is told by other words.
                let told = String::from_utf8_lossy(&output.stderr);
                assert!(
                    told.contains("unshare: "),
                    "{told}{}",
                    String::from_utf8_lossy(&output.stdout)
                );
                skipped!("it is not allowed: {told}");
            }
            Err(error) => skipped!("unshare: {error}"),
        }
        return;
    }
    let monitor = Sleeper::start();
    let pid = monitor.pid();
    let with_inode = Owner::of(pid, 0);
    let mut by_start = with_inode;
    by_start.monitor.as_mut().expect("it was seen").inode = None;
    assert_eq!([free(&with_inode), free(&by_start)], [Verdict::Running; 2]);
    monitor.end();
    assert_eq!([free(&with_inode), free(&by_start)], [Verdict::Dead; 2]);
    let mut namesake = start_as(pid);
    // A start is told in ticks of a hundredth of a second, and this one must be of another.
    while Owner::of(pid, 0).monitor.and_then(|it| it.start)
        == by_start.monitor.and_then(|it| it.start)
    {
        namesake.end();
        namesake = start_as(pid);
    }
    assert_eq!([free(&with_inode), free(&by_start)], [Verdict::Dead; 2]);
    namesake.end();
}

#[test]
fn another_boot_ends_everything_on_a_filesystem_of_one_kernel_and_proves_nothing_elsewhere() {
    let monitor = Sleeper::start();
    let mut owner = Owner::of(monitor.pid(), monitor.pid());
    // A container's own says nothing of what runs outside of it.
    owner.boot = Some(BootId::of_a_container([7; 16]));
    assert_eq!(free(&owner), Verdict::Unknown);
    owner.boot = Some(BootId::of_the_kernel([7; 16]));
    assert_eq!(free(&owner), Verdict::Dead);
    assert_eq!(free_on(&owner, Kernels::Several), Verdict::Unknown);
    assert_eq!(free_on(&owner, Kernels::NotKnown), Verdict::Unknown);
    monitor.end();
    assert_eq!(free_on(&owner, Kernels::Several), Verdict::Unknown);
}

#[test]
fn what_runs_in_another_process_namespace_is_not_known() {
    let monitor = Sleeper::start();
    let mut owner = Owner::of(monitor.pid(), 0);
    owner.pid_namespace = owner.pid_namespace.map(|inode| inode + 1);
    assert_eq!(free(&owner), Verdict::Unknown);
    owner.pid_namespace = None;
    assert_eq!(free(&owner), Verdict::Unknown);
    monitor.end();
    assert_eq!(free(&owner), Verdict::Unknown);
}

#[test]
fn numbers_that_no_process_can_have_prove_nothing() {
    for pid in [-1, 0, i32::MIN] {
        let monitor = Some(Process { pid, start: None, inode: None });
        let owner = Owner { monitor, ..Owner::of(1, 0) };
        assert_eq!(free(&owner), Verdict::Unknown, "{pid}");
    }
}
