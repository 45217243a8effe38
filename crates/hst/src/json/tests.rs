use std::error::Error as _;

use hakurei_check::Absolute;
use proptest::prelude::*;

use super::JsonError;
use crate::{
    AppError, Bind, Config, Container, Enablements, Filesystem, Flags, State, Text, Time,
    arbitrary, template,
};

fn json_error(error: &AppError) -> JsonError {
    error.source().unwrap().downcast_ref::<JsonError>().unwrap().clone()
}

#[test]
fn a_config_without_anything() {
    let config = Config::default();
    let json = r#"{"identity":0,"groups":null,"container":null}"#;
    assert_eq!(config.to_json().unwrap(), json);
    assert_eq!(Config::from_json(json.as_bytes()).unwrap(), config);
}

#[test]
fn a_state_without_anything() {
    let json = concat!(
        r#"{"instance":"00000000000000000000000000000000","pid":0,"shim_pid":0,"#,
        r#""identity":0,"groups":null,"container":null,"time":"0001-01-01T00:00:00Z"}"#,
    );
    assert_eq!(State::default().to_json().unwrap(), json);
    assert_eq!(State::from_json(json.as_bytes()).unwrap(), State::default());
}

#[test]
fn a_state_has_the_members_of_its_config_between_its_own() {
    let state = State {
        id: "187a2f3d5c0a1b00f1e2d3c4b5a69788".parse().unwrap(),
        pid: -7,
        shim_pid: i64::MAX,
        config: Config { id: "org.example".into(), direct_wayland: true, ..Config::default() },
        time: Time::from_parts(0, 5, 3600).unwrap(),
    };
    let json = concat!(
        r#"{"instance":"187a2f3d5c0a1b00f1e2d3c4b5a69788","pid":-7,"#,
        r#""shim_pid":9223372036854775807,"id":"org.example","direct_wayland":true,"identity":0,"#,
        r#""groups":null,"container":null,"time":"1970-01-01T01:00:00.000000005+01:00"}"#,
    );
    assert_eq!(state.to_json().unwrap(), json);
    assert_eq!(State::from_json(json.as_bytes()).unwrap(), state);
}

#[test]
fn keys_stand_in_the_order_of_go() {
    let json = template().to_json().unwrap();
    let mut rest = &*json;
    for key in [
        "id",
        "enablements",
        "session_bus",
        "see",
        "talk",
        "own",
        "call",
        "broadcast",
        "filter",
        "system_bus",
        "log",
        "filter",
        "extra_perms",
        "ensure",
        "path",
        "x",
        "path",
        "r",
        "w",
        "x",
        "identity",
        "groups",
        "container",
        "hostname",
        "wait_delay",
        "env",
        "filesystem",
        "username",
        "shell",
        "home",
        "path",
        "args",
        "seccomp_compat",
        "devel",
        "userns",
        "host_net",
        "host_abstract",
        "tty",
        "multiarch",
        "map_real_uid",
        "device",
        "share_runtime",
        "share_tmpdir",
    ] {
        let quoted = format!("\"{key}\":");
        let at = rest.find(&quoted).unwrap_or_else(|| panic!("{key} is not in {rest}"));
        rest = &rest[at + quoted.len()..];
    }
}

#[test]
fn null_and_missing_and_unknown_are_unset() {
    for json in [
        "{}",
        r#"{"meow":[{"a":1}],"pid":"x","Identity":7}"#,
        concat!(
            r#"{"id":null,"enablements":null,"session_bus":null,"system_bus":null,"#,
            r#""direct_wayland":null,"extra_perms":null,"identity":null,"groups":null,"#,
            r#""container":null}"#,
        ),
    ] {
        assert_eq!(Config::from_json(json.as_bytes()).unwrap(), Config::default(), "{json}");
    }
    let unset = concat!(
        r#"{"hostname":null,"wait_delay":null,"env":null,"filesystem":null,"username":null,"#,
        r#""shell":null,"home":null,"path":null,"args":null,"seccomp_compat":null,"tty":false,"#,
        r#""map_real_uid":null}"#,
    );
    assert_eq!(serde_json::from_str::<Container>(unset).unwrap(), Container::default());
    let unset = br#"{"instance":null,"pid":null,"shim_pid":null,"time":null}"#;
    assert_eq!(State::from_json(unset).unwrap(), State::default());
}

#[test]
fn null_and_empty_stay_apart() {
    let empty = Config {
        groups: Some(vec![]),
        enablements: Some(Enablements::default()),
        ..Config::default()
    };
    let json = r#"{"enablements":{},"identity":0,"groups":[],"container":null}"#;
    assert_eq!(empty.to_json().unwrap(), json);
    assert_eq!(Config::from_json(json.as_bytes()).unwrap(), empty);
}

#[test]
fn null_in_a_list_is_what_go_makes_of_it() {
    let json = br#"{"groups":[null,"a"],"extra_perms":[null],"session_bus":{"call":{"a.b":null}}}"#;
    let config = Config::from_json(json).unwrap();
    assert_eq!(config.groups.unwrap(), ["", "a"]);
    assert_eq!(config.extra_perms[0].to_string(), "<invalid>");
    assert_eq!(config.session_bus.unwrap().call.unwrap()[b"a.b".as_slice()], "");
}

#[test]
fn the_last_of_a_repeated_key_counts() {
    let json =
        br#"{"id":"a","id":"b","container":{"tty":true,"tty":false,"devel":false,"devel":true}}"#;
    let config = Config::from_json(json).unwrap();
    assert_eq!(config.id, "b");
    assert_eq!(config.container.unwrap().flags, Flags::DEVEL);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of documents and what is said of them")]
fn an_error_says_where_and_what() {
    for (json, place, reason) in [
        ("", "", "EOF while parsing a value"),
        ("meow", "", "expected value"),
        ("7", "", "invalid type: integer `7`, expected an object that configures an application"),
        ("[]", "", "invalid type: sequence, expected an object that configures an application"),
        ("{} {}", "", "trailing characters"),
        ("{}null", "", "trailing characters"),
        (r#"{"id":7}"#, "id", "invalid type: integer `7`, expected a string"),
        (r#"{"identity":"9"}"#, "identity", "invalid type: string \"9\", expected i64"),
        (r#"{"identity":9.0}"#, "identity", "invalid type: floating point `9.0`, expected i64"),
        (
            r#"{"enablements":13}"#,
            "enablements",
            "invalid type: integer `13`, expected an object of enablements",
        ),
        (
            r#"{"enablements":{"x11":1}}"#,
            "enablements.x11",
            "invalid type: integer `1`, expected a boolean",
        ),
        (
            r#"{"session_bus":{"see":["a.b",{}]}}"#,
            "session_bus.see[1]",
            "invalid type: map, expected a string",
        ),
        (
            r#"{"extra_perms":[{},{"path":"etc"}]}"#,
            "extra_perms[1].path",
            r#"path "etc" is not absolute"#,
        ),
        (
            r#"{"container":{"env":{"A":1}}}"#,
            "container.env.A",
            "invalid type: integer `1`, expected a string",
        ),
        (
            r#"{"container":{"env":{"\u001b[0m":1}}}"#,
            r#"container.env["\x1b[0m"]"#,
            "invalid type: integer `1`, expected a string",
        ),
        (r#"{"container":{"home":"h"}}"#, "container.home", r#"path "h" is not absolute"#),
        (
            r#"{"container":{"tty":"yes"}}"#,
            "container.tty",
            "invalid type: string \"yes\", expected a boolean",
        ),
        (
            r#"{"container":{"filesystem":[null]}}"#,
            "container.filesystem[0]",
            "unexpected null in mount point",
        ),
        (
            r#"{"container":{"filesystem":[{"type":"cat"}]}}"#,
            "container.filesystem[0]",
            r#"invalid filesystem type "cat""#,
        ),
        (
            r#"{"container":{"filesystem":[{"type":"bind"},{"size":"1","type":"ephemeral"}]}}"#,
            "container.filesystem[1].size",
            "invalid type: string \"1\", expected i64",
        ),
        (
            r#"{"container":{"filesystem":[{"type":"overlay","lower":["/",{}]}]}}"#,
            "container.filesystem[0].lower[1]",
            "invalid type: map, expected an absolute pathname",
        ),
        (r#"{"container":{"args":["a"#, "container.args[0]", "EOF while parsing a string"),
    ] {
        let error = Config::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.step(), "decode configuration", "{json}");
        let error = json_error(&error);
        assert_eq!((error.place(), error.reason()), (place, reason), "{json}");
        assert!(error.position().is_some(), "{json}");
    }
}

#[test]
fn an_error_has_a_line_and_a_column() {
    let json = b"{\n  \"container\": {\n    \"args\": [\"a\",\n      7]\n  }\n}";
    let error = json_error(&Config::from_json(json).unwrap_err());
    assert_eq!(error.position(), Some((4, 7)));
    let json = b"{\n \"container\": {\n \"filesystem\": [\n {\"type\": \"cat\"}\n]}}";
    let error = json_error(&Config::from_json(json).unwrap_err());
    assert_eq!(error.position().map(|(line, _)| line), Some(4));
}

#[test]
fn a_state_says_where_too() {
    let cases = [
        (r#"{"pid":"1"}"#, "pid"),
        (r#"{"instance":"00"}"#, "instance"),
        (r#"{"time":"yesterday"}"#, "time"),
        (r#"{"container":{"args":[1]},"pid":1}"#, "container.args[0]"),
    ];
    for (json, place) in cases {
        let error = State::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.step(), "decode state");
        assert_eq!(json_error(&error).place(), place);
    }
    let error = State::from_json(br#"{"identity":10000}"#).unwrap_err();
    assert_eq!(error.message(), "identity 10000 out of range");
    assert_eq!(State::from_json(b"null").unwrap_err().message(), "invalid configuration");
}

#[test]
fn ids_are_checked_in_a_state() {
    for id in [
        "187a2f3d5c0a1b00f1e2d3c4b5a6978",
        "187a2f3d5c0a1b00f1e2d3c4b5a697880",
        "187A2F3D5C0A1B00F1E2D3C4B5A69788",
    ] {
        let json = format!(r#"{{"instance":"{id}"}}"#);
        let error = json_error(&State::from_json(json.as_bytes()).unwrap_err());
        assert!(error.reason().contains("identifier"), "{error}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for key in ["meow", "container"] {
        let json = format!(r#"{{"{key}":{}"#, "[".repeat(100_000));
        assert!(Config::from_json(json.as_bytes()).is_err());
    }
    let json = format!(r#"{{"container":{{"filesystem":[{{"a":{}"#, "[".repeat(100_000));
    assert!(Config::from_json(json.as_bytes()).is_err());
}

#[test]
fn text_that_is_not_utf8_is_replaced_and_a_path_is_an_error() {
    let odd = &b"/caf\xe9"[..];
    let groups = Some(vec![Text::from(odd)]);
    let mut state = State { config: Config { groups, ..Config::default() }, ..State::default() };
    assert!(state.to_json().unwrap().contains("\"groups\":[\"/caf\u{fffd}\"]"));

    let bind = Bind { source: Some(Absolute::new(odd).unwrap()), ..Bind::default() };
    let filesystem = Some(vec![Filesystem::Bind(Bind::default()), Filesystem::Bind(bind)]);
    state.config.container = Some(Container { filesystem, ..Container::default() });
    for (error, step) in [
        (state.to_json().unwrap_err(), "encode state"),
        (state.to_json_pretty().unwrap_err(), "encode state"),
        (state.config.to_json().unwrap_err(), "encode configuration"),
        (state.config.to_json_pretty().unwrap_err(), "encode configuration"),
    ] {
        assert_eq!(error.step(), step);
        let error = json_error(&error);
        assert_eq!(error.place(), "container.filesystem[1].src");
        assert_eq!(error.reason(), r#"path "/caf\xe9" is not UTF-8 and cannot be written as text"#);
        assert_eq!(error.position(), None);
    }
}

proptest! {
    #[test]
    fn every_config_is_read_back(config in arbitrary::config()) {
        prop_assert_eq!(&Config::from_json(config.to_json().unwrap().as_bytes()).unwrap(), &config);
        let pretty = config.to_json_pretty().unwrap();
        prop_assert_eq!(Config::from_json(pretty.as_bytes()).unwrap(), config);
    }

    #[test]
    fn every_state_is_read_back(state in arbitrary::state()) {
        prop_assert_eq!(&State::from_json(state.to_json().unwrap().as_bytes()).unwrap(), &state);
        let pretty = state.to_json_pretty().unwrap();
        prop_assert_eq!(State::from_json(pretty.as_bytes()).unwrap(), state);
    }

    #[test]
    fn nothing_that_is_read_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let mut json = template().to_json().unwrap().into_bytes();
        let at = at.index(json.len());
        json[at] = byte;
        if let Err(error) = Config::from_json(&json) {
            prop_assert!(!error.message().is_empty());
        }
    }
}
