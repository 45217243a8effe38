//! A conversation with the helper program: a line to it, a line back.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use hakurei_check::Absolute;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, pidfd_open};

/// A running helper program. It is killed at the end, if it has not ended by then.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it on a store, as another user if one is named.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[must_use]
    pub fn start(program: impl AsRef<Path>, base: &Absolute, user: Option<u32>) -> Self {
        let mut command = Command::new(program.as_ref());
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        Self::start_by(command, base)
    }

    /// Starts it by a command of the caller's, such as one that traces it.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[must_use]
    pub fn start_by(mut command: Command, base: &Absolute) -> Self {
        command.arg(base.as_path());
        Self::spawn(command)
    }

    /// Starts a program that speaks as it does, however that is done.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[must_use]
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => Self { child, to, from: BufReader::new(from) },
            _ => panic!("both were asked for"),
        }
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it something, and waits for the answer.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn ask(&mut self, question: &str) -> String {
        self.tell(question);
        self.hear()
    }

    /// Tells it something.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.to, "{line}").unwrap_or_else(|error| panic!("{line}: {error}"));
    }

    /// Waits for a line of it.
    ///
    /// # Panics
    ///
    /// If it has ended, or has nothing to say for a minute.
    pub fn hear(&mut self) -> String {
        if self.from.buffer().is_empty() {
            let mut answered = [PollFd::new(self.from.get_ref(), PollFlags::IN)];
            let minute = Timespec { tv_sec: 60, tv_nsec: 0 };
            let count =
                poll(&mut answered, Some(&minute)).unwrap_or_else(|errno| panic!("{errno}"));
            assert!(count > 0, "the helper program has nothing to say");
        }
        let mut line = String::new();
        let length = self.from.read_line(&mut line).unwrap_or_else(|error| panic!("{error}"));
        assert!(length > 0, "the helper program has ended");
        line.trim_end().to_owned()
    }

    /// Kills it, and waits until it is gone.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn kill(mut self) {
        self.child.kill().unwrap_or_else(|error| panic!("{error}"));
        self.wait();
    }

    /// Kills it, and waits for its end, but leaves it a zombie until this is dropped.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn kill_unreaped(&mut self) {
        self.child.kill().unwrap_or_else(|error| panic!("{error}"));
        let pid = Pid::from_child(&self.child);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let ended = rustix::process::waitid(WaitId::Pid(pid), options);
        ended.unwrap_or_else(|errno| panic!("{errno}"));
    }

    /// Waits for it to end by itself, or by what has been sent to it; answers how it did.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Whether it has not ended yet.
    ///
    /// # Panics
    ///
    /// If it is no child of this process.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap_or_else(|error| panic!("{error}")).is_none()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended, and been waited for, before.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Stops a child, and waits until it has stopped.
///
/// # Panics
///
/// If it is no child of this process.
pub fn stop(peer: &Peer) {
    let pid = Pid::from_child(&peer.child);
    rustix::process::kill_process(pid, Signal::STOP).unwrap_or_else(|error| panic!("{error}"));
    let state = rustix::process::waitpid(Some(pid), WaitOptions::UNTRACED);
    let stopped = state.ok().flatten().is_some_and(|(_, state)| state.stopped());
    assert!(stopped, "it was told to stop");
}

/// Waits until a process has ended that need not be a child, and has let all its locks go.
///
/// # Panics
///
/// If that takes more than a minute.
pub fn await_end(pid: i32) {
    let Some(pid) = Pid::from_raw(pid) else { panic!("{pid} is no process") };
    // If there is none of that number, it has ended.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    let mut ended = [PollFd::new(&process, PollFlags::IN)];
    let minute = Timespec { tv_sec: 60, tv_nsec: 0 };
    let count = poll(&mut ended, Some(&minute)).unwrap_or_else(|errno| panic!("{errno}"));
    assert!(count > 0, "process {pid:?} does not end");
}

/// Lets a stopped child go on when dropped.
#[derive(Debug)]
pub struct Stopped<'a>(&'a Peer);

/// Stops a child for as long as the answer lives.
///
/// # Panics
///
/// If it is no child of this process.
#[must_use]
pub fn stopped(peer: &Peer) -> Stopped<'_> {
    stop(peer);
    Stopped(peer)
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        // A process that has been killed meanwhile needs nothing.
        let _continued =
            rustix::process::kill_process(Pid::from_child(&self.0.child), Signal::CONT);
    }
}
