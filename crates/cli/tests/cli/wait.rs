//! `wait`: until instances have ended.

use hakurei_hst::Identity;
use rustix::process::Signal;

use crate::instances::{ENDLESS, dead, orphan, running};
use crate::place::{Place, keys, state};
use crate::process::Started;

/// A `wait` that has begun to wait.
fn waiting(place: &Place, arguments: &[&str]) -> Started {
    let mut command = place.command(&["-v", "wait"]);
    let mut wait = Started::new(command.args(arguments));
    wait.line_of_stderr("waiting for the ends of");
    wait
}

#[test]
fn it_returns_when_all_have_ended() {
    let place = Place::new();
    let (first, one) = running(&place, "5", ENDLESS);
    let (second, other) = running(&place, "6", ENDLESS);
    let mut wait = waiting(&place, &[&one, &other[16..24]]);
    first.send(Signal::TERM);
    wait.line_of_stderr(&format!("instance {one} has ended"));
    second.send(Signal::TERM);
    let (code, stdout, _) = wait.end();
    assert_eq!((code, &*stdout), (Some(0), ""));
}

#[test]
fn a_killed_monitor_ends_the_wait_though_its_entry_stays() {
    let place = Place::new();
    let (mut run, id) = running(&place, "5", ENDLESS);
    let wait = waiting(&place, &[&id]);
    run.send(Signal::KILL);
    run.wait();
    assert_eq!(wait.end().0, Some(0));
    assert_eq!(place.statuses(), ["dead"]);
}

#[test]
fn an_orphan_has_ended_with_its_program() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let wait = waiting(&place, &[&id.to_string()]);
    program.end();
    assert_eq!(wait.end().0, Some(0));
}

#[test]
fn an_entry_that_is_removed_has_ended() {
    let place = Place::new();
    let lease = place.save(&state(5, 1, 1));
    let wait = waiting(&place, &[&lease.id().to_string()]);
    lease.destroy().unwrap();
    assert_eq!(wait.end().0, Some(0));
    let lease = place.save(&state(5, 1, 1));
    let wait = waiting(&place, &[&lease.id().to_string()]);
    std::fs::remove_dir_all(place.store_path()).unwrap();
    assert_eq!(wait.end().0, Some(0));
    lease.destroy().unwrap();
}

#[test]
fn the_dead_are_not_waited_for() {
    let place = Place::new();
    let id = dead(&place, 5, 1).to_string();
    // Twice the same is once.
    let answer = place.output(&["wait", &id, &id]);
    assert_eq!((answer.code, &*answer.stdout, &*answer.stderr), (Some(0), "", ""));
    assert_eq!(place.statuses(), ["dead"]);
}

#[test]
fn a_timeout_has_an_exit_code_of_its_own() {
    let place = Place::new();
    let gone = dead(&place, 5, 1).to_string();
    let lease = place.save(&state(5, 1, 2));
    let id = lease.id().to_string();
    for timeout in ["0", "10ms", "0.01"] {
        let answer = place.output(&["wait", "--timeout", timeout, &gone, &id]);
        assert_eq!((answer.code, &*answer.stdout), (Some(124), ""), "{timeout}");
        let told = format!("hakurei-store: the time is over, and {id} has not ended\n");
        assert_eq!(answer.stderr, told, "{timeout}");
    }
    let error = place.output(&["--json", "wait", "--timeout", "0", &id]).error_json();
    assert_eq!(keys(&error), ["err", "message", "step"]);
    // What has ended in time is no timeout, however short that is.
    assert_eq!(place.output(&["wait", "--timeout", "0", &gone]).code, Some(0));
    lease.destroy().unwrap();
}

#[test]
fn a_timeout_ends_the_first_looks_as_well() {
    let place = Place::new();
    let gone: Vec<_> = (1..=3).map(|nth| dead(&place, 5, nth).to_string()).collect();
    let lease = place.save(&state(5, 1, 4));
    let id = lease.id().to_string();
    let timed_out = |ids: [&str; 3], told: &str| {
        let answer = place.output(&["wait", "--timeout", "1ns", ids[0], ids[1], ids[2]]);
        assert_eq!((answer.code, &*answer.stdout), (Some(124), ""));
        assert_eq!(answer.stderr, format!("hakurei-store: the time is over, and {told}\n"));
    };
    timed_out([&gone[0], &gone[1], &id], "2 were not looked at");
    timed_out([&id, &gone[0], &gone[1]], &format!("{id} has not ended, and 2 were not looked at"));
    // Whoever leaves no time asks how it is now.
    let answer = place.output(&["wait", "--timeout", "0", &gone[0], &gone[1], &gone[2]]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    lease.destroy().unwrap();
}

#[test]
fn what_is_not_there_is_not_waited_for() {
    let place = Place::new();
    let note = place.output(&["wait", "12345678"]);
    assert_eq!(note.code, Some(3));
    assert!(note.stderr.contains("there is no store at"), "{note:?}");
    let states = [state(9, 2, 0x1234_5678_0000_0001), state(3, 1, 0x1234_5678_0000_0002)];
    let leases = states.each_ref().map(|state| place.save(state));
    let whole = states[0].id.to_string();
    for (unknown, words) in
        [("87654321", "there is no instance 87654321"), ("12345678", "2 instances match 12345678")]
    {
        let answer = place.output(&["wait", &whole, unknown]);
        assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
        assert!(answer.stderr.contains(words), "{answer:?}");
    }
    // Each that is not found is told.
    let answer = place.output(&["wait", "87654321", "87654322"]);
    assert_eq!((answer.code, answer.stderr.lines().count()), (Some(3), 2), "{answer:?}");
    for lease in leases {
        lease.destroy().unwrap();
    }
}

#[test]
fn a_lock_that_is_held_holds_nothing_up() {
    let place = Place::new();
    let (first, one) = running(&place, "5", ENDLESS);
    let handle = place.store().handle(Identity::from_static(5)).unwrap();
    let segment = handle.lock().unwrap();
    let wait = waiting(&place, &[&one]);
    first.send(Signal::KILL);
    assert_eq!(wait.end().0, Some(0));
    segment.unlock().unwrap();
}

#[test]
fn a_signal_ends_the_wait_as_it_ends_any_process() {
    let place = Place::new();
    let lease = place.save(&state(5, 1, 1));
    let mut wait = waiting(&place, &[&lease.id().to_string()]);
    wait.send(Signal::INT);
    let status = wait.wait();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    lease.destroy().unwrap();
}

#[test]
fn it_takes_all_descriptors_that_it_may_have() {
    let place = Place::new();
    // None of them is ours: with one process there would be one descriptor.
    let (ids, programs): (Vec<_>, Vec<_>) = (1..=40).map(|nth| orphan(&place, 5, nth)).unzip();
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let mut command = std::process::Command::new("prlimit");
    command.args(["--nofile=24:256", crate::place::BINARY, "-v", "wait"]).args(&ids);
    command.env("HAKUREI_STORE", place.store_path());
    let mut wait = Started::new(&mut command);
    wait.line_of_stderr("waiting for the ends of 40");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", wait.pid())).unwrap();
    let limit = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(limit.split_whitespace().nth(3), Some("256"), "{limit}");
    programs.into_iter().for_each(crate::instances::Idle::end);
    assert_eq!(wait.end().0, Some(0));
}
