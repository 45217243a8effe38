//! A program that exists, but has not begun.
//!
//! It is this command once more, which waits on one pipe for the word to go on, and then becomes the
//! program; another pipe, closed when that succeeds, tells why it did not. Neither needs unsafe code
//! between fork and exec.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};

use hakurei_check::Absolute;
use hakurei_hst::InstanceId;

use super::fd::adopt;
use crate::exit::Exit;
use crate::location;
use crate::sys::{self, OnExec};

/// This program, whatever its name is now.
pub(super) const SELF: &str = "/proc/self/exe";

/// The first argument of a process that is held. It is not for people.
pub(crate) const HELD: &str = "__held";

/// The variable that names the instance to the program.
const VARIABLE: &str = "HAKUREI_INSTANCE";

/// The word to go on.
const GO: [u8; 1] = [1];

/// A child that becomes the program when it is told to.
///
/// When this is dropped it is killed, if it still runs, and waited for.
#[derive(Debug)]
pub(crate) struct Held {
    child: Child,
    process: sys::Process,
    go: File,
    report: File,
}

/// What kept it from becoming the program.
#[derive(Debug)]
pub(super) enum Failed {
    /// The kernel does not kill it when this process dies.
    ToBind(io::Error),
    /// The program cannot be executed.
    ToExecute(io::Error),
}

impl Held {
    /// Starts the child, which must happen in the thread that lives longest.
    pub(crate) fn start(
        program: &[OsString],
        id: InstanceId,
        store: &Absolute,
    ) -> io::Result<Self> {
        let (wait, go) = sys::pipe()?;
        let (report, answer) = sys::pipe()?;
        // No other thread could start a process now that would keep them too.
        sys::set_on_exec(&wait, OnExec::Keep)?;
        sys::set_on_exec(&answer, OnExec::Keep)?;
        let mut child = Command::new(SELF)
            .arg0("hakurei-store")
            .arg(HELD)
            .arg(std::process::id().to_string())
            .args([&wait, &answer].map(|fd| fd.as_raw_fd().to_string()))
            .args(program)
            .env(VARIABLE, id.to_string())
            .env(location::VARIABLE, store.as_path())
            .spawn()?;
        match sys::Process::of(&child) {
            Ok(process) => Ok(Self { child, process, go: go.into(), report: report.into() }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Its number, and the program's later on.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The process, to send signals to.
    pub(crate) fn process(&self) -> &sys::Process {
        &self.process
    }

    /// Lets the program begin.
    pub(crate) fn let_go(&mut self) -> io::Result<()> {
        match self.go.write_all(&GO) {
            // A signal was quicker, and its status says so.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    /// How it ended, once it has.
    pub(crate) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        loop {
            match self.child.try_wait() {
                // std asks again in `wait`, and not here.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                answer => return answer,
            }
        }
    }

    /// Why it never became the program. To be asked when it has ended: before, there is no answer
    /// yet.
    pub(super) fn failure(&mut self) -> Option<Failed> {
        let mut answer = Vec::new();
        self.report.read_to_end(&mut answer).ok()?;
        Failed::decode(&answer)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills a child and waits for it; nothing happens to one that has been waited for.
fn end(child: &mut Child) {
    // The one thing that could go wrong is that there is no such child any more.
    let _killed = child.kill();
    let _ended = child.wait();
}

impl Failed {
    /// A letter for what failed, and the error's number.
    fn encode(&self) -> [u8; 5] {
        let (letter, error) = match self {
            Self::ToBind(error) => (b'b', error),
            Self::ToExecute(error) => (b'x', error),
        };
        let [a, b, c, d] = error.raw_os_error().unwrap_or_default().to_be_bytes();
        [letter, a, b, c, d]
    }

    fn decode(answer: &[u8]) -> Option<Self> {
        let (letter, number) = answer.split_first()?;
        let error = io::Error::from_raw_os_error(i32::from_be_bytes(number.try_into().ok()?));
        Some(if *letter == b'b' { Self::ToBind(error) } else { Self::ToExecute(error) })
    }
}

/// The child's side: waits for the word, and becomes the program.
///
/// The arguments are those that [`Held::start`] gives. It returns only if it fails, or if whoever
/// started it is gone, or has changed their mind.
pub(crate) fn be_held(mut words: impl Iterator<Item = OsString>) -> Exit {
    let mut number = || words.next()?.to_str()?.parse().ok();
    let (parent, wait, answer) = (number(), number(), number());
    let (Some(parent), Some(wait), Some(answer), Some(name)) = (parent, wait, answer, words.next())
    else {
        return Exit::Usage;
    };
    let (Ok(wait), Ok(answer)) = (adopt(wait), adopt(answer)) else { return Exit::Usage };
    if let Some(failed) = become_program(parent, wait, Command::new(name).args(words)) {
        // If nobody listens, nobody wants to know.
        let _unheard = File::from(answer).write_all(&failed.encode());
    }
    Exit::RunFailed
}

/// Does not return if all goes well. None is no failure: whoever started it does not want it to go
/// on, or is gone.
fn become_program(parent: i32, wait: OwnedFd, program: &mut Command) -> Option<Failed> {
    if let Err(error) = sys::die_with_parent() {
        return Some(Failed::ToBind(error));
    }
    // It may have died before that, or be outside of this process's pid namespace.
    if sys::parent() != Some(parent) {
        return Some(Failed::ToBind(sys::no_such_process()));
    }
    let mut word = [0; GO.len()];
    File::from(wait).read_exact(&mut word).ok()?;
    Some(Failed::ToExecute(program.exec()))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::Failed;

    #[test]
    fn a_failure_is_told_through_a_pipe() {
        let missing = io::Error::from_raw_os_error(2);
        let told = Failed::ToExecute(missing).encode();
        let heard = Failed::decode(&told);
        assert!(matches!(heard, Some(Failed::ToExecute(error)) if error.raw_os_error() == Some(2)));
        let heard = Failed::decode(&Failed::ToBind(io::Error::from_raw_os_error(1)).encode());
        assert!(matches!(heard, Some(Failed::ToBind(error)) if error.raw_os_error() == Some(1)));
        assert!(Failed::decode(&[]).is_none());
        assert!(Failed::decode(&told[..4]).is_none());
    }
}
