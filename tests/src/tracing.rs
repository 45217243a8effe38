//! Whether the system calls of a program can be looked at here.

use std::process::Command;

/// Why nothing can be traced with strace, if so.
#[must_use]
pub fn obstacle_to_tracing() -> Option<String> {
    let tried = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status();
    match tried {
        Ok(status) if status.success() => None,
        Ok(_) => Some("strace may not trace here (ptrace(2))".into()),
        Err(error) => Some(format!("strace: {error}")),
    }
}
