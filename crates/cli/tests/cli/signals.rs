//! Signals that `run` is sent.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use hakurei_hst::Identity;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};

use crate::place::{BINARY, Place};
use crate::process::{Started, Stranger, until};

/// A program that says its number and ends by no will of its own.
const ENDLESS: &str = "echo $$; exec sleep 600";

fn started(place: &Place, script: &str) -> Started {
    Started::new(&mut place.command(&["run", "--identity", "8", "--", "sh", "-c", script]))
}

#[test]
fn what_ends_run_ends_the_program_and_its_entry() {
    let place = Place::new();
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::HUP, 129),
        (Signal::USR1, 138),
        (Signal::USR2, 140),
    ] {
        let mut run = started(&place, ENDLESS);
        run.line();
        run.send(signal);
        let (exit, _, stderr) = run.end();
        assert_eq!((exit, &*stderr), (Some(code), ""));
        assert_eq!(place.statuses(), [""; 0]);
    }
}

#[test]
fn what_the_program_makes_of_a_signal_is_its_own_affair() {
    let place = Place::new();
    for (name, signal) in [
        ("TERM", Signal::TERM),
        ("QUIT", Signal::QUIT),
        ("WINCH", Signal::WINCH),
        ("CONT", Signal::CONT),
    ] {
        let script = format!("trap 'echo {name}; exit 9' {name}; echo; read _; exit 3");
        let mut run = started(&place, &script);
        run.line();
        run.send(signal);
        assert_eq!(run.line(), name);
        assert_eq!(run.end().0, Some(9), "{name}");
    }
}

#[test]
fn what_run_was_started_to_ignore_the_program_ignores_too() {
    let place = Place::new();
    let script =
        r#"trap '' HUP; exec "$0" run -- sh -c 'grep SigIgn /proc/self/status; exec sleep 600'"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, BINARY]).env("HAKUREI_STORE", place.store_path());
    let mut run = Started::new(&mut shell);
    let ignored = run.line();
    let mask = u64::from_str_radix(ignored.split_whitespace().last().unwrap(), 16).unwrap();
    assert_eq!(mask & 1, 1, "{ignored}");
    run.send(Signal::HUP);
    run.send(Signal::TERM);
    assert_eq!(run.end().0, Some(143));
}

#[test]
fn run_does_not_begin_what_it_could_not_see_the_end_of() {
    let place = Place::new();
    let mut command = Command::new("env");
    command.args(["--block-signal=CHLD", BINARY, "run", "--", "true"]);
    let run = Started::new(command.env("HAKUREI_STORE", place.store_path()));
    let (code, _, stderr) = run.end();
    assert_eq!(code, Some(125), "{stderr}");
    assert!(stderr.contains("SIGCHLD is blocked"), "{stderr}");
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn a_signal_ends_the_wait_for_a_lock() {
    let place = Place::new();
    let handle = place.store().handle(Identity::from_static(8)).unwrap();
    let segment = handle.lock().unwrap();
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mark = place.path().join("mark");
        let program = ["-v", "run", "--identity", "8", "--", "touch", mark.to_str().unwrap()];
        let mut run = Started::new(&mut place.command(&program));
        let held = run.line_of_stderr("is held until it is recorded");
        let held = Stranger::new(held.split_whitespace().nth(2).unwrap());
        let waiting = run.line_of_stderr("waiting");
        let holder = format!("waiting for segment 8, held by pid {}", std::process::id());
        assert!(waiting.contains(&holder), "{waiting}");
        // A window that changes its size is no reason to give up.
        run.send(Signal::WINCH);
        run.send(signal);
        assert_eq!(run.end().0, Some(code));
        held.wait();
        assert!(!mark.try_exists().unwrap());
        assert!(segment.is_empty().unwrap());
    }
    segment.unlock().unwrap();
}

#[test]
fn a_lock_that_becomes_free_is_taken() {
    let place = Place::new();
    let handle = place.store().handle(Identity::from_static(8)).unwrap();
    let segment = handle.lock().unwrap();
    let mut run = Started::new(&mut place.command(&[
        "-v",
        "run",
        "--identity",
        "8",
        "--",
        "sh",
        "-c",
        "exit 4",
    ]));
    run.line_of_stderr("waiting for segment 8");
    segment.unlock().unwrap();
    assert_eq!(run.end().0, Some(4));
}

#[test]
fn run_stops_with_its_program_and_goes_on_with_it() {
    let place = Place::new();
    // A job of a shell's has a group of its own, and a parent outside of it.
    let mut command = place.command(&["run", "--", "sh", "-c", ENDLESS]);
    let mut run = Started::new(command.process_group(0));
    let program = run.line();
    run.send(Signal::TSTP);
    until("run stops", || has_changed(&run, WaitIdOptions::STOPPED));
    until("the program stops", || state_of(&program) == 'T');
    assert_eq!(place.statuses(), ["running"]);

    run.send(Signal::CONT);
    until("run goes on", || has_changed(&run, WaitIdOptions::CONTINUED));
    until("the program goes on", || state_of(&program) != 'T');
    run.send(Signal::TERM);
    assert_eq!(run.end().0, Some(143));
}

#[test]
fn run_does_not_stop_where_nobody_could_continue_it() {
    let place = Place::new();
    // The leader of a session is its own group, and its parent is of another session.
    let mut command = Command::new("setsid");
    command.args([BINARY, "-v", "run", "--", "sh", "-c", ENDLESS]);
    let mut run = Started::new(command.env("HAKUREI_STORE", place.store_path()));
    let program = run.line();
    run.send(Signal::TSTP);
    run.line_of_stderr("passing signal 20 on");
    run.send(Signal::TERM);
    run.line_of_stderr("passing signal 15 on");
    assert_eq!(run.end().0, Some(143));
    assert!(!std::fs::exists(format!("/proc/{program}")).unwrap());
}

/// Whether a child has stopped, or has been continued.
fn has_changed(child: &Started, how: WaitIdOptions) -> bool {
    waitid(WaitId::Pid(child.pid()), how | WaitIdOptions::NOHANG).unwrap().is_some()
}

/// The third field of `/proc/PID/stat`.
fn state_of(pid: &str) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(')').next().unwrap().trim_start().chars().next().unwrap()
}

#[test]
fn a_reader_of_the_id_that_does_not_read_keeps_nobody_from_ending_run() {
    let place = Place::new();
    let (reader, mut full) = std::io::pipe().unwrap();
    // As much as a pipe holds (pipe(7)).
    full.write_all(&[0; 65_536]).unwrap();
    let script = r#"exec "$0" -v run --id-fd 5 -- sleep 600 5>&1 >/dev/null"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, BINARY]).env("HAKUREI_STORE", place.store_path());
    let mut child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    while !stderr.next().unwrap().unwrap().contains("is recorded under") {}
    assert_eq!(place.statuses(), ["running"]);
    rustix::process::kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(place.statuses(), [""; 0]);
    drop(reader);
}
