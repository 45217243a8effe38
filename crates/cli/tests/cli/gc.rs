//! `gc`: the dead go, and nobody else.

use hakurei_hst::Identity;
use rustix::process::Signal;

use crate::instances::{corrupt, dead, newer, orphan};
use crate::place::{Place, keys, state};
use crate::process::Started;

#[test]
fn the_dead_go_and_the_others_stay() {
    let place = Place::new();
    let lease = place.save(&state(5, 9, 0xff));
    let (orphaned, program) = orphan(&place, 5, 1);
    let gone = dead(&place, 5, 2);
    let elsewhere = dead(&place, 6, 3);
    let (broken, later) = (corrupt(&place, 7, 4), newer(&place, 7, 5));
    let answer = place.output(&["gc"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let mut lines: Vec<_> = answer.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, [format!("{gone} dead"), format!("{elsewhere} dead")]);
    // Who is left, and why.
    let told: Vec<_> = answer.stderr.lines().collect();
    assert_eq!(told.len(), 3, "{answer:?}");
    for (id, words) in [
        (orphaned, "its monitor is gone"),
        (broken, "it is damaged"),
        (later, "a later version wrote it"),
    ] {
        let about = told.iter().find(|line| line.contains(&id.to_string())).unwrap();
        assert!(about.contains(words) && about.contains("is left"), "{about}");
    }
    assert_eq!(place.statuses(), ["orphaned", "corrupt", "newer", "running"]);
    assert_eq!(place.output(&["gc"]).stdout, "");
    program.end();
    assert_eq!(place.output(&["gc"]).stdout, format!("{orphaned} dead\n"));
    lease.destroy().unwrap();
}

#[test]
fn orphans_and_the_corrupt_go_if_they_are_asked_for() {
    let place = Place::new();
    let (orphaned, _program) = orphan(&place, 5, 1);
    let (broken, _later) = (corrupt(&place, 7, 4), newer(&place, 7, 5));
    let answer = place.output(&["gc", "--orphans"]);
    assert_eq!((answer.code, answer.stdout), (Some(0), format!("{orphaned} orphaned\n")));
    let answer = place.output(&["gc", "--corrupt"]);
    assert_eq!((answer.code, answer.stdout), (Some(0), format!("{broken} corrupt\n")));
    assert_eq!(place.statuses(), ["newer"]);
}

#[test]
fn json_is_an_array_of_three_things_each() {
    let place = Place::new();
    assert_eq!(place.output(&["gc", "--json"]).stdout, "[]\n");
    let gone = dead(&place, 5, 2);
    for arguments in [&["gc", "--json", "--dry-run"][..], &["gc", "--json"]] {
        let answer = place.output(arguments);
        let expected = serde_json::json!([
            { "instance": gone.to_string(), "identity": 5, "status": "dead" }
        ]);
        assert_eq!((answer.code, answer.json()), (Some(0), expected), "{arguments:?}");
    }
    assert_eq!(place.output(&["gc", "--json"]).stdout, "[]\n");
}

#[test]
fn a_dry_run_removes_nothing_and_waits_for_nobody() {
    let place = Place::new();
    let gone = dead(&place, 5, 2);
    let handle = place.store().handle(Identity::from_static(5)).unwrap();
    let segment = handle.lock().unwrap();
    let (code, stdout, _) = Started::new(&mut place.command(&["gc", "--dry-run"])).end();
    assert_eq!((code, stdout), (Some(0), format!("{gone} dead\n")));
    segment.unlock().unwrap();
    assert_eq!(place.statuses(), ["dead"]);
}

#[test]
fn nothing_to_remove_makes_nothing_and_waits_for_nobody() {
    let place = Place::new();
    let answer = place.output(&["gc"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), ""));
    assert!(answer.stderr.contains("there is no store at"), "{answer:?}");
    assert!(!place.store_path().try_exists().unwrap());
    let lease = place.save(&state(5, 1, 1));
    let handle = place.store().handle(Identity::from_static(5)).unwrap();
    let segment = handle.lock().unwrap();
    let answer = Started::new(&mut place.command(&["gc"])).end();
    assert_eq!(answer, (Some(0), String::new(), String::new()));
    segment.end(lease).unwrap();
    segment.unlock().unwrap();
}

#[test]
fn a_held_lock_is_waited_for_and_said_to_be() {
    let place = Place::new();
    let gone = dead(&place, 5, 2);
    let handle = place.store().handle(Identity::from_static(5)).unwrap();
    let segment = handle.lock().unwrap();
    let mut gc = Started::new(&mut place.command(&["-v", "gc"]));
    let waiting = gc.line_of_stderr("waiting");
    let holder = format!("waiting for segment 5, held by pid {}", std::process::id());
    assert!(waiting.contains(&holder), "{waiting}");
    segment.unlock().unwrap();
    let (code, stdout, _) = gc.end();
    assert_eq!((code, stdout), (Some(0), format!("{gone} dead\n")));
}

#[test]
fn a_signal_ends_the_wait_and_what_was_done_is_said() {
    let place = Place::new();
    // Of two segments one is free; in which order they come is not known.
    let (free, held) = (dead(&place, 6, 1), dead(&place, 5, 2));
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let handle = place.store().handle(Identity::from_static(5)).unwrap();
        let segment = handle.lock().unwrap();
        let mut gc = Started::new(&mut place.command(&["-v", "gc", "--json"]));
        gc.line_of_stderr("waiting for segment 5");
        gc.send(signal);
        let (exit, stdout, _) = gc.end();
        assert_eq!(exit, Some(code));
        let removed: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let is_gone = !place.entry(6, free).try_exists().unwrap();
        let is_told =
            removed.as_array().unwrap().iter().any(|one| one["instance"] == free.to_string());
        assert!(is_gone || !is_told, "{stdout}");
        assert!(place.entry(5, held).try_exists().unwrap());
        segment.unlock().unwrap();
    }
}

#[test]
fn what_is_no_entry_is_left_alone() {
    let place = Place::new();
    let gone = dead(&place, 5, 2);
    std::fs::write(place.store_path().join("stray"), "").unwrap();
    let answer = place.output(&["gc"]);
    assert_eq!((answer.code, answer.stdout), (Some(0), format!("{gone} dead\n")));
    assert!(answer.stderr.contains("stray"), "{}", answer.stderr);
    assert!(place.store_path().join("stray").try_exists().unwrap());
}

#[test]
fn what_cannot_be_removed_is_said_and_hides_no_other() {
    let place = Place::new();
    let gone = dead(&place, 5, 2);
    // It stands in an entry's place, and is no entry: a directory with something in it.
    let full = place.entry(5, state(5, 1, 9).id);
    std::fs::create_dir_all(full.join("inner")).unwrap();
    let answer = place.output(&["gc", "--corrupt"]);
    assert_eq!((answer.code, answer.stdout), (Some(1), format!("{gone} dead\n")));
    assert!(answer.stderr.contains("0000000000000009"), "{}", answer.stderr);
    std::fs::remove_dir(full.join("inner")).unwrap();
    let answer = place.output(&["gc", "--corrupt"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(!full.try_exists().unwrap());
}

#[test]
fn nobody_has_to_read_what_was_removed() {
    let place = Place::new();
    dead(&place, 5, 2);
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let output = place.command(&["gc"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn a_store_that_may_not_be_trusted_is_an_error() {
    let place = Place::new();
    std::os::unix::fs::symlink("/tmp", place.store_path()).unwrap();
    for arguments in [&["gc", "--json"][..], &["gc", "--dry-run", "--json"], &["locks", "--json"]] {
        let answer = place.output(arguments);
        assert_eq!(answer.code, Some(1), "{arguments:?}");
        assert_eq!(keys(&answer.error_json()), ["err", "message", "step"]);
    }
}
