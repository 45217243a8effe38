//! strace, and whether it can do here what is asked of it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::window::MARKS;
use crate::command::probe;
use crate::outcome::Failure;

/// A strace that works.
pub(super) struct Tracer(());

impl Tracer {
    /// Finds it; else says why there can be no faults here.
    pub(super) fn find() -> Result<Result<Self, String>, Failure> {
        if probe(Command::new("strace").arg("--version")).is_none() {
            return Ok(Err("strace is not installed".into()));
        }
        let tracer = Self(());
        if probe(tracer.inject(Path::new("/dev/null"), None).arg("/bin/true")).is_none() {
            return Ok(Err("strace may not trace here (ptrace(2))".into()));
        }
        tracer.try_kill()?;
        Ok(Ok(tracer))
    }

    /// Sees that a kill at a call's entry comes before the call: a directory is not made.
    fn try_kill(&self) -> Result<(), Failure> {
        let made = std::env::temp_dir().join(format!("hakurei-faults-{}", std::process::id()));
        let kill = "inject=mkdir,mkdirat:signal=KILL:when=1";
        let mut mkdir = self.inject(Path::new("/dev/null"), [kill]);
        let status = mkdir.arg("mkdir").arg(&made).stderr(Stdio::null()).status();
        let was_made = std::fs::remove_dir(&made).is_ok();
        match status {
            Ok(status) if !status.success() && !was_made => Ok(()),
            _ => Err(Failure::new(
                "a kill at the entry of a call does not come before the call",
                "mend xtask/src/faults: this kernel or this strace behaves differently",
            )),
        }
    }

    /// `strace` with its trace in a file; what is traced is to be added.
    ///
    /// Children are not traced: strace counts the calls of each process by itself, so that a fault
    /// would come in several of them.
    pub(super) fn inject<'a>(
        &self,
        trace: &Path,
        injections: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut strace = self.command(trace, injections);
        strace.arg("--");
        strace
    }

    /// The same, for errors alone, in a process that is known to have no children: it is stopped at those
    /// calls only, and at its marks, which takes half the time.
    pub(super) fn inject_alone<'a>(
        &self,
        trace: &Path,
        injections: impl IntoIterator<Item = &'a str>,
        calls: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut strace = self.command(trace, injections);
        let calls: String = calls.into_iter().map(|call| format!("?{call},")).collect();
        // The filter takes following, of whom there is none.
        strace.args(["-f", "--seccomp-bpf", "-e"]).arg(format!("trace={calls}{MARKS}")).arg("--");
        strace
    }

    fn command<'a>(&self, trace: &Path, injections: impl IntoIterator<Item = &'a str>) -> Command {
        let mut strace = Command::new("strace");
        strace.args(["-q", "-s", "256", "-o"]).arg(trace);
        for injection in injections {
            strace.args(["-e", injection]);
        }
        strace
    }
}
