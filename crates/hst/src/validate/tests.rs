use std::collections::BTreeMap;
use std::error::Error as _;

use hakurei_check::absolute;

use super::{ConfigError, validate};
use crate::{AppError, BusConfig, Config, Container, Identity, OutOfBounds, template};

/// A change that makes a configuration invalid, and the cause and message that it is refused with.
type Case = (fn(&mut Config), &'static str, &'static str);

/// In the order of the checks: what comes first is told, whatever follows.
const CASES: [Case; 8] = [
    (
        |config| config.session_bus = bus("x"),
        r#"bad interface string "x" in session bus configuration"#,
        r#"bad interface string "x" in session bus configuration"#,
    ),
    (
        |config| config.system_bus = bus("x\0.*"),
        r#"bad interface string "x\x00.*" in system bus configuration"#,
        r#"bad interface string "x\x00.*" in system bus configuration"#,
    ),
    (
        |config| config.container = None,
        "unexpected null in config",
        "configuration missing container state",
    ),
    (
        |config| container(config).home = None,
        "unexpected null in config",
        "container configuration missing path to home directory",
    ),
    (
        |config| container(config).shell = None,
        "unexpected null in config",
        "container configuration missing path to shell",
    ),
    (
        |config| container(config).path = None,
        "unexpected null in config",
        "container configuration missing path to initial program",
    ),
    (
        |config| container(config).env = env("TERM="),
        "invalid environment variable name",
        r#"invalid environment variable "TERM=""#,
    ),
    (
        |config| container(config).env = env("TE\0RM"),
        "invalid environment variable name",
        r#"invalid environment variable "TE\x00RM""#,
    ),
];

fn bus(name: &str) -> Option<BusConfig> {
    Some(BusConfig { talk: Some(vec!["org.example".into(), name.into()]), ..BusConfig::default() })
}

fn env(name: &str) -> Option<BTreeMap<crate::Text, crate::Text>> {
    Some(BTreeMap::from([("A".into(), "a=b\0".into()), (name.into(), "".into())]))
}

fn container(config: &mut Config) -> &mut Container {
    config.container.get_or_insert_default()
}

fn check(error: &AppError, cause: &str, message: &str) {
    assert_eq!(error.step(), "validate configuration");
    assert_eq!(error.source().unwrap().to_string(), cause);
    assert_eq!(error.message(), message);
}

#[test]
fn each_fault_has_its_words() {
    for (spoil, cause, message) in CASES {
        let mut config = template();
        spoil(&mut config);
        check(&config.validate().unwrap_err(), cause, message);
    }
}

#[test]
fn the_first_fault_is_told() {
    for first in 0..CASES.len() {
        let mut config = template();
        // The container is there for what is checked within, so it goes last.
        for (spoil, ..) in &CASES[first.max(3)..] {
            spoil(&mut config);
        }
        for (spoil, ..) in &CASES[first..first.max(3)] {
            spoil(&mut config);
        }
        // The last two both set the environment.
        let (_, cause, message) = CASES[if first == 6 { 7 } else { first }];
        check(&config.validate().unwrap_err(), cause, message);
    }
}

#[test]
fn no_configuration_is_invalid() {
    let null = "unexpected null in config";
    check(&validate(None).unwrap_err(), null, "invalid configuration");
    check(&Config::from_json(b"null").unwrap_err(), null, "invalid configuration");
    assert!(validate(Some(&template())).is_ok());
}

#[test]
fn an_identity_out_of_bounds_is_refused_when_read() {
    for (json, message) in [
        (r#"{"identity":10000}"#, "identity 10000 out of range"),
        (r#"{"container":7,"identity":-1}"#, "container"),
        (r#"{"identity":-1,"container":7}"#, "identity -1 out of range"),
    ] {
        let error = Config::from_json(json.as_bytes()).unwrap_err();
        if message == "container" {
            assert_eq!(error.step(), "decode configuration");
            continue;
        }
        check(&error, "identity out of bounds", message);
        assert!(error.source().unwrap().is::<OutOfBounds>());
    }
}

#[test]
fn little_is_enough() {
    let container = Container {
        home: Some(absolute!("/")),
        shell: Some(absolute!("/")),
        path: Some(absolute!("/")),
        ..Container::default()
    };
    let config = Config {
        identity: Identity::MAX,
        container: Some(container),
        session_bus: Some(BusConfig::default()),
        ..Config::default()
    };
    assert!(config.validate().is_ok());
}

#[test]
fn the_cause_can_be_matched_on() {
    let mut config = template();
    config.system_bus = bus("x");
    let error = config.validate().unwrap_err();
    let cause = error.source().unwrap().downcast_ref::<ConfigError>().unwrap();
    let ConfigError::Interface { name, bus } = cause else { panic!("{cause:?}") };
    assert_eq!((name.to_string(), *bus), ("x".to_owned(), crate::Bus::System));
}
