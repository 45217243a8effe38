//! `adopt`: an orphaned instance in new hands.

use hakurei_hst::Identity;
use rustix::process::Signal;

use crate::instances::{dead, orphan};
use crate::place::{BINARY, Place, keys, state};
use crate::process::{Started, Stranger};

#[test]
fn the_program_holds_the_instance_while_it_runs_and_it_goes_after() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let script = r#"echo "$HAKUREI_INSTANCE"; echo "$HAKUREI_STORE"; "$0" ps --json; exit 9"#;
    let short = id.to_string()[16..24].to_owned();
    let answer = place.output(&["adopt", &short, "--", "sh", "-c", script, BINARY]);
    assert_eq!((answer.code, &*answer.stderr), (Some(9), ""));
    let (told, listed) = answer.stdout.split_once("\n[").unwrap();
    assert_eq!(told, format!("{id}\n{}", place.store_path().display()));
    let listed: serde_json::Value = serde_json::from_str(&format!("[{listed}")).unwrap();
    let instance = &listed[0];
    assert_eq!((&instance["status"], &instance["leased"]), (&"running".into(), &true.into()));
    // Entries never change: it is still recorded as who saved it did.
    assert_eq!(instance["shim_pid"], program.pid());
    assert_eq!(place.statuses(), [""; 0]);
    program.end();
}

#[test]
fn who_runs_is_not_adopted_and_nothing_begins() {
    let place = Place::new();
    let lease = place.save(&state(5, 1, 1));
    let gone = dead(&place, 5, 2);
    let mark = place.path().join("mark");
    for (id, code) in
        [(lease.id().to_string(), 125), (gone.to_string(), 125), ("12345678".to_owned(), 3)]
    {
        let answer = place.output(&["--json", "adopt", &id, "--", "touch", mark.to_str().unwrap()]);
        assert_eq!((answer.code, &*answer.stdout), (Some(code), ""), "{id}");
        assert_eq!(keys(&answer.error_json()), ["err", "message", "step"]);
        assert!(!mark.try_exists().unwrap());
    }
    assert_eq!(place.statuses(), ["running", "dead"]);
    lease.destroy().unwrap();
}

#[test]
fn a_program_that_cannot_begin_leaves_the_entry_as_it_was() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let id = id.to_string();
    for (name, code) in [("no-such-program", 127), ("/", 126)] {
        let answer = place.output(&["adopt", &id, "--", name]);
        assert_eq!((answer.code, &*answer.stdout), (Some(code), ""), "{name}");
        assert!(answer.stderr.contains(&format!("cannot execute {name}")), "{answer:?}");
        assert_eq!(place.statuses(), ["orphaned"]);
    }
    program.end();
}

#[test]
fn signals_are_passed_on() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let script = ["adopt", &id.to_string(), "--", "sh", "-c", "trap 'exit 6' USR1; echo; read _"];
    let mut adopt = Started::new(&mut place.command(&script));
    adopt.line();
    adopt.send(Signal::USR1);
    assert_eq!(adopt.end().0, Some(6));
    assert_eq!(place.statuses(), [""; 0]);
    program.end();
}

#[test]
fn a_killed_adopter_leaves_an_orphan_that_can_be_adopted_again() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let id = id.to_string();
    let script = ["adopt", &id, "--", "sh", "-c", "echo $$; exec sleep 600"];
    let mut adopt = Started::new(&mut place.command(&script));
    let adopted = Stranger::new(&adopt.line());
    let again = place.output(&["adopt", &id, "--", "true"]);
    assert_eq!(again.code, Some(125), "{again:?}");
    adopt.send(Signal::KILL);
    adopt.wait();
    adopted.wait();
    assert_eq!(place.statuses(), ["orphaned"]);
    assert_eq!(place.output(&["adopt", &id, "--", "true"]).code, Some(0));
    assert_eq!(place.statuses(), [""; 0]);
    program.end();
}

#[test]
fn a_signal_ends_the_wait_for_a_lock() {
    let place = Place::new();
    let (id, program) = orphan(&place, 5, 1);
    let handle = place.store().handle(Identity::from_static(5)).unwrap();
    let segment = handle.lock().unwrap();
    let mark = place.path().join("mark");
    let program_of_it = ["-v", "adopt", &id.to_string(), "--", "touch", mark.to_str().unwrap()];
    let mut adopt = Started::new(&mut place.command(&program_of_it));
    adopt.line_of_stderr("waiting for segment 5");
    adopt.send(Signal::TERM);
    assert_eq!(adopt.end().0, Some(143));
    segment.unlock().unwrap();
    assert!(!mark.try_exists().unwrap());
    assert_eq!(place.statuses(), ["orphaned"]);
    program.end();
}
