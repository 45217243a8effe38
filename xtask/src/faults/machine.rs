//! What a run took place on, for who reads its figures.

use std::path::Path;
use std::process::Command;

use crate::command::probe;

/// In a line: the kernel, the filesystem that the stores lay on, the tracer.
pub(super) fn describe() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // What stands behind it is the distributor's.
    let kernel = release.trim().split('-').next().unwrap_or_default();
    let filesystem = filesystem_of(&std::env::temp_dir());
    let strace = first_line(Command::new("strace").arg("--version"));
    let version = strace.split(' ').next_back().unwrap_or_default();
    let user = if rustix::process::geteuid().is_root() { "root" } else { "an ordinary user" };
    format!("On Linux {kernel}, {filesystem}, with strace {version}, as {user}.")
}

fn filesystem_of(directory: &Path) -> String {
    first_line(Command::new("stat").args(["-f", "-c", "%T"]).arg(directory))
}

fn first_line(command: &mut Command) -> String {
    let printed = probe(command).unwrap_or_default();
    String::from_utf8_lossy(&printed).lines().next().unwrap_or_default().to_owned()
}
