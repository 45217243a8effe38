//! The process that sets the stage for each run, and looks around after it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::judge::End;
use super::plan::Programs;
use crate::outcome::Failure;

/// How long it may take to look around; whatever it waits for then, it waits in vain.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

pub(super) struct Attendant {
    program: PathBuf,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Attendant {
    pub(super) fn start(programs: &Programs) -> Result<Self, Failure> {
        Self::start_program(&programs.helper)
    }

    fn start_program(program: &Path) -> Result<Self, Failure> {
        let mut attend = Command::new(program);
        attend.arg("attend").stdin(Stdio::piped()).stdout(Stdio::piped());
        let spawned = attend.spawn();
        let mut child = spawned.map_err(|error| broken(&format!("does not start: {error}")))?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let (Some(to), Some(from)) = (to, from) else { return Err(broken("has no pipes")) };
        Ok(Self { program: program.to_owned(), child, to, from: BufReader::new(from) })
    }

    /// Sets the stage for an operation, and says where the store is.
    pub(super) fn prepare(&mut self, operation: &str) -> Result<PathBuf, Failure> {
        self.tell(&format!("prepare {operation}"))?;
        let answer = self.hear()?;
        match answer.strip_prefix("prepared ") {
            Some(base) => Ok(base.into()),
            None => Err(broken(&format!("says {answer:?} on prepare {operation}"))),
        }
    }

    /// Looks around after the operation, and takes the stage away. An attendant that hangs or fails is
    /// a finding, too: it is the next process.
    pub(super) fn check(
        &mut self,
        operation: &str,
        end: End,
        disturbance: &[&str],
    ) -> Result<Vec<String>, Failure> {
        let order = ["check", operation, end.word()];
        self.tell(&[&order, disturbance].concat().join(" "))?;
        let mut findings = Vec::new();
        loop {
            match self.hear() {
                Ok(line) if line == "checked" => return Ok(findings),
                Ok(line) => findings.push(line),
                Err(_) => {
                    findings.push("hang: the next process hangs, or dies".to_owned());
                    let next = Self::start_program(&self.program)?;
                    drop(std::mem::replace(self, next));
                    return Ok(findings);
                }
            }
        }
    }

    fn tell(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.to, "{line}").map_err(|error| broken(&format!("does not listen: {error}")))
    }

    fn hear(&mut self) -> Result<String, Failure> {
        if self.from.buffer().is_empty() {
            let mut ready = [PollFd::new(self.from.get_ref(), PollFlags::IN)];
            if !poll(&mut ready, Some(&PATIENCE)).is_ok_and(|ready| ready > 0) {
                return Err(broken("has nothing to say"));
            }
        }
        let mut line = String::new();
        match self.from.read_line(&mut line) {
            Ok(length) if length > 0 => Ok(line.trim_end().to_owned()),
            _ => Err(broken("has ended")),
        }
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        // It may have ended before.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn broken(what: &str) -> Failure {
    Failure::new(format!("`operation attend` {what}"), "mend tests/src/bin/operation")
}
