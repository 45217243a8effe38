use std::collections::BTreeMap;

use hakurei_check::Absolute;

use super::Places;
use crate::{
    Bind, BusConfig, Config, Container, Ephemeral, ExtraPerm, Filesystem, Link, Overlay, State,
    Text, template,
};

const ODD: &[u8] = b"/\xff";

fn text() -> Text {
    ODD.into()
}

fn path() -> Option<Absolute> {
    Some(Absolute::new(ODD).unwrap())
}

fn list() -> Option<Vec<Text>> {
    Some(vec![Text::new(), text()])
}

fn map() -> Option<BTreeMap<Text, Text>> {
    let good = Text::from("z");
    let members = [("A".into(), text()), ("a.b".into(), text()), (text(), good.clone())];
    Some(members.into_iter().chain([(good.clone(), good)]).collect())
}

fn bus() -> Option<BusConfig> {
    let (see, talk, own, call, broadcast) = (list(), list(), list(), map(), map());
    Some(BusConfig { see, talk, own, call, broadcast, ..BusConfig::default() })
}

/// A configuration in which nothing is UTF-8.
fn odd() -> Config {
    let filesystem = vec![
        Filesystem::Bind(Bind { target: path(), source: path(), ..Bind::default() }),
        Filesystem::Ephemeral(Ephemeral { target: path(), ..Ephemeral::default() }),
        Filesystem::Overlay(Overlay {
            target: path(),
            lower: Some(vec![None, path()]),
            upper: path(),
            work: path(),
        }),
        Filesystem::Link(Link { target: path(), linkname: text(), dereference: false }),
    ];
    let container = Container {
        hostname: text(),
        env: map(),
        filesystem: Some(filesystem),
        username: text(),
        shell: path(),
        home: path(),
        path: path(),
        args: list(),
        ..Container::default()
    };
    Config {
        id: text(),
        session_bus: bus(),
        system_bus: bus(),
        extra_perms: vec![ExtraPerm::default(), ExtraPerm { path: path(), ..ExtraPerm::default() }],
        groups: list(),
        container: Some(container),
        ..Config::default()
    }
}

#[test]
fn every_text_is_looked_at() {
    let of_map =
        |place: &str| [r#"["/\xff"]"#, ".A", r#"["a.b"]"#].map(|key| format!("{place}{key}"));
    let mut expected = vec!["id".to_owned()];
    for bus in ["session_bus", "system_bus"] {
        expected.extend(["see", "talk", "own"].map(|list| format!("{bus}.{list}[1]")));
        expected
            .extend(["call", "broadcast"].iter().flat_map(|map| of_map(&format!("{bus}.{map}"))));
    }
    expected.extend(["groups[1]", "container.hostname"].map(str::to_owned));
    expected.extend(of_map("container.env"));
    for text in ["filesystem[3].linkname", "username", "args[1]"] {
        expected.push(format!("container.{text}"));
    }
    assert_eq!(odd().non_utf8(), expected);
    assert_eq!(State { config: odd(), ..State::default() }.non_utf8(), odd().non_utf8());
}

#[test]
fn every_path_is_looked_at() {
    let expected = [
        "extra_perms[1].path",
        "container.filesystem[0].dst",
        "container.filesystem[0].src",
        "container.filesystem[1].dst",
        "container.filesystem[2].dst",
        "container.filesystem[2].lower[1]",
        "container.filesystem[2].upper",
        "container.filesystem[2].work",
        "container.filesystem[3].dst",
        "container.shell",
        "container.home",
        "container.path",
    ];
    assert_eq!(Places::of(&odd()).paths, expected);
    assert_eq!(odd().first_path_not_utf8().as_deref(), Some(expected[0]));
}

#[test]
fn what_is_utf8_has_no_place() {
    assert_eq!(template().non_utf8(), [""; 0]);
    assert_eq!(template().first_path_not_utf8(), None);
}
