//! Instances in every condition, without a launcher that would have to die for them.

use std::process::{Child, Command, Stdio};

use hakurei_hst::{InstanceId, State};
use rustix::process::{Pid, Signal, kill_process};

use crate::place::{Place, state};
use crate::process::Started;

/// A process that does nothing, and ends with the test.
pub(crate) struct Idle(Child);

impl Idle {
    pub(crate) fn new() -> Self {
        let mut command = Command::new("sleep");
        Self(command.arg("600").stdin(Stdio::null()).spawn().unwrap())
    }

    pub(crate) fn pid(&self) -> i64 {
        self.0.id().into()
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Kills it, and has its number forgotten.
    pub(crate) fn end(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// The signal that ended it.
    pub(crate) fn ended_by(&mut self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt as _;
        crate::process::ended(&mut self.0).signal()
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        // Fails if it has been waited for, which is just as well.
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// An instance whose lease is free, by these processes.
fn left(place: &Place, identity: u16, random: u64, monitor: &Idle, shim: &Idle) -> InstanceId {
    let of = State { pid: monitor.pid(), shim_pid: shim.pid(), ..state(identity, 1, random) };
    place.save(&of).release();
    of.id
}

/// An instance that runs, though nobody holds its lease: its one process is its monitor.
pub(crate) fn unleased(place: &Place, identity: u16, random: u64) -> (InstanceId, Idle) {
    let monitor = Idle::new();
    let id = left(place, identity, random, &monitor, &monitor);
    (id, monitor)
}

/// A dead instance.
pub(crate) fn dead(place: &Place, identity: u16, random: u64) -> InstanceId {
    let (monitor, shim) = (Idle::new(), Idle::new());
    let id = left(place, identity, random, &monitor, &shim);
    monitor.end();
    shim.end();
    id
}

/// An orphaned instance, and its program.
pub(crate) fn orphan(place: &Place, identity: u16, random: u64) -> (InstanceId, Idle) {
    let (monitor, shim) = (Idle::new(), Idle::new());
    let id = left(place, identity, random, &monitor, &shim);
    monitor.end();
    (id, shim)
}

/// An entry that is damaged.
pub(crate) fn corrupt(place: &Place, identity: u16, random: u64) -> InstanceId {
    written(place, identity, random, b"nonsense")
}

/// An entry of a later version.
pub(crate) fn newer(place: &Place, identity: u16, random: u64) -> InstanceId {
    written(place, identity, random, b"\x00\xff\xca\xfe\x80\x02\x00\xff and more")
}

fn written(place: &Place, identity: u16, random: u64, bytes: &[u8]) -> InstanceId {
    let of = state(identity, 1, random);
    // It makes the segment.
    drop(place.store().handle(of.config.identity).unwrap());
    std::fs::write(place.entry(identity, of.id), bytes).unwrap();
    of.id
}

/// The id of an instance whose process namespace is gone; none, and a word why, where none can be made.
pub(crate) fn unknown(place: &Place, identity: &str) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        skipped!("takes root, to make a process namespace");
        return None;
    }
    // The shell is the first process there, and all end with it.
    let script = r#""$0" run --identity "$1" -- sh -c 'echo $HAKUREI_INSTANCE; exec sleep 600'; :"#;
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child", "sh", "-c", script]);
    command.args([crate::place::BINARY, identity]).env("HAKUREI_STORE", place.store_path());
    let mut namespace = Started::new(&mut command);
    let id = namespace.line();
    if id.is_empty() {
        skipped!("no process namespace here: {}", namespace.end().2);
        return None;
    }
    namespace.send(Signal::KILL);
    namespace.wait();
    crate::process::until("its lease is let go", || place.statuses() == ["unknown"]);
    Some(id)
}

/// A `run` whose program has begun, and the id of its instance.
pub(crate) fn running(place: &Place, identity: &str, script: &str) -> (Started, String) {
    let script = format!("echo $HAKUREI_INSTANCE; {script}");
    let mut run = Started::new(&mut place.command(&[
        "run",
        "--identity",
        identity,
        "--",
        "sh",
        "-c",
        &script,
    ]));
    let id = run.line();
    (run, id)
}

/// What a program is told to do that is to end by no will of its own.
pub(crate) const ENDLESS: &str = "exec sleep 600";
