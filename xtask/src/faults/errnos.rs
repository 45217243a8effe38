//! Which errors each system call can give, and where that is written.
//!
//! Filesystems may give more than the manual lists: EIO and ESTALE are added wherever a filesystem is
//! asked (errno(3), nfs(5)), ENOMEM wherever the kernel may have to allocate.

/// Errors of a call, or only of one whose line in the trace has a certain word.
struct Rule {
    call: &'static str,
    word: &'static str,
    errnos: &'static [&'static str],
}

const fn rule(call: &'static str, word: &'static str, errnos: &'static [&'static str]) -> Rule {
    Rule { call, word, errnos }
}

#[rustfmt::skip]
const RULES: &[Rule] = &[
    // open(2), openat2(2)
    rule("openat", "", &["EINTR", "EACCES", "EIO", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "ESTALE"]),
    rule("openat", "O_TMPFILE", &["EOPNOTSUPP", "EISDIR", "EINVAL", "ENOSPC", "EDQUOT", "EROFS"]),
    rule("openat", "O_CREAT", &["EEXIST", "ENOSPC", "EDQUOT", "EROFS"]),
    rule("openat", "O_DIRECTORY", &["ENOTDIR"]),
    rule("openat", "O_NOFOLLOW", &["ELOOP"]),
    rule("openat2", "", &["EINTR", "EACCES", "EAGAIN", "EIO", "ELOOP", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "ENOSYS", "EPERM", "ESTALE", "EXDEV"]),
    rule("openat2", "O_RDWR", &["EROFS"]),
    rule("openat2", "O_CREAT", &["EEXIST", "ENOSPC", "EDQUOT"]),
    // stat(2), statx(2), access(2), readlink(2), getcwd(3)
    rule("newfstatat", "", &["EACCES", "EIO", "ENOENT", "ENOMEM", "ENOTDIR", "ESTALE"]),
    rule("fstat", "", &["EIO", "ENOMEM", "ESTALE"]),
    rule("statx", "", &["EACCES", "EIO", "ENOENT", "ENOMEM", "ENOSYS", "ESTALE"]),
    rule("access", "", &["EACCES", "EIO", "ENOENT", "EROFS"]),
    rule("faccessat", "", &["EACCES", "EIO", "ENOENT", "EROFS"]),
    rule("faccessat2", "", &["EACCES", "EIO", "ENOENT", "ENOSYS", "EROFS"]),
    rule("readlink", "", &["EACCES", "EINVAL", "EIO", "ENOENT", "ENOMEM"]),
    rule("readlinkat", "", &["EACCES", "EINVAL", "EIO", "ENOENT", "ENOMEM"]),
    rule("getcwd", "", &["EACCES", "ENOENT", "ENOMEM"]),
    // statfs(2), getdents(2), lseek(2)
    rule("fstatfs", "", &["EINTR", "EIO", "ENOMEM", "ENOSYS", "ESTALE"]),
    rule("statfs", "", &["EACCES", "EINTR", "EIO", "ENOENT", "ENOMEM", "ENOSYS", "ESTALE"]),
    rule("getdents64", "", &["EINTR", "EIO", "ENOENT", "ENOMEM", "ESTALE"]),
    rule("lseek", "", &["EINVAL", "EIO", "ESTALE"]),
    // read(2), write(2), close(2), fsync(2)
    rule("read", "", &["EINTR", "EAGAIN", "EIO", "EISDIR", "ENOMEM", "ESTALE"]),
    rule("pread64", "", &["EINTR", "EIO", "EISDIR", "ENOMEM", "ESTALE"]),
    rule("write", "", &["EINTR", "EAGAIN", "EDQUOT", "EFBIG", "EIO", "ENOSPC", "EPERM", "ESTALE"]),
    rule("writev", "", &["EINTR", "EAGAIN", "EIO", "ENOSPC"]),
    rule("close", "", &["EINTR", "EDQUOT", "EIO", "ENOSPC"]),
    rule("fsync", "", &["EINTR", "EDQUOT", "EINVAL", "EIO", "ENOSPC", "EROFS"]),
    rule("fdatasync", "", &["EINTR", "EDQUOT", "EINVAL", "EIO", "ENOSPC", "EROFS"]),
    // madvise(2); the allocator does not ask whether memory was given back
    rule("madvise", "MADV_WIPEONFORK", &["EINVAL", "ENOMEM"]),
    // flock(2); EOPNOTSUPP and ENOSYS of filesystems that cannot lock
    rule("flock", "", &["EINTR", "EIO", "ENOLCK", "ENOSYS", "EOPNOTSUPP", "ESTALE"]),
    rule("flock", "LOCK_NB", &["EAGAIN"]),
    // link(2), unlink(2), mkdir(2), chmod(2), chown(2)
    rule("linkat", "", &["EACCES", "EDQUOT", "EEXIST", "EINVAL", "EIO", "EMLINK", "ENOENT", "ENOMEM", "ENOSPC", "EPERM", "EROFS", "ESTALE", "EXDEV"]),
    rule("unlinkat", "", &["EACCES", "EBUSY", "EIO", "ENOENT", "ENOMEM", "EPERM", "EROFS", "ESTALE"]),
    rule("mkdirat", "", &["EACCES", "EDQUOT", "EEXIST", "EIO", "EMLINK", "ENOENT", "ENOMEM", "ENOSPC", "EPERM", "EROFS", "ESTALE"]),
    rule("fchmod", "", &["EIO", "ENOMEM", "EPERM", "EROFS", "ESTALE"]),
    rule("fchmodat", "", &["EACCES", "EIO", "ENOENT", "ENOMEM", "EPERM", "EROFS", "ESTALE"]),
    rule("fchown", "", &["EDQUOT", "EIO", "ENOMEM", "EPERM", "EROFS", "ESTALE"]),
    // pidfd_open(2), pidfd_send_signal(2), kill(2), prctl(2), wait(2), clone(2)
    rule("pidfd_open", "", &["EINVAL", "EMFILE", "ENFILE", "ENODEV", "ENOENT", "ENOMEM", "ENOSYS", "EPERM", "ESRCH"]),
    rule("pidfd_send_signal", "", &["EINVAL", "ENOSYS", "EPERM", "ESRCH"]),
    rule("kill", "", &["EPERM", "ESRCH"]),
    rule("wait4", "", &["EINTR", "ECHILD"]),
    rule("waitid", "", &["EINTR", "ECHILD"]),
    rule("clone", "", &["EAGAIN", "ENOMEM"]),
    rule("clone3", "", &["EAGAIN", "ENOMEM", "ENOSYS"]),
    rule("vfork", "", &["EAGAIN", "ENOMEM"]),
    // poll(2), epoll_create(2), epoll_ctl(2), epoll_wait(2), inotify(7), timerfd_create(2)
    rule("poll", "", &["EINTR", "ENOMEM"]),
    rule("ppoll", "", &["EINTR", "ENOMEM"]),
    rule("epoll_create1", "", &["EMFILE", "ENFILE", "ENOMEM"]),
    rule("epoll_ctl", "EPOLL_CTL_ADD", &["ENOMEM", "ENOSPC"]),
    rule("epoll_wait", "", &["EINTR"]),
    rule("epoll_pwait", "", &["EINTR"]),
    rule("epoll_pwait2", "", &["EINTR", "ENOSYS"]),
    rule("inotify_init1", "", &["EMFILE", "ENFILE", "ENOMEM"]),
    rule("inotify_add_watch", "", &["EACCES", "ENOENT", "ENOMEM", "ENOSPC", "ENOTDIR"]),
    rule("timerfd_create", "", &["EMFILE", "ENFILE", "ENODEV", "ENOMEM"]),
    // nanosleep(2), getrandom(2)
    rule("nanosleep", "", &["EINTR"]),
    rule("clock_nanosleep", "", &["EINTR"]),
    rule("getrandom", "", &["EINTR", "ENOSYS"]),
    // fcntl(2), pipe(2), socketpair(2), ioctl(2), recv(2), send(2)
    rule("fcntl", "F_DUPFD", &["EMFILE"]),
    rule("pipe2", "", &["EMFILE", "ENFILE"]),
    rule("socketpair", "", &["EMFILE", "ENFILE", "ENOMEM"]),
    rule("ioctl", "", &["EIO", "ENOTTY"]),
    rule("recvfrom", "", &["EINTR", "EAGAIN", "ENOMEM"]),
    rule("recvmsg", "", &["EINTR", "EAGAIN", "ENOMEM"]),
    rule("sendto", "", &["EINTR", "EAGAIN", "ENOBUFS", "ENOMEM"]),
    rule("sendmsg", "", &["EINTR", "EAGAIN", "ENOBUFS", "ENOMEM"]),
    // mmap(2): the allocator's, which ends the process when there is no memory. brk(2) is not failed:
    // the system call itself answers with the old break then, and with no error.
    rule("mmap", "MAP_ANONYMOUS", &["ENOMEM"]),
    rule("mremap", "", &["ENOMEM"]),
];

/// Calls that cannot fail, or only for arguments that nobody gives; and the allocator's way of giving
/// memory back, whose failure it does not notice.
const WITHOUT_FAULTS: &[&str] = &[
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getpgrp",
    "getpgid",
    "getsid",
    "umask",
    "uname",
    "clock_gettime",
    "futex",
    "sched_yield",
    "sched_getaffinity",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "munmap",
    "madvise",
    "mprotect",
    "fcntl",
    "mmap",
    "brk",
    "prctl",
    "epoll_ctl",
    "inotify_rm_watch",
    "timerfd_settime",
    "prlimit64",
    "set_robust_list",
    "rseq",
    "exit_group",
];

/// The errors that a call can give; none of a call that is not in the tables.
pub(super) fn of(call: &str, line: &str) -> Option<Vec<&'static str>> {
    let rules = RULES.iter().filter(|rule| rule.call == call);
    let mut errnos: Vec<&str> = rules
        .filter(|rule| line.contains(rule.word))
        .flat_map(|rule| rule.errnos)
        .copied()
        .collect();
    errnos.sort_unstable();
    errnos.dedup();
    (!errnos.is_empty() || WITHOUT_FAULTS.contains(&call)).then_some(errnos)
}

/// Whether an error says how the world is, rather than that something went wrong: then whoever gets it
/// must believe it, though it is not so.
pub(super) fn is_a_lie(call: &str, errno: &str) -> bool {
    match errno {
        "ENOENT" | "EEXIST" | "ESRCH" | "ENOTDIR" | "ELOOP" | "ECHILD" => true,
        // It is another filesystem's, and so nothing of the store's.
        "EXDEV" => call == "openat2",
        // Somebody holds it; it is the same as EWOULDBLOCK.
        "EAGAIN" => call == "flock",
        // There is no such process, and no such link.
        "EINVAL" => matches!(call, "pidfd_open" | "readlinkat" | "readlink"),
        _ => false,
    }
}

/// The number of an error, on most machines that Linux runs on.
pub(super) fn number(errno: &str) -> Option<i32> {
    const NUMBERS: &[(&str, i32)] = &[
        ("EPERM", 1),
        ("EINTR", 4),
        ("EIO", 5),
        ("EAGAIN", 11),
        ("ENOMEM", 12),
        ("EACCES", 13),
        ("EBUSY", 16),
        ("EXDEV", 18),
        ("ENODEV", 19),
        ("EISDIR", 21),
        ("EINVAL", 22),
        ("ENFILE", 23),
        ("EMFILE", 24),
        ("ENOTTY", 25),
        ("EFBIG", 27),
        ("ENOSPC", 28),
        ("EROFS", 30),
        ("EMLINK", 31),
        ("ENOLCK", 37),
        ("ENOSYS", 38),
        ("EOPNOTSUPP", 95),
        ("ENOBUFS", 105),
        ("ESTALE", 116),
        ("EDQUOT", 122),
    ];
    NUMBERS.iter().find(|(name, _)| *name == errno).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_that_is_no_lie_can_be_told_from_others() {
        let errors =
            RULES.iter().flat_map(|rule| rule.errnos.iter().map(|errno| (rule.call, errno)));
        let unknown: Vec<_> = errors
            .filter(|(call, errno)| number(errno).is_none() && !is_a_lie(call, errno))
            .collect();
        assert_eq!(unknown, []);
    }

    #[test]
    fn a_call_has_the_errors_of_its_arguments() {
        let plain = of("openat", "openat(3, \"a\", O_RDONLY)").unwrap();
        assert!(plain.contains(&"EMFILE") && !plain.contains(&"EOPNOTSUPP"));
        let unnamed = of("openat", "openat(3, \".\", O_RDWR|O_TMPFILE, 0600)").unwrap();
        assert!(unnamed.contains(&"EMFILE") && unnamed.contains(&"EOPNOTSUPP"));
        assert_eq!(of("getpid", "getpid()"), Some(Vec::new()));
        assert_eq!(of("mount", "mount()"), None);
    }
}
