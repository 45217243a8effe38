//! What the command is given, and refuses.

use std::fs;

use hakurei_hst::template;

use crate::place::{Place, answer, keys};

/// Documents that are no configuration to run with, and what is said of them.
const BAD: [(&str, &str); 13] = [
    ("", "EOF while parsing"),
    ("hello", "expected value at line 1 column 1"),
    ("{} {}", "trailing characters"),
    ("null", "invalid configuration"),
    ("[]", "an object that configures an application"),
    (
        r#"{"container": {"filesystem": [null]}}"#,
        "container.filesystem[0]: unexpected null in mount point",
    ),
    (
        r#"{"container": {"filesystem": [{"type": "bind", "src": "/"}, {"type": "cat"}]}}"#,
        r#"container.filesystem[1]: invalid filesystem type "cat""#,
    ),
    (
        r#"{"container": {"filesystem": [{"type": "ephemeral", "dst": "/", "size": "1G"}]}}"#,
        "container.filesystem[0].size: invalid type: string",
    ),
    (r#"{"container": {"home": "root"}}"#, r#"container.home: path "root" is not absolute"#),
    (r#"{"identity": 10000}"#, "identity 10000 out of range"),
    (r#"{"identity": -1}"#, "identity -1 out of range"),
    (r#"{"identity": 1}"#, "configuration missing container state"),
    (
        r#"{"container": {"home": "/", "shell": "/bin/sh"}}"#,
        "container configuration missing path to initial program",
    ),
];

#[test]
fn a_bad_configuration_is_refused_before_anything_is_done() {
    let place = Place::new();
    let mark = place.path().join("mark");
    for (document, words) in BAD {
        let file = place.file("config.json", document);
        for source in [file.to_str().unwrap(), "-"] {
            let arguments = ["run", "--config", source, "--", "touch", mark.to_str().unwrap()];
            let mut command = place.command(&arguments);
            let answer = answer(command.stdin(fs::File::open(&file).unwrap()));
            assert_eq!((answer.code, &*answer.stdout), (Some(125), ""), "{document}");
            assert!(answer.stderr.starts_with("hakurei-store: "), "{answer:?}");
            assert!(answer.stderr.contains(words), "{document}: {answer:?}");
            assert_eq!(answer.stderr.lines().count(), 1, "{answer:?}");
        }
    }
    assert!(!mark.try_exists().unwrap());
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn a_bad_configuration_is_an_object_with_json() {
    let place = Place::new();
    let file = place.file("config.json", r#"{"identity": 10000}"#);
    let arguments = ["run", "--json", "--config", file.to_str().unwrap(), "--", "true"];
    let error = place.output(&arguments).error_json();
    assert_eq!(keys(&error), ["err", "message", "step"]);
    assert_eq!(error["step"], "validate configuration");
    assert_eq!(error["err"], "identity out of bounds");
    assert_eq!(error["message"], "identity 10000 out of range");
}

#[test]
fn other_bad_documents() {
    let place = Place::new();
    let mut config = template();
    config.session_bus.as_mut().unwrap().own = Some(vec!["meow".into()]);
    let bus = place.file("bus.json", config.to_json().unwrap());
    let mut config = template();
    config.container.as_mut().unwrap().env = Some([("TERM=".into(), "x".into())].into());
    let environment = place.file("environment.json", config.to_json().unwrap());
    let hostile = place.file("hostile.json", "{\"container\": {\"\x7f\u{9b}\": 1, \"tty\": 1}}");
    for (file, words) in [
        (bus.to_str().unwrap(), r#"bad interface string "meow" in session bus configuration"#),
        (environment.to_str().unwrap(), r#"invalid environment variable "TERM=""#),
        (hostile.to_str().unwrap(), "container.tty: invalid type"),
        ("/nowhere.json", "cannot read /nowhere.json: no such file or directory"),
        ("/", "cannot read /: is a directory"),
        ("/dev/zero", "it is longer than"),
    ] {
        let answer = place.output(&["run", "--config", file, "--", "true"]);
        assert_eq!(answer.code, Some(125), "{file}");
        assert!(answer.stderr.contains(words), "{answer:?}");
    }
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn wrong_usage() {
    let place = Place::new();
    for arguments in [
        &[][..],
        &["meow"],
        &["ps", "--status", "alive"],
        &["ps", "--status", ""],
        &["ps", "extra"],
        &["ps", "--identity", "007"],
        &["ps", "--identity", "+7"],
        &["ps", "--identity", "-1"],
        &["ps", "--identity", "10000"],
        &["run", "--identity", "10000", "--", "true"],
        &["run", "true"],
        &["run", "--"],
        &["run", "--durable=maybe", "--", "true"],
        &["show"],
        &["show", "--pid", "0"],
        &["show", "--pid", "-1"],
        &["show", "--pid", "self"],
        &["show", "--pid", "1", "17288281"],
        &["wait"],
        &["wait", "meow"],
        &["wait", "--timeout", "soon", "17288281"],
        &["wait", "--timeout", "-1s", "17288281"],
        &["kill"],
        &["kill", "17288281", "1728828"],
        &["kill", "-s", "0", "17288281"],
        &["kill", "-s", "65", "17288281"],
        &["kill", "-s", "MEOW", "17288281"],
        &["gc", "17288281"],
        &["gc", "--newer"],
        &["adopt", "17288281"],
        &["adopt", "--", "true"],
        &["adopt", "meow", "--", "true"],
        &["doctor", "extra"],
        &["locks", "extra"],
        &["watch", "extra"],
        &["completions", "tcsh"],
        &["--store", "relative", "ps"],
        &["--store", "", "ps"],
    ] {
        let answer = place.output(arguments);
        assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{arguments:?}");
        assert!(!answer.stderr.is_empty(), "{arguments:?}");
    }
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn a_relative_store_is_not_guessed_at() {
    let place = Place::new();
    let by_option = place.output(&["--store", "state", "ps"]);
    assert!(by_option.stderr.contains(r#"path "state" is not absolute"#), "{by_option:?}");
    for arguments in [&["ps"][..], &["run", "--", "true"]] {
        let answer = answer(place.command(arguments).env("HAKUREI_STORE", "state"));
        assert_eq!(answer.code, Some(2), "{arguments:?}");
        assert_eq!(
            answer.stderr,
            "hakurei-store: $HAKUREI_STORE: path \"state\" is not absolute\n",
        );
    }
}

#[test]
fn which_store_is_meant_is_said() {
    let place = Place::new();
    let store = place.store_path();
    let (option, elsewhere) = (place.path().join("a"), place.path().join("b"));
    let runtime = elsewhere.join("hakurei/state");
    let by_option = ["-v", "ps", "--store", option.to_str().unwrap()];
    let mut by_runtime = place.command(&["ps", "-v"]);
    by_runtime.env("HAKUREI_STORE", "").env("XDG_RUNTIME_DIR", &elsewhere);
    for (mut command, directory, origin) in [
        (place.command(&by_option), option, "--store"),
        (place.command(&["ps", "-v"]), store, "$HAKUREI_STORE"),
        (by_runtime, runtime, "$XDG_RUNTIME_DIR"),
    ] {
        let answer = answer(&mut command);
        let words = format!("the store is {}, by {origin}\n", directory.display());
        assert!(answer.stderr.contains(&words), "{answer:?}");
    }
}
