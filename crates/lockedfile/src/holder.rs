//! Who holds a lock.

mod files;
mod inquiry;
mod proc;
mod search;

use std::fmt;
use std::io;
use std::os::fd::AsFd;

use hakurei_check::quote;

pub use inquiry::{Inquiry, is_held_by};
#[cfg(any(test, fuzzing))]
pub use proc::fuzzed;

/// Who holds a lock, as far as `/proc` tells this process.
///
/// The kernel records who took a lock. That process may have ended, and a child of its, which
/// inherited the descriptor, may hold on; so a process is named only if it has the locked descriptor
/// open now.
///
/// What it displays is for people: `held by pid 4711 (hakurei), which is stopped`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    process: Option<Process>,
    recorded_by: Option<u32>,
    /// Whether there is no process of that number any more.
    recorder_is_gone: bool,
}

/// How much of a holder can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Visibility {
    /// The process that is named has the locked descriptor open.
    Confirmed,
    /// The process that took the lock is gone, and who holds on to it cannot be seen.
    RecorderGone,
    /// It cannot be seen from here: it is another user's, or of another pid namespace, or `/proc` is
    /// not that of this one.
    Hidden,
}

/// A process that has the locked descriptor open.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    /// Escaped: a process calls itself whatever it likes.
    command: Option<String>,
    is_stopped: bool,
}

impl Holder {
    /// Says who holds the flock on an open file, which somebody is known to hold: the caller, on
    /// another descriptor, has been refused it. For many files at once there is [`Inquiry`].
    ///
    /// # Errors
    ///
    /// What fstat(2) answers; it does not fail on an open file of a healthy filesystem.
    pub fn of(file: impl AsFd) -> io::Result<Self> {
        let mut inquiry = Inquiry::new();
        inquiry.add(file)?;
        Ok(Self::only(&inquiry))
    }

    /// The answer to an inquiry after one file.
    pub(crate) fn only(inquiry: &Inquiry) -> Self {
        let hidden = Self { process: None, recorded_by: None, recorder_is_gone: false };
        inquiry.holders().pop().unwrap_or(hidden)
    }

    /// How much of the holder can be seen.
    #[must_use]
    pub fn visibility(&self) -> Visibility {
        match (&self.process, self.recorder_is_gone) {
            (Some(_), _) => Visibility::Confirmed,
            (None, true) => Visibility::RecorderGone,
            (None, false) => Visibility::Hidden,
        }
    }

    /// The process that holds the lock.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.pid)
    }

    /// The process that took the lock, which need not hold it any more.
    #[must_use]
    pub fn recorded_by(&self) -> Option<u32> {
        self.recorded_by
    }

    /// What the process that holds the lock calls itself, at most 15 bytes of it, with whatever
    /// could drive a terminal escaped.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.process.as_ref()?.command.as_deref()
    }

    /// Whether the process that holds the lock is stopped, by a signal or by a debugger.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.process.as_ref().is_some_and(|process| process.is_stopped)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.process {
            Some(process) => {
                write!(f, "held by {process}")?;
                if self.recorded_by == Some(process.pid) {
                    return Ok(());
                }
            }
            None if self.recorder_is_gone => f.write_str("held")?,
            None => f.write_str("held by a process that is not visible from here")?,
        }
        let Some(recorder) = self.recorded_by else {
            return Ok(());
        };
        write!(f, ", recorded by pid {recorder}")?;
        f.write_str(if self.recorder_is_gone { ", which is gone" } else { "" })
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {}", self.pid)?;
        if let Some(command) = &self.command {
            write!(f, " ({command})")?;
        }
        f.write_str(if self.is_stopped { ", which is stopped" } else { "" })
    }
}

/// A command as it may stand in a sentence.
fn escaped(command: &str) -> String {
    let quoted = quote(command.as_bytes());
    // The quotes around it are not wanted here.
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests;
