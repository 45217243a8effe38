//! A real sandbox.

use std::process::Command;

use hakurei_hst::template;
use rustix::process::Signal;

use crate::cgroup::Cgroup;
use crate::place::{BINARY, Place};
use crate::process::{Started, Stranger, children, until};

/// Whether bubblewrap is installed, and may make its namespaces here.
fn can_sandbox() -> bool {
    let tried = Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).output();
    let works = tried.is_ok_and(|output| output.status.success());
    if !works {
        skipped!("bwrap is not installed, or does not work here");
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

#[test]
fn numbers_of_another_namespace_mean_nobody_here() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let mut command = Command::new("bwrap");
    command.args(["--bind", "/", "/", "--unshare-pid", "--proc", "/proc", "--dev", "/dev"]);
    command.args(["--die-with-parent", BINARY, "run", "--", "sh", "-c", "echo; read _; exit 0"]);
    let mut bwrap = Started::new(command.env("HAKUREI_STORE", place.store_path()));
    bwrap.line();
    let instance = place.output(&["ps", "--json"]).json()[0].take();
    assert_eq!(instance["status"], "running");
    // Whoever has these numbers here, if anybody: the first processes of this system.
    for pid in [&instance["pid"], &instance["shim_pid"]] {
        assert_eq!(place.output(&["show", "--pid", &pid.to_string()]).code, Some(3), "{pid}");
    }
    let id = instance["instance"].as_str().unwrap();
    let answer = place.output(&["kill", "-s", "KILL", id]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    // No descriptor tells of its end, and yet it is noticed.
    let mut wait = Started::new(&mut place.command(&["-v", "wait", id]));
    wait.line_of_stderr("waiting for the ends of");
    bwrap.close_stdin();
    assert_eq!(bwrap.end().0, Some(0));
    assert_eq!(wait.end().0, Some(0));
}

/// A sandbox that has begun, and is waited for: how it ends is up to the test.
struct Sandbox {
    run: Started,
    wait: Started,
    id: String,
    /// bwrap itself, which is recorded as the program.
    program: String,
    inside: Stranger,
}

/// Starts a script in a sandbox; it says a line once it runs.
fn sandbox(place: &Place, options: &[&str], script: &str) -> Sandbox {
    let mut command = place.command(&["run", "--identity", "9", "--", "bwrap"]);
    command.args(options).args(["--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc"]);
    command.args(["--dev", "/dev", "sh", "-c", script]);
    let mut run = Started::new(&mut command);
    run.line();
    let instance = place.output(&["ps", "--json", "--status", "running"]).json()[0].take();
    let id = instance["instance"].as_str().unwrap().to_owned();
    let program = instance["shim_pid"].to_string();
    let inside = Stranger::new(&children(&program)[0]);
    let mut wait = Started::new(&mut place.command(&["-v", "wait", &id]));
    wait.line_of_stderr("waiting for the ends of");
    Sandbox { run, wait, id, program, inside }
}

/// Collects with an orphan in the store, whom `gc` is to leave alone in any case.
fn check_that_gc_takes_just(place: &Place, dead: &[&str]) {
    let (orphaned, program) = crate::instances::orphan(place, 9, 1);
    let answer = place.output(&["gc"]);
    let expected: String = dead.iter().map(|id| format!("{id} dead\n")).collect();
    assert_eq!((answer.code, answer.stdout), (Some(0), expected));
    assert!(answer.stderr.contains(&orphaned.to_string()), "{}", answer.stderr);
    assert_eq!(place.statuses(), ["orphaned"]);
    program.end();
}

#[test]
fn a_sandbox_that_ends_by_itself() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let mut sandbox = sandbox(&place, &["--die-with-parent"], "echo; read _; exit 5");
    sandbox.run.close_stdin();
    assert_eq!(sandbox.wait.end().0, Some(0));
    assert_eq!(sandbox.run.end().0, Some(5));
    assert_eq!(place.statuses(), [""; 0]);
    check_that_gc_takes_just(&place, &[]);
}

#[test]
fn a_sandbox_whose_program_is_killed() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let sandbox = sandbox(&place, &["--die-with-parent"], "echo; exec sleep 600");
    let program = rustix::process::Pid::from_raw(sandbox.program.parse().unwrap()).unwrap();
    rustix::process::kill_process(program, Signal::KILL).unwrap();
    assert_eq!(sandbox.wait.end().0, Some(0));
    assert_eq!(sandbox.run.end().0, Some(137));
    sandbox.inside.wait();
    assert_eq!(place.statuses(), [""; 0]);
    check_that_gc_takes_just(&place, &[]);
}

#[test]
fn a_sandbox_whose_monitor_is_killed() {
    if !can_sandbox() {
        return;
    }
    let place = Place::new();
    let mut sandbox = sandbox(&place, &["--die-with-parent"], "echo; exec sleep 600");
    sandbox.run.send(Signal::KILL);
    sandbox.run.wait();
    assert_eq!(sandbox.wait.end().0, Some(0));
    sandbox.inside.wait();
    assert_eq!(place.statuses(), ["dead"]);
    check_that_gc_takes_just(&place, &[&sandbox.id]);
}

/// The kernel kills the greediest of the group, which is what runs inside.
#[test]
fn a_sandbox_that_runs_out_of_memory() {
    if !can_sandbox() {
        return;
    }
    let Some(group) = Cgroup::with_little_memory() else { return };
    let place = Place::new();
    let members = group.members();
    let script = format!(
        "echo 0 > {}; echo; read _; a=aaaaaaaaaaaaaaaa; while :; do a=$a$a; done",
        members.display()
    );
    let bind = ["--die-with-parent", "--dev-bind", "/", "/"];
    let mut command = place.command(&["run", "--identity", "9", "--", "bwrap"]);
    command.args(bind).args(["--unshare-pid", "--proc", "/proc", "sh", "-c", &script]);
    let mut run = Started::new(&mut command);
    run.line();
    let id = place.output(&["ps", "-q"]).stdout;
    let mut wait = Started::new(&mut place.command(&["-v", "wait", id.trim_end()]));
    wait.line_of_stderr("waiting for the ends of");
    assert_eq!(place.statuses(), ["running"]);
    run.close_stdin();
    // As bwrap has it, who is killed by a signal exits with 128 and that.
    let (code, _, stderr) = run.end();
    assert_eq!(code, Some(137), "{stderr}");
    assert_eq!(wait.end().0, Some(0));
    assert_eq!(place.statuses(), [""; 0]);
    check_that_gc_takes_just(&place, &[]);
}
