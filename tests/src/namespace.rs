//! Programs in namespaces of their own.

use std::ffi::OsStr;
use std::process::Command;

/// A command that runs what is appended to it in new namespaces; none, with a line that says so, where
/// that is not allowed or the program for it is missing.
///
/// # Panics
///
/// If there are no words.
#[must_use]
pub fn wrapper<S: AsRef<OsStr>>(words: &[S]) -> Option<Command> {
    let command = || {
        let (program, arguments) = words.split_first().unwrap_or_else(|| panic!("no words"));
        let mut command = Command::new(program);
        command.args(arguments);
        command
    };
    let shown = words.iter().map(|word| word.as_ref().to_string_lossy());
    let shown = shown.collect::<Vec<_>>().join(" ");
    match command().arg("true").output() {
        Ok(output) if output.status.success() => Some(command()),
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr);
            skipped!("it is not allowed: {shown}: {}", why.trim_end());
            None
        }
        Err(error) => {
            skipped!("{shown}: {error}");
            None
        }
    }
}

/// Whether processes have the numbers that the whole machine sees (`PROC_PID_INIT_INO` in the
/// kernel's `proc_ns.h`).
#[must_use]
pub fn is_first_pid_namespace() -> bool {
    is_own("pid:[4026531836]")
}

/// The same of users (`PROC_USER_INIT_INO`).
#[must_use]
pub fn is_first_user_namespace() -> bool {
    is_own("user:[4026531837]")
}

fn is_own(name: &str) -> bool {
    let kind = name.split(':').next().unwrap_or_default();
    std::fs::read_link(format!("/proc/self/ns/{kind}")).is_ok_and(|own| own.as_os_str() == name)
}

/// What `unshare` is called with for new namespaces, which takes a user namespace for all but root.
#[must_use]
pub fn unshare(flags: &[&'static str]) -> Vec<&'static str> {
    let first: &[_] = match rustix::process::geteuid().is_root() {
        true => &["unshare"],
        false => &["unshare", "--map-root-user"],
    };
    [first, flags].concat()
}
