//! The oldest compiler that Cargo.toml promises.

use std::process::Command;

use crate::command::{self, MEMBERS, probe};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Checks with a toolchain that is there; rustup is never left to download one.
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let promised = workspace.published().find_map(|package| package.rust_version.as_deref());
    let Some(version) = promised else {
        return Err(Failure::new(
            "no published crate has a rust-version",
            "write it to Cargo.toml",
        ));
    };
    let installed = probe(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let Some(toolchain) = find(&String::from_utf8_lossy(&installed), version) else {
        return Ok(Outcome::Skipped(format!("Rust {version} is not installed")));
    };
    command::run(
        Command::new("rustup")
            .args(["run", &toolchain, "cargo", "check", "--all-targets", "--all-features"])
            .args(MEMBERS)
            .env("RUSTUP_AUTO_INSTALL", "0"),
        "use what that version has, or raise rust-version in Cargo.toml",
    )
}

/// The first toolchain of that version, with or without a patch number, in what rustup lists.
fn find(list: &str, version: &str) -> Option<String> {
    let names = list.lines().filter_map(|line| line.split(' ').next());
    let of_version =
        |name: &&str| name.strip_prefix(version).is_some_and(|rest| rest.starts_with(['.', '-']));
    names.into_iter().find(of_version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_the_version_and_no_other() {
        let list = "stable-x86_64-unknown-linux-gnu (active, default)\n1.8-x\n1.880.0-x\n";
        assert_eq!(find(list, "1.88"), None);
        assert_eq!(find(&format!("{list}1.88-x\n"), "1.88"), Some("1.88-x".into()));
        assert_eq!(find(&format!("{list}1.88.1-x (default)\n"), "1.88"), Some("1.88.1-x".into()));
    }
}
