//! cargo-fuzz, and the compiler that it takes.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::PLACE;
use crate::command::{self, cargo, probe};
use crate::workspace::Workspace;

/// cargo-fuzz: the one on the PATH, or the one among the tools in the target directory.
pub(super) struct Tool {
    program: PathBuf,
    root: PathBuf,
    target: PathBuf,
}

impl Tool {
    /// Finds it, or installs it; else says what there is not.
    pub(super) fn find(workspace: &Workspace) -> Result<Self, String> {
        if probe(nightly("cargo").arg("--version")).is_none() {
            return Err("a nightly Rust is not installed".into());
        }
        let tools = workspace.target.join("tools");
        let installed = tools.join("bin/cargo-fuzz");
        let candidates = [PathBuf::from("cargo-fuzz"), installed.clone()];
        let found = candidates.into_iter().find(|program| is_there(program));
        let program = match found {
            Some(program) => program,
            None => {
                install(&tools)?;
                installed
            }
        };
        Ok(Self { program, root: workspace.root.clone(), target: workspace.target.join("fuzz") })
    }

    /// `cargo fuzz run TARGET`; the corpus and the options are to be added.
    pub(super) fn run(&self, target: &str) -> Command {
        self.command("run", target)
    }

    /// `cargo fuzz cmin TARGET`: takes what leads nowhere new out of a corpus, which is to be added.
    pub(super) fn minimize(&self, target: &str) -> Command {
        self.command("cmin", target)
    }

    fn command(&self, order: &str, target: &str) -> Command {
        let mut command = nightly(&self.program);
        command.args([order, "--fuzz-dir", PLACE, target]);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// A program that calls the nightly compiler, which rustup is never left to download.
fn nightly(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).arg(program).env("RUSTUP_AUTO_INSTALL", "0");
    // What started this program names itself there, and is of another toolchain.
    command.env_remove("CARGO");
    command
}

fn is_there(program: &Path) -> bool {
    probe(Command::new(program).arg("--version")).is_some()
}

fn install(tools: &Path) -> Result<(), String> {
    let mut install = cargo(["install", "cargo-fuzz", "--locked", "--root"]);
    command::run(install.arg(tools), "")
        .map(drop)
        .map_err(|_| "cargo-fuzz is not installed, and could not be: see above".into())
}
