//! A real sandbox.

use std::process::Command;

use hakurei_hst::template;
use rustix::process::Signal;

use crate::place::{BINARY, Place};
use crate::process::{Started, Stranger, children, until};

/// Whether bubblewrap is installed, and may make its namespaces here.
fn can_sandbox() -> bool {
    let tried = Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).output();
    let works = tried.is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("skipped: bwrap is not installed, or does not work here");
    }
    works
}

#[test]
fn a_sandbox_is_listed_and_goes_with_its_run() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let config = place.file("config.json", template().to_json().unwrap());
    let mut command =
        place.command(&["run", "--identity", "9", "--config", config.to_str().unwrap(), "--"]);
    command.args(["bwrap", "--die-with-parent", "--ro-bind", "/", "/", "--unshare-pid"]);
    command.args(["--proc", "/proc", "--dev", "/dev", "sh", "-c", "echo; exec sleep 600"]);
    let mut run = Started::new(&mut command);
    run.line();

    let instance = place.output(&["ps", "--json"]).json()[0].take();
    assert_eq!(instance["identity"], 9);
    assert_eq!(instance["status"], "running");
    assert_eq!(instance["pid"], run.pid().as_raw_pid());
    let bwrap = instance["shim_pid"].to_string();
    let command = std::fs::read_to_string(format!("/proc/{bwrap}/comm")).unwrap();
    assert_eq!(command, "bwrap\n");
    let inside: Vec<_> = children(&bwrap).iter().map(|pid| Stranger::new(pid)).collect();
    assert_eq!(inside.len(), 1);

    run.send(Signal::TERM);
    assert_eq!(run.end().0, Some(143));
    inside[0].wait();
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn a_sandbox_does_not_outlive_a_killed_run() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let mut command = place.command(&["run", "--identity", "9", "--"]);
    command.args(["bwrap", "--die-with-parent", "--ro-bind", "/", "/", "--unshare-pid"]);
    command.args(["--proc", "/proc", "--dev", "/dev", "sh", "-c", "echo; exec sleep 600"]);
    let mut run = Started::new(&mut command);
    run.line();
    let bwrap = place.output(&["ps", "--json"]).json()[0]["shim_pid"].to_string();
    let inside = Stranger::new(&children(&bwrap)[0]);
    run.send(Signal::KILL);
    run.wait();
    inside.wait();
    until("the instance is dead", || place.statuses() == ["dead"]);
}

/// Where the session and the group began outside, the kernel numbers both 0.
#[test]
fn run_passes_signals_on_where_its_session_is_not_to_be_seen() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let mut command = Command::new("bwrap");
    command.args(["--bind", "/", "/", "--unshare-pid", "--as-pid-1", "--proc", "/proc"]);
    command.args(["--dev", "/dev", "--die-with-parent"]);
    command.args(["sh", "-c", "\"$0\" run -- sh -c 'kill -s USR1 \"$PPID\"; exec sleep 600'"]);
    command.arg(BINARY).env("HAKUREI_STORE", place.store_path());
    let bwrap = Started::new(&mut command);
    let (code, _, stderr) = bwrap.end();
    assert_eq!((code, stderr.as_str()), (Some(138), ""));
    assert_eq!(place.statuses(), [""; 0]);
}
