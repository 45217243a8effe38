//! `kill`: a signal to instances, and to nobody else.

use std::process::Command;

use rustix::process::{Signal, test_kill_process};

use crate::instances::{ENDLESS, dead, orphan, running, unleased};
use crate::place::{Place, keys};
use crate::process::Started;

/// A program that ends when it is sent SIGUSR1, and ignores what would end others.
const STUBBORN: &str = "trap '' TERM; trap 'exit 7' USR1; echo; while :; do read _; done";

#[test]
fn it_sends_term_and_run_passes_it_on() {
    let place = Place::new();
    let (first, one) = running(&place, "5", ENDLESS);
    let (second, other) = running(&place, "6", ENDLESS);
    let answer = place.output(&["kill", &one[16..], &other]);
    assert_eq!((answer.code, &*answer.stdout, &*answer.stderr), (Some(0), "", ""));
    assert_eq!(first.end().0, Some(143));
    assert_eq!(second.end().0, Some(143));
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn signals_go_by_name_or_number() {
    let place = Place::new();
    for (signal, code) in [("USR1", 138), ("SIGUSR2", 140), ("1", 129), ("INT", 130)] {
        let (run, id) = running(&place, "5", ENDLESS);
        assert_eq!(place.output(&["kill", "-s", signal, &id]).code, Some(0), "{signal}");
        assert_eq!(run.end().0, Some(code), "{signal}");
    }
    let (mut run, id) = running(&place, "5", ENDLESS);
    assert_eq!(place.output(&["kill", "--signal", "KILL", &id]).code, Some(0));
    let status = run.wait();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
}

#[test]
fn with_a_timeout_it_waits_for_the_ends() {
    let place = Place::new();
    let (first, one) = running(&place, "5", ENDLESS);
    let answer = place.output(&["kill", "--timeout", "1m", &one]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    assert_eq!(place.statuses(), [""; 0]);
    assert_eq!(first.end().0, Some(143));

    let (mut second, other) = running(&place, "5", STUBBORN);
    second.line();
    let answer = place.output(&["kill", "--timeout", "50ms", &other]);
    assert_eq!(answer.code, Some(124), "{answer:?}");
    assert!(answer.stderr.contains(&format!("{other} has not ended")), "{answer:?}");
    assert_eq!(place.output(&["kill", "-s", "USR1", &other]).code, Some(0));
    assert_eq!(second.end().0, Some(7));
}

#[test]
fn nothing_is_signalled_before_all_are_found() {
    let place = Place::new();
    let (id, mut idle) = unleased(&place, 5, 1);
    let id = id.to_string();
    for unknown in ["12345678", &"0".repeat(32)] {
        let answer = place.output(&["kill", "-s", "KILL", &id, unknown]);
        assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
        let told = format!("hakurei-store: there is no instance {unknown}\n");
        assert_eq!(answer.stderr, told);
    }
    let error = place.output(&["--json", "kill", &id, "12345678"]).error_json();
    assert_eq!(keys(&error), ["err", "message", "step"]);
    // The first signal that it gets is this one.
    assert_eq!(place.output(&["kill", "-s", "HUP", &id]).code, Some(0));
    assert_eq!(idle.ended_by(), Some(1));
}

#[test]
fn who_has_ended_is_a_failure_and_keeps_no_other_from_being_signalled() {
    let place = Place::new();
    let gone = dead(&place, 5, 1).to_string();
    let (run, id) = running(&place, "6", ENDLESS);
    let answer = place.output(&["kill", &gone, &id]);
    assert_eq!((answer.code, &*answer.stdout), (Some(1), ""));
    assert_eq!(answer.stderr.lines().count(), 1, "{answer:?}");
    assert!(answer.stderr.contains(&gone), "{answer:?}");
    assert_eq!(run.end().0, Some(143));
    let answer = place.output(&["--json", "kill", "--timeout", "1m", &gone]);
    assert_eq!(answer.code, Some(1));
    assert_eq!(keys(&answer.error_json()), ["err", "message", "step"]);
}

#[test]
fn an_orphans_program_is_signalled_itself() {
    let place = Place::new();
    let (id, mut program) = orphan(&place, 5, 1);
    let answer = place.output(&["-v", "kill", "--timeout", "1m", &id.to_string()]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(
        answer.stderr.contains(&format!("the program, process {}", program.pid())),
        "{answer:?}"
    );
    assert_eq!(program.ended_by(), Some(15));
    assert_eq!(place.statuses(), ["dead"]);
}

#[test]
fn of_an_adopted_instance_the_program_is_signalled_and_no_stranger() {
    let place = Place::new();
    let (id, mut program) = orphan(&place, 5, 1);
    let id = id.to_string();
    let script = ["adopt", &id, "--", "sh", "-c", "echo; read _; exit 4"];
    let mut adopt = Started::new(&mut place.command(&script));
    adopt.line();
    assert_eq!(place.output(&["kill", &id]).code, Some(0));
    assert_eq!(program.ended_by(), Some(15));
    test_kill_process(adopt.pid()).unwrap();
    adopt.close_stdin();
    assert_eq!(adopt.end().0, Some(4));
}

#[test]
fn an_instance_that_nothing_is_known_of_is_not_signalled() {
    let place = Place::new();
    let id = crate::instances::corrupt(&place, 5, 1);
    let answer = place.output(&["kill", &id.to_string()]);
    assert_eq!((answer.code, &*answer.stdout), (Some(1), ""));
    assert!(answer.stderr.starts_with("hakurei-store: "), "{answer:?}");
}

#[test]
fn the_superuser_signals_nobody_who_is_not_the_stores() {
    if !rustix::process::geteuid().is_root() {
        skipped!("takes root");
        return;
    }
    let place = Place::new();
    let (id, mut idle) = unleased(&place, 5, 1);
    let id = id.to_string();
    let given = Command::new("chown").args(["-R", "61234"]).arg(place.store_path()).status();
    assert!(given.unwrap().success());
    let answer = place.output(&["kill", "-s", "KILL", &id]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    idle.send(Signal::HUP);
    assert_eq!(idle.ended_by(), Some(1));
}
