//! `run`, from its program's side and from outside.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use hakurei_hst::{Identity, template};
use hakurei_store::ErrorKind;
use rustix::process::Signal;

use crate::place::{Answer, BINARY, Place, answer, state};
use crate::process::{Started, Stranger};

/// Runs a line of shell as a recorded program.
fn run(place: &Place, options: &[&str], script: &str) -> Answer {
    let mut arguments = vec!["run"];
    arguments.extend(options);
    arguments.extend(["--", "sh", "-c", script, BINARY]);
    place.output(&arguments)
}

#[test]
fn the_program_finds_itself_listed() {
    let place = Place::new();
    let script = r#""$0" ps -q; echo "$HAKUREI_INSTANCE"; echo "$HAKUREI_STORE"; echo $$ $PPID"#;
    let answer = run(&place, &["--identity", "7"], script);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    let lines: Vec<_> = answer.stdout.lines().collect();
    assert_eq!(lines[0], lines[1]);
    assert_eq!(lines[0].len(), 32);
    assert_eq!(lines[2], place.store_path().to_str().unwrap());
    assert_eq!(place.output(&["ps", "-q"]).stdout, "");
}

#[test]
fn a_durable_entry_is_on_the_disk_before_the_program_begins() {
    let place = Place::new();
    let script = r#"echo begun; "$0" ps -q"#;
    let answer = run(&place, &["--durable"], script);
    assert_eq!((answer.code, answer.stdout.lines().count()), (Some(0), 2), "{answer:?}");

    let trace = place.path().join("trace");
    let traced = |durable: &[&str]| {
        let arguments = [&["run", "--identity", "4"][..], durable, &["--", "true"]].concat();
        let mut command = Command::new("strace");
        command
            .args(["-qq", "-e", "trace=fdatasync,fsync,linkat", "-e", "signal=none", "-o"])
            .arg(&trace);
        command.arg(BINARY).args(arguments).env("HAKUREI_STORE", place.store_path());
        let ended = command.status().ok()?;
        assert_eq!(ended.code(), Some(0));
        let calls = fs::read_to_string(&trace).unwrap();
        let name = |line: &str| line.split('(').next().map(str::to_owned);
        Some(calls.lines().filter_map(name).collect::<Vec<_>>())
    };
    let Some(calls) = traced(&["--durable"]) else {
        skipped!("in part: strace is not installed");
        return;
    };
    // The entry is the last that gets a name.
    let linked = calls.iter().rposition(|call| call == "linkat").unwrap();
    assert!(calls[..linked].iter().any(|call| call == "fdatasync"), "{calls:?}");
    assert!(calls[linked..].iter().any(|call| call == "fsync"), "{calls:?}");
    let calls = traced(&[]).unwrap();
    assert!(calls.iter().all(|call| call == "linkat"), "{calls:?}");
}

#[test]
fn the_pids_are_those_of_run_and_of_the_program() {
    let place = Place::new();
    let answer = run(&place, &[], r#"echo $PPID $$ >&2; "$0" --json ps"#);
    let instance = &answer.json()[0];
    let pids = format!("{} {}\n", instance["pid"], instance["shim_pid"]);
    assert_eq!(answer.stderr, pids);
    assert_eq!(instance["status"], "running");
    assert_eq!(instance["leased"], true);
}

#[test]
fn it_exits_as_the_program_does() {
    let place = Place::new();
    for (script, code) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("exit 255", 255),
        ("kill -KILL $$", 137),
        ("kill -TERM $$", 143),
        // What stops has not ended.
        (
            "(until grep -q ^State:.T /proc/$$/status; do :; done; kill -CONT $$) & kill -STOP $$; exit 5",
            5,
        ),
    ] {
        let answer = run(&place, &[], script);
        assert_eq!((answer.code, &*answer.stderr), (Some(code), ""), "{script}");
        assert_eq!(place.output(&["ps", "-q"]).stdout, "", "{script}");
    }
}

#[test]
fn a_program_that_cannot_be_executed_leaves_nothing() {
    let place = Place::new();
    let text = place.file("text", "not a program");
    for (program, code, words) in [
        ("no-such-program", 127, "cannot execute no-such-program: no such file or directory"),
        ("/nowhere/program", 127, "cannot execute /nowhere/program: no such file or directory"),
        (text.to_str().unwrap(), 126, "permission denied"),
        ("/", 126, "permission denied"),
    ] {
        let answer = place.output(&["run", "--", program]);
        assert_eq!((answer.code, &*answer.stdout), (Some(code), ""), "{program}");
        assert!(answer.stderr.contains(words), "{answer:?}");
        assert_eq!(place.output(&["ps", "-q"]).stdout, "", "{program}");
        let answer = place.output(&["--json", "run", "--", program]);
        assert_eq!(answer.code, Some(code));
        assert!(answer.error_json()["message"].as_str().unwrap().contains(words));
    }
}

#[test]
fn a_directory_that_may_not_be_searched_does_not_hide_that_nothing_was_found() {
    let place = Place::new();
    let closed = place.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let open = place.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::write(open.join("text"), "not a program").unwrap();
    let path = std::env::join_paths([closed, open]).unwrap();
    for (program, code) in [("no-such-program", 127), ("text", 126)] {
        let mut command = place.command(&["run", "--", program]);
        assert_eq!(answer(command.env("PATH", &path)).code, Some(code), "{program}");
    }
}

#[test]
fn a_killed_run_leaves_no_program_but_an_entry_that_the_next_one_collects() {
    let place = Place::new();
    let script = ["run", "--identity", "5", "--", "sh", "-c", "echo $$; exec sleep 600"];
    let mut run = Started::new(&mut place.command(&script));
    let program = Stranger::new(&run.line());
    assert_eq!(place.statuses(), ["running"]);
    run.send(Signal::KILL);
    run.wait();
    program.wait();
    assert_eq!(place.statuses(), ["dead"]);
    // Another identity's dead are left alone.
    assert_eq!(place.output(&["run", "--identity", "6", "--", "true"]).code, Some(0));
    assert_eq!(place.statuses(), ["dead"]);
    let answer = place.output(&["-v", "run", "--identity", "5", "--", "true"]);
    assert_eq!(answer.code, Some(0));
    assert!(answer.stderr.contains("was dead"), "{answer:?}");
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn the_id_is_written_once_recorded_and_its_descriptor_is_not_inherited() {
    let place = Place::new();
    let file = place.path().join("id");
    let script = r#"exec "$0" run --id-fd 5 -- sh -c '[ -e /proc/$$/fd/5 ] && exit 9; wc -c <"$0"; echo $HAKUREI_INSTANCE' "$1" 5>"$1""#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, BINARY]).arg(&file).env("HAKUREI_STORE", place.store_path());
    let answer = answer(&mut shell);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    let (size, id) = answer.stdout.split_once('\n').unwrap();
    // It was there before the program began.
    assert_eq!(size, "16");
    let written = u128::from_be_bytes(fs::read(file).unwrap().try_into().unwrap());
    assert_eq!(id.trim_end(), format!("{written:032x}"));
}

#[test]
fn nothing_but_what_run_was_given_is_inherited() {
    let place = Place::new();
    let list = ["-c", "ls /proc/self/fd; cat /proc/self/status"];
    let without = answer(Command::new("sh").args(list));
    let within = place.output(&[&["run", "--", "sh"][..], &list].concat());
    let descriptors = |answer: &Answer| {
        answer.stdout.lines().take_while(|line| line.parse::<u8>().is_ok()).count()
    };
    assert_eq!(descriptors(&within), descriptors(&without), "{within:?}");
    for mask in ["SigBlk:", "SigIgn:", "SigCgt:"] {
        let masks = [&within, &without].map(|answer| {
            answer.stdout.lines().find(|line| line.starts_with(mask)).unwrap().to_owned()
        });
        assert_eq!(masks[0], masks[1]);
    }
}

#[test]
fn an_id_descriptor_that_cannot_be_is_wrong_usage() {
    let place = Place::new();
    for number in ["0", "2", "-1", "9999", "x"] {
        let answer = place.output(&["run", "--id-fd", number, "--", "true"]);
        assert_eq!(answer.code, Some(2), "{number}: {answer:?}");
        assert!(answer.stderr.contains("--id-fd"), "{answer:?}");
    }
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn nobody_has_to_read_the_id() {
    let place = Place::new();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"exec "$0" run --id-fd 5 -- sh -c 'exit 3' 5>&1"#, BINARY]);
    shell.env("HAKUREI_STORE", place.store_path()).stdout(writer);
    assert_eq!(shell.status().unwrap().code(), Some(3));
}

#[test]
fn a_given_configuration_is_recorded_unchanged() {
    let place = Place::new();
    let config = place.file("config.json", template().to_json_pretty().unwrap());
    let answer = run(&place, &["--config", config.to_str().unwrap()], r#""$0" ps --json"#);
    assert_eq!(answer.code, Some(0));
    let mut instance = answer.json()[0].take();
    for added in ["instance", "pid", "shim_pid", "time", "status", "leased", "format"] {
        assert!(instance.as_object_mut().unwrap().remove(added).is_some(), "{added}");
    }
    assert_eq!(instance, serde_json::to_value(template()).unwrap());
}

#[test]
fn the_command_line_overrides_the_configuration() {
    let place = Place::new();
    let config = place.file("config.json", template().to_json().unwrap());
    let options =
        ["--config", config.to_str().unwrap(), "--identity", "77", "--app-id", "org.example.Other"];
    let answer = run(&place, &options, r#""$0" ps --json"#);
    let instance = &answer.json()[0];
    assert_eq!(instance["identity"], 77);
    assert_eq!(instance["id"], "org.example.Other");
    assert_eq!(instance["container"]["username"], "painter");
}

#[test]
fn a_configuration_can_come_from_stdin() {
    let place = Place::new();
    let config = place.file("config.json", template().to_json().unwrap());
    let mut command = place.command(&["run", "--config", "-", "--", BINARY, "ps"]);
    let answer = answer(command.stdin(fs::File::open(config).unwrap()));
    assert!(answer.stdout.contains("9 (org.example.Atelier)"), "{answer:?}");
}

#[test]
fn without_a_configuration_the_surroundings_are_recorded() {
    let place = Place::new();
    let script = r#""$0" ps --json"#;
    for (home, shell, recorded) in [
        (Some("/home/x"), Some("/bin/zsh"), ["/home/x", "/bin/zsh"]),
        (Some("home"), Some(""), ["/", "/bin/sh"]),
        (None, None, ["/", "/bin/sh"]),
    ] {
        let mut command = place.command(&["run", "--", "sh", "-c", script, BINARY]);
        command.env_remove("HOME").env_remove("SHELL");
        command.envs(home.map(|home| ("HOME", home))).envs(shell.map(|shell| ("SHELL", shell)));
        let instance = answer(&mut command).json()[0].take();
        assert_eq!(instance["identity"], 0);
        let container = &instance["container"];
        assert_eq!([&container["home"], &container["shell"]], recorded);
        let path = container["path"].as_str().unwrap();
        assert!(path.starts_with('/') && path.ends_with("/sh"), "{path}");
        assert_eq!(container["args"], serde_json::json!(["sh", "-c", script, BINARY]));
    }
}

#[test]
fn what_cannot_be_recorded_does_not_begin() {
    let place = Place::new();
    fs::create_dir(place.store_path()).unwrap();
    fs::set_permissions(place.store_path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mark = place.path().join("mark");
    let answer = place.output(&["run", "--", "touch", mark.to_str().unwrap()]);
    assert_eq!(answer.code, Some(125), "{answer:?}");
    assert!(answer.stderr.contains("its mode 0755 lets others in"), "{answer:?}");
    assert!(!mark.try_exists().unwrap());
}

#[test]
fn an_entry_that_cannot_be_removed_in_time_is_left_dead() {
    let place = Place::new();
    let script = ["run", "--identity", "4", "--", "sh", "-c", "echo; read _; exit 6"];
    let mut run = Started::new(&mut place.command(&script));
    run.line();
    let handle = place.store().handle(Identity::from_static(4)).unwrap();
    let segment = handle.lock().unwrap();
    run.close_stdin();
    let (code, _, stderr) = run.end();
    assert_eq!(code, Some(6));
    assert!(stderr.contains("is left to be collected"), "{stderr}");
    assert!(stderr.contains(&format!("held by pid {}", std::process::id())), "{stderr}");
    segment.unlock().unwrap();
    assert_eq!(place.statuses(), ["dead"]);
}

#[test]
fn a_store_that_is_removed_meanwhile_is_no_error() {
    let place = Place::new();
    let script = r#"rm -r "$HAKUREI_STORE"; exit 3"#;
    let answer = run(&place, &[], script);
    assert_eq!((answer.code, &*answer.stderr), (Some(3), ""));
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn the_instances_of_others_are_not_touched() {
    let place = Place::new();
    let lease = place.save(&state(3, 1, 1));
    assert_eq!(place.output(&["run", "--identity", "3", "--", "true"]).code, Some(0));
    assert_eq!(place.output(&["ps", "-q"]).stdout, format!("{}\n", lease.id()));
    let record = hakurei_store::Record::new(&state(3, 1, 1)).unwrap();
    let again = place.store().handle(lease.identity()).unwrap().save(&record);
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Exists);
    lease.destroy().unwrap();
}

#[test]
fn a_held_process_is_not_for_people() {
    let place = Place::new();
    for arguments in [&["__held"][..], &["__held", "1", "998", "999", "true"], &["__held", "x"]] {
        assert_eq!(place.output(arguments).code, Some(2), "{arguments:?}");
    }
}
