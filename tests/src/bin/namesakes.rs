//! The first process of a pid namespace, which gives the number of one process to another.
//!
//! ```text
//! namesakes BASE PEER
//!   start               → PID                     of another PEER: the 0th, the 1st, and so on
//!   I LINE              → what the Ith answers
//!   end I               → ended
//!   replace I           → replaced PID            that is gone, and another process has its number
//!   lives               → true | false            whether the latter does
//! ```

use std::ffi::OsString;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::process::{Child, Command, ExitCode, Stdio};

use hakurei_check::Absolute;
use hakurei_tests::Peer;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let base = arguments.next().map(Absolute::try_from);
    let (Some(Ok(base)), Some(program)) = (base, arguments.next()) else {
        return ExitCode::FAILURE;
    };
    let mut namespace = Namespace { base, program, peers: Vec::new(), namesake: None };
    for line in stdin().lock().lines().map_while(Result::ok) {
        let answer = namespace.obey(&line).unwrap_or_else(|| format!("no such order: {line}"));
        // If nobody listens any more, the end of the input comes next.
        let _unheard = writeln!(stdout(), "{answer}").and_then(|()| stdout().flush());
    }
    ExitCode::SUCCESS
}

struct Namespace {
    base: Absolute,
    program: OsString,
    /// Those that have not been ended.
    peers: Vec<Option<Peer>>,
    namesake: Option<Namesake>,
}

impl Namespace {
    fn obey(&mut self, line: &str) -> Option<String> {
        let (order, rest) = line.split_once(' ').unwrap_or((line, ""));
        Some(match order {
            "start" => {
                let peer = Peer::start(&self.program, &self.base, None);
                let pid = peer.pid();
                self.peers.push(Some(peer));
                pid.to_string()
            }
            "end" => {
                self.take(rest)?.kill();
                "ended".to_owned()
            }
            "replace" => {
                let namesake = replace(self.take(rest)?);
                format!("replaced {}", self.namesake.insert(namesake).0.id())
            }
            "lives" => self.namesake.as_mut()?.lives().to_string(),
            number => {
                let peer = self.peers.get_mut(number.parse::<usize>().ok()?)?;
                peer.as_mut()?.ask(rest)
            }
        })
    }

    fn take(&mut self, number: &str) -> Option<Peer> {
        self.peers.get_mut(number.parse::<usize>().ok()?)?.take()
    }
}

/// A child that does nothing until it is killed, at the latest at the end of this.
struct Namesake(Child);

impl Namesake {
    fn start() -> Self {
        let child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("cat: {error}")))
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for Namesake {
    fn drop(&mut self) {
        // It may have ended before.
        let _killed = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Ends a process, and starts others until one has its number.
fn replace(monitor: Peer) -> Namesake {
    let pid = monitor.pid();
    monitor.kill();
    loop {
        // The next process of this namespace gets the number that follows (proc(5)).
        std::fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string())
            .unwrap_or_else(|error| panic!("ns_last_pid: {error}"));
        let child = Namesake::start();
        if child.0.id() == pid {
            return child;
        }
    }
}
