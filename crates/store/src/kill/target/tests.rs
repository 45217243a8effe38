use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use hakurei_check::absolute;

use super::*;
use crate::base::Sharing;
use crate::fresh::skipped;

/// Whether this process may signal another in a store of that user's, as the entry of identity 9 has
/// it.
fn may(process: &Child, role: Role, uid: u32) -> bool {
    let base = Base::new(absolute!("/nowhere"), Sharing::Refused);
    let identity = Identity::new(9).unwrap();
    let instance = Instance { base: &base, identity, id: InstanceId::default() };
    let pid = process.id().cast_signed();
    let member = Member { role, pid, life: Life::Alive };
    let target = Target { member, pidfd: sys::pidfd_open(pid).unwrap(), uid };
    match instance.check_may_signal(&target) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::Refused => false,
        Err(error) => panic!("{}", error.message()),
    }
}

/// Ends a process that waits for the end of its input.
fn end(mut process: Child) {
    drop(process.stdin.take());
    process.wait().unwrap();
}

fn start(command: &mut Command) -> std::io::Result<Child> {
    command.stdin(Stdio::piped()).spawn()
}

#[test]
fn the_kernel_keeps_ordinary_users_from_signalling_strangers() {
    let user = sys::effective_uid();
    if user == 0 {
        skipped!("the superuser is asked in another test");
        return;
    }
    let process = start(&mut Command::new("cat")).unwrap();
    for uid in [user, user + 1, 0] {
        assert!(may(&process, Role::Monitor, uid), "{uid}");
    }
    end(process);
}

#[test]
fn the_superuser_signals_whom_the_stores_user_could() {
    const USER: u32 = 1000;
    const SHIM: u32 = 3 * hakurei_hst::USER_OFFSET + hakurei_hst::APP_START + 9;
    if sys::effective_uid() != 0 {
        skipped!("it takes the superuser");
        return;
    }
    let processes = [0, USER, SHIM].map(|uid| start(Command::new("cat").uid(uid)));
    let [Ok(root), Ok(user), Ok(shim)] = processes else {
        skipped!("users {USER} and {SHIM} are not mapped");
        return;
    };
    for (process, role, uid, expected) in [
        (&root, Role::Monitor, USER, false),
        (&root, Role::Shim, USER, false),
        (&user, Role::Monitor, USER, true),
        (&user, Role::Monitor, USER + 1, false),
        (&user, Role::Shim, USER + 1, false),
        (&shim, Role::Shim, USER, true),
        (&shim, Role::Monitor, USER, false),
        // The superuser's own store is like any user's own.
        (&user, Role::Monitor, 0, true),
    ] {
        assert_eq!(may(process, role, uid), expected, "{role:?} of user {uid}");
    }
    [root, user, shim].into_iter().for_each(end);
}

#[test]
fn either_the_real_user_or_the_saved_one_counts() {
    const USER: u32 = 1000;
    if sys::effective_uid() != 0 {
        skipped!("it takes the superuser");
        return;
    }
    let mut cat = Command::new("setpriv");
    cat.args(["--ruid=1000", "cat"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut process) = cat.spawn() else {
        skipped!("setpriv is not there");
        return;
    };
    // Once it answers, it is no longer setpriv; if it does not, that user is not mapped.
    let asked = process.stdin.as_mut().unwrap().write_all(b"x");
    let answered = process.stdout.as_mut().unwrap().read_exact(&mut [0]);
    if asked.is_err() || answered.is_err() {
        skipped!("user {USER} is not mapped");
        process.wait().unwrap();
        return;
    }
    assert!(may(&process, Role::Monitor, USER));
    assert!(!may(&process, Role::Monitor, USER + 1));
    end(process);
}

#[test]
fn a_signal_that_the_kernel_refuses_is_told_with_whom_it_was_for() {
    let base = Base::new(absolute!("/nowhere"), Sharing::Refused);
    let identity = Identity::new(9).unwrap();
    let instance = Instance { base: &base, identity, id: InstanceId::default() };
    let told = |role, errno| {
        let member = Member { role, pid: 4711, life: Life::Alive };
        let pidfd = sys::pidfd_open(sys::getpid()).unwrap();
        let target = Target { member, pidfd, uid: 0 };
        instance.failed("pidfd_send_signal", &target, Signal::KILL, errno).message()
    };
    let shim = told(Role::Shim, Errno::PERM);
    assert!(shim.contains("to its shim, pid 4711: "), "{shim}");
    assert!(shim.ends_with("so this takes the superuser"), "{shim}");
    let monitor = told(Role::Monitor, Errno::INVAL);
    assert!(monitor.contains("to its monitor, pid 4711: "), "{monitor}");
    assert!(!monitor.contains("superuser"), "{monitor}");
}
