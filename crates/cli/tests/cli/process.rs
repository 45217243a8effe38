//! Processes that a test starts, and those that these start.

use std::io::{BufRead as _, BufReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Once};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT};

/// For how long a test waits before it gives up on what must happen at once. Nothing is measured.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// A started command with its output at hand; it is killed with the test.
pub(crate) struct Started {
    child: Child,
    /// None once it is closed.
    stdout: Option<BufReader<ChildStdout>>,
    stderr: BufReader<ChildStderr>,
}

impl Started {
    pub(crate) fn new(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// The next line that it prints; empty at the end.
    pub(crate) fn line(&mut self) -> String {
        line(self.stdout.as_mut().unwrap())
    }

    /// The next line of stderr that has these words in it.
    pub(crate) fn line_of_stderr(&mut self, words: &str) -> String {
        loop {
            let line = line(&mut self.stderr);
            assert_ne!(line, "", "nothing says {words:?}");
            if line.contains(words) {
                return line;
            }
        }
    }

    pub(crate) fn send(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Lets it see the end of its input.
    pub(crate) fn close_stdin(&mut self) {
        self.child.stdin = None;
    }

    /// Reads no more of what it prints.
    pub(crate) fn close_stdout(&mut self) {
        self.stdout = None;
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        ended(&mut self.child)
    }

    /// Waits for its end: its exit code, what was left of stdout, and of stderr.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        // What they print at their end fits into a pipe.
        let code = self.wait().code();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        if let Some(rest) = &mut self.stdout {
            rest.read_to_string(&mut stdout).unwrap();
        }
        self.stderr.read_to_string(&mut stderr).unwrap();
        (code, stdout, stderr)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Fails if it has been waited for, which is just as well.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn line<R: Read + AsFd>(reader: &mut BufReader<R>) -> String {
    let mut line = String::new();
    if reader.buffer().is_empty() {
        await_input(reader.get_ref());
    }
    reader.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// Waits for the end of a child.
pub(crate) fn ended(child: &mut Child) -> ExitStatus {
    Stranger::new(&child.id().to_string()).wait();
    child.wait().unwrap()
}

/// A process that is not this one's child, by a descriptor.
pub(crate) struct Stranger(OwnedFd);

impl Stranger {
    pub(crate) fn new(pid: &str) -> Self {
        let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
        Self(pidfd_open(pid, PidfdFlags::empty()).unwrap())
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&self) {
        await_input(&self.0);
    }
}

/// Waits until there is something to read, or nothing ever will be.
pub(crate) fn await_input(fd: &impl AsFd) {
    let mut polled = [PollFd::new(fd, PollFlags::IN)];
    assert_eq!(poll(&mut polled, Some(&PATIENCE)).unwrap(), 1, "nothing happens");
}

/// The children of a process that has one thread.
pub(crate) fn children(pid: &str) -> Vec<String> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Lets signals end what this process starts, though it was itself started to ignore them, as is
/// what a shell without job control starts in the background. What is ignored is inherited, what is
/// caught is not (execve(2)).
pub(crate) fn heed_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        for signal in [SIGHUP, SIGINT, SIGQUIT] {
            if ignored & 1 << (signal - 1) != 0 {
                signal_hook::flag::register(signal, Arc::default()).unwrap();
            }
        }
    });
}

/// Looks again and again, where nothing else can tell, until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}
