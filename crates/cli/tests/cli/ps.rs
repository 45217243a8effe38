//! `ps`: what is listed, and what is said of what cannot be.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::process::Command;

use hakurei_check::Absolute;
use hakurei_hst::{State, Text};

use crate::instances::{corrupt, dead, orphan};
use crate::place::{Place, answer, keys, state};

#[test]
fn a_store_that_does_not_exist_is_an_empty_list() {
    let place = Place::new();
    let note = format!("hakurei-store: there is no store at {}\n", place.store_path().display());
    for (arguments, stdout) in [
        (&["ps"][..], "INSTANCE  PID  APPLICATION  STATUS  UPTIME\n"),
        (&["ps", "-q"], ""),
        (&["ps", "--json"], "[]\n"),
        (&["ps", "-q", "--json"], "[]\n"),
        (&["ps", "--identity", "7"], "INSTANCE  PID  APPLICATION  STATUS  UPTIME\n"),
    ] {
        let answer = place.output(arguments);
        assert_eq!((answer.code, &*answer.stdout), (Some(0), stdout), "{arguments:?}");
        assert_eq!(answer.stderr, note, "{arguments:?}");
        assert!(!place.store_path().try_exists().unwrap());
    }
}

#[test]
fn a_store_of_the_go_system_is_pointed_at() {
    let place = Place::new();
    let of_go = place.path().join("hakurei.0/state");
    fs::create_dir_all(&of_go).unwrap();
    let answer = place.output(&["ps"]);
    assert_eq!(answer.code, Some(0));
    assert!(answer.stderr.contains(of_go.to_str().unwrap()), "{answer:?}");
}

#[test]
fn one_line_each_in_the_order_of_their_making() {
    let place = Place::new();
    let nameless = State { pid: 12, ..state(3, 20, 0xff) };
    let mut nameless = nameless;
    nameless.config.id = Text::new();
    let leases = [state(9, 30, 1), nameless, state(7, 10, 2)].map(|state| place.save(&state));
    let answer = place.output(&["ps"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    let lines: Vec<Vec<_>> =
        answer.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let pid = std::process::id().to_string();
    assert_eq!(lines[0], ["INSTANCE", "PID", "APPLICATION", "STATUS", "UPTIME"]);
    assert_eq!(lines[1][..5], ["00000000", &pid, "7", "(org.example.Atelier)", "running"]);
    assert_eq!(lines[2][..4], ["00000000", "12", "3", "running"]);
    assert_eq!(lines[3][..5], ["00000000", &pid, "9", "(org.example.Atelier)", "running"]);
    assert_eq!(lines.len(), 4);

    let [young, middle, old] = leases.each_ref().map(|lease| lease.id().to_string());
    assert_eq!(place.output(&["ps", "-q"]).stdout, format!("{old}\n{middle}\n{young}\n"));
    let ids = place.output(&["ps", "-q", "--json"]).json();
    assert_eq!(ids, serde_json::json!([old, middle, young]));
    assert_eq!(place.output(&["ps", "-q", "--identity", "3"]).stdout, format!("{middle}\n"));
    assert_eq!(place.output(&["ps", "--identity", "4"]).stdout.lines().count(), 1);
    for lease in leases {
        lease.destroy().unwrap();
    }
}

#[test]
fn only_the_statuses_that_are_asked_for() {
    let place = Place::new();
    let lease = place.save(&state(9, 1, 3));
    let gone = dead(&place, 7, 1);
    let (orphaned, program) = orphan(&place, 7, 2);
    for (status, ids) in [
        ("dead", vec![gone]),
        ("orphaned,dead", vec![gone, orphaned]),
        ("running", vec![lease.id()]),
        ("unknown,starting", vec![]),
    ] {
        let arguments = ["ps", "--status", status];
        let answer = place.output(&[&arguments[..], &["-q"]].concat());
        let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
        assert_eq!((answer.code, answer.stdout, &*answer.stderr), (Some(0), lines, ""), "{status}");
        let json = place.output(&[&arguments[..], &["--json"]].concat()).json();
        let found: Vec<_> =
            json.as_array().unwrap().iter().map(|it| it["instance"].clone()).collect();
        assert_eq!(found, ids.iter().map(ToString::to_string).collect::<Vec<_>>(), "{status}");
        assert_eq!(place.output(&arguments).stdout.lines().count(), 1 + ids.len(), "{status}");
    }
    let both = ["ps", "-q", "--status", "dead", "--identity", "9"];
    assert_eq!(place.output(&both).stdout, "");
    program.end();
    lease.destroy().unwrap();
}

#[test]
fn what_cannot_be_read_may_be_what_was_asked_for() {
    let place = Place::new();
    let broken = corrupt(&place, 7, 1);
    for options in [&[][..], &["-q"], &["--json"]] {
        let arguments = [&["ps", "--status", "running"][..], options].concat();
        let answer = place.output(&arguments);
        assert_eq!(answer.code, Some(4), "{answer:?}");
        assert!(!answer.stdout.contains("corrupt"), "{answer:?}");
        assert!(answer.stderr.contains(&broken.to_string()), "{answer:?}");
        let arguments = [&["ps", "--status", "corrupt"][..], options].concat();
        let answer = place.output(&arguments);
        assert_eq!((answer.code, answer.stderr.lines().count()), (Some(4), 1), "{answer:?}");
    }
}

#[test]
fn the_dead_have_no_uptime() {
    let place = Place::new();
    let mut child = Command::new("true").spawn().unwrap();
    let pid = i64::from(child.id());
    child.wait().unwrap();
    place.save(&State { pid, shim_pid: pid, ..state(3, 1, 1) }).release();
    let answer = place.output(&["ps"]);
    assert!(
        answer.stdout.ends_with("dead     -\n") || answer.stdout.ends_with("dead    -\n"),
        "{answer:?}"
    );
    assert_eq!(answer.code, Some(0));
}

#[test]
fn json_has_the_state_and_three_more() {
    let place = Place::new();
    let saved = state(9, 1, 1);
    let lease = place.save(&saved);
    let answer = place.output(&["--json", "ps"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    let mut array = answer.json();
    let object = array[0].as_object_mut().unwrap();
    assert_eq!(object.remove("status").unwrap(), "running");
    assert_eq!(object.remove("leased").unwrap(), true);
    assert_eq!(object.remove("format").unwrap(), "cbor");
    assert_eq!(array, serde_json::json!([saved]));
    lease.destroy().unwrap();
}

#[test]
fn what_cannot_be_read_hides_nothing_else() {
    let place = Place::new();
    let leases = [state(7, 1, 1), state(7, 3, 3)].map(|state| place.save(&state));
    let [first, last] = leases.each_ref().map(|lease| lease.id().to_string());
    let (broken, newer) = (state(7, 2, 2).id, state(7, 4, 4).id);
    fs::write(place.entry(7, broken), "nonsense").unwrap();
    fs::write(place.entry(7, newer), b"\x00\xff\xca\xfe\x80\x02\x00\xff and more").unwrap();

    let answer = place.output(&["ps"]);
    assert_eq!(answer.code, Some(4));
    let words: Vec<Vec<_>> =
        answer.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words.len(), 5);
    assert_eq!(words[1][4], "running");
    assert_eq!(words[2], ["00000000", "-", "7", "corrupt", "-"]);
    assert_eq!(words[3][4], "running");
    assert_eq!(words[4], ["00000000", "-", "7", "newer", "-"]);
    let told: Vec<_> = answer.stderr.lines().collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].contains(&broken.to_string()), "{told:?}");
    assert!(told[1].contains("unexpected revision 8002"), "{told:?}");

    let answer = place.output(&["ps", "--json"]);
    assert_eq!(answer.code, Some(4));
    let array = answer.json();
    assert_eq!([&array[0]["instance"], &array[2]["instance"]], [&*first, &*last]);
    assert_eq!(keys(&array[1]), ["error", "identity", "instance", "status"]);
    assert_eq!(array[1]["instance"], broken.to_string());
    assert_eq!((&array[1]["identity"], &array[1]["status"]), (&7.into(), &"corrupt".into()));
    assert_eq!(keys(&array[1]["error"]), ["err", "message", "step"]);
    assert_eq!(array[3]["status"], "newer");
    for line in answer.stderr.lines() {
        assert_eq!(keys(&serde_json::from_str(line).unwrap()), ["err", "message", "step"]);
    }
    // By their names alone, they are as good as the others.
    assert_eq!(place.output(&["ps", "-q"]).code, Some(0));
    for lease in leases {
        lease.destroy().unwrap();
    }
}

#[test]
fn stray_names_are_told_and_escaped() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    fs::write(place.store_path().join("stray\x1b[2J"), "").unwrap();
    fs::create_dir(place.store_path().join("16384")).unwrap();
    fs::write(place.store_path().join("7/stray"), "").unwrap();
    for arguments in [&["ps"][..], &["ps", "-q"], &["ps", "--json"]] {
        let answer = place.output(arguments);
        assert_eq!(answer.code, Some(4), "{arguments:?}");
        assert_eq!(answer.stderr.lines().count(), 3, "{answer:?}");
        assert!(!answer.stderr.contains('\x1b'), "{answer:?}");
        let seen = answer.stdout.contains("00000000") && !answer.stdout.contains("stray");
        assert!(seen, "{answer:?}");
    }
    lease.destroy().unwrap();
}

#[test]
fn an_entry_that_is_being_written_is_no_fault() {
    let place = Place::new();
    let saved = state(7, 1, 1);
    let bytes = hakurei_store::Record::new(&saved).unwrap();
    let handle = place.store().handle(saved.config.identity).unwrap();
    let segment = handle.lock().unwrap();
    fs::write(place.entry(7, saved.id), &bytes.as_bytes()[..100]).unwrap();
    let answer = place.output(&["ps"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    assert!(answer.stdout.contains("starting"), "{answer:?}");
    let answer = place.output(&["ps", "--json"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    assert_eq!(answer.json()[0]["status"], "starting");
    segment.unlock().unwrap();
    assert_eq!(place.statuses(), ["corrupt"]);
}

#[test]
fn a_hostile_application_id_drives_no_terminal() {
    let place = Place::new();
    let mut saved = state(7, 1, 1);
    saved.config.id = "org.evil\x1b]0;\u{202e}\u{9b}\r\nINSTANCE  ".into();
    let lease = place.save(&saved);
    for arguments in [&["ps"][..], &["ps", "--json"], &["show", "0000000000000001"]] {
        let answer = place.output(arguments);
        assert_eq!(answer.code, Some(0));
        let fine = |character: char| character == '\n' || !character.is_control();
        assert!(answer.stdout.chars().all(fine), "{answer:?}");
        assert!(!answer.stdout.contains('\u{202e}'), "{answer:?}");
    }
    let answer = place.output(&["ps"]);
    assert!(answer.stdout.contains(r"org.evil\u{1b}]0;\u{202e}\u{9b}\r\nINSTANCE"), "{answer:?}");
    assert_eq!(answer.stdout.lines().count(), 2);
    assert_eq!(place.output(&["ps", "--json"]).json()[0]["id"], saved.config.id.to_str().unwrap());
    lease.destroy().unwrap();
}

#[test]
fn what_is_not_utf8_is_said() {
    let place = Place::new();
    let mut saved = state(7, 1, 1);
    saved.config.groups = Some(vec!["video".into(), Text::from(&b"caf\xe9"[..])]);
    let lease = place.save(&saved);
    let answer = place.output(&["ps", "--json"]);
    assert_eq!(answer.code, Some(0));
    assert_eq!(answer.json()[0]["groups"][1], "caf\u{fffd}");
    assert!(answer.stderr.contains("groups[1] is not UTF-8"), "{answer:?}");
    lease.destroy().unwrap();

    let path = std::ffi::OsString::from_vec(b"/caf\xe9".to_vec());
    saved.config.container.as_mut().unwrap().home = Some(Absolute::new(path.into_vec()).unwrap());
    let lease = place.save(&saved);
    assert_eq!(place.output(&["ps"]).code, Some(0));
    let answer = place.output(&["ps", "--json"]);
    assert_eq!(answer.code, Some(4));
    assert_eq!(answer.json()[0]["status"], "running");
    assert!(answer.json()[0]["error"]["message"].as_str().unwrap().contains("container.home"));
    lease.destroy().unwrap();
}

#[test]
fn a_lock_that_is_held_holds_nothing_up() {
    let place = Place::new();
    let saved = state(7, 1, 1);
    let lease = place.save(&saved);
    let handle = place.store().handle(saved.config.identity).unwrap();
    let segment = handle.lock().unwrap();
    assert_eq!(place.statuses(), ["running"]);
    let id = lease.id().to_string();
    let pid = std::process::id().to_string();
    for arguments in [&["show", &id][..], &["show", "--pid", &pid], &["ps", "--status", "dead"]] {
        assert_eq!(place.output(arguments).code, Some(0), "{arguments:?}");
    }
    segment.end(lease).unwrap();
    segment.unlock().unwrap();
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let pid = std::process::id().to_string();
    for arguments in [
        &["ps"][..],
        &["ps", "--json"],
        &["ps", "--status", "running"],
        &["show", "--pid", &pid],
        &["locks"],
        &["locks", "--json"],
        &["doctor"],
        &["gc", "--json"],
        &["man"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        drop(reader);
        let mut command = place.command(arguments);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(output.stderr, b"", "{arguments:?}");
    }
    lease.destroy().unwrap();
}

#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    for arguments in [&["ps"][..], &["ps", "--watch"], &["locks"], &["doctor"], &["watch"]] {
        let mut command = place.command(arguments);
        let answer = answer(command.stdout(fs::File::create("/dev/full").unwrap()));
        assert_eq!(answer.code, Some(1), "{arguments:?}");
        assert!(answer.stderr.contains("cannot write to standard output"), "{answer:?}");
    }
    lease.destroy().unwrap();
}

#[test]
fn a_store_that_may_not_be_trusted_is_an_error() {
    let place = Place::new();
    std::os::unix::fs::symlink("/tmp", place.store_path()).unwrap();
    let answer = place.output(&["--json", "ps"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(1), ""));
    let error = answer.error_json();
    assert_eq!(keys(&error), ["err", "message", "step"]);
    assert_eq!(error["step"], "read store segments");
    assert!(error["message"].as_str().unwrap().contains("symbolic link"), "{error}");
}
