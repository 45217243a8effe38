//! The program that calls valgrind, in the version that the benchmarks are compiled with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, cargo, probe};
use crate::workspace::Workspace;

const NAME: &str = "gungraun-runner";

/// Finds it, or installs it among the tools in the target directory; else says why there is none.
pub(super) fn find(workspace: &Workspace) -> Result<PathBuf, String> {
    let lock = fs::read_to_string(workspace.root.join("Cargo.lock")).unwrap_or_default();
    let version = locked(&lock).ok_or_else(|| format!("Cargo.lock has no {NAME}"))?;
    let tools = workspace.target.join("tools");
    let installed = tools.join("bin").join(NAME);
    let candidates = [PathBuf::from(NAME), installed.clone()];
    if let Some(found) = candidates.into_iter().find(|program| is(program, version)) {
        return Ok(found);
    }
    // It starts valgrind and reads what that says, which takes no optimizing.
    let how = ["--locked", "--debug", "--version", version, "--root"];
    let mut install = cargo(["install", NAME].into_iter().chain(how));
    command::run(install.arg(tools), "")
        .map(|_| installed)
        .map_err(|_| format!("{NAME} {version} is not installed, and could not be: see above"))
}

/// The version that the lock file has.
fn locked(lock: &str) -> Option<&str> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{NAME}\""));
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

fn is(program: &Path, version: &str) -> bool {
    let answer = probe(Command::new(program).arg("--version")).unwrap_or_default();
    String::from_utf8_lossy(&answer).split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn reads_the_version_from_the_lock_file() {
        let package = |name: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
        assert_eq!(locked(&package("gungraun-runner")), Some("0.1.0"));
        assert_eq!(locked(&package("gungraun")), None);
    }
}
