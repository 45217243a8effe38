use hakurei_check::{Absolute, absolute};
use proptest::prelude::*;

use super::{Bind, Ephemeral, Filesystem, Link, Overlay};
use crate::arbitrary;

fn path(pathname: &str) -> Option<Absolute> {
    Some(pathname.parse().unwrap())
}

fn check(cases: impl IntoIterator<Item = (Filesystem, &'static str)>) {
    for (entry, text) in cases {
        assert_eq!(entry.to_string(), text, "{entry:?}");
        assert_eq!(entry.is_valid(), text != "<invalid>", "{entry:?}");
    }
}

#[test]
fn texts_of_bind_mounts() {
    let none = Bind::default;
    let dev = || Bind { target: path("/dev"), source: path("/mnt/dev"), ..none() };
    let etc = || Bind { source: path("/etc"), ..none() };
    let root = || Bind { target: path("/"), source: path("/"), special: true, ..none() };
    check(
        [
            (none(), "<invalid>"),
            (Bind { target: path("/etc"), ..none() }, "<invalid>"),
            (dev(), "*/mnt/dev:/dev"),
            (Bind { write: true, ..dev() }, "w*/mnt/dev:/dev"),
            (Bind { device: true, write: true, ..dev() }, "d*/mnt/dev:/dev"),
            (Bind { device: true, optional: true, ..dev() }, "d+/mnt/dev:/dev"),
            (Bind { device: true, ensure: true, ..dev() }, "d-/mnt/dev:/dev"),
            (Bind { ensure: true, optional: true, ..dev() }, "<invalid>"),
            (etc(), "*/etc"),
            (Bind { special: true, ..etc() }, "<invalid>"),
            (Bind { special: true, target: path("/var/"), ..etc() }, "<invalid>"),
            (Bind { special: true, target: path("/etc"), ..etc() }, "<invalid>"),
            (Bind { special: true, target: path("/etc/"), ..etc() }, "autoetc:/etc"),
            (Bind { special: true, target: path("/etc/"), write: true, ..etc() }, "autoetc:/etc"),
            (root(), "autoroot"),
            (Bind { write: true, ..root() }, "autoroot:w"),
            (Bind { device: true, ..root() }, "autoroot:d"),
            (Bind { write: true, source: path("/etc"), ..root() }, "autoroot:w:/etc"),
            (Bind { source: path("/etc"), ..root() }, "autoroot:/etc"),
            (Bind { special: false, ..root() }, "*/:/"),
        ]
        .map(|(bind, text)| (Filesystem::Bind(bind), text)),
    );
}

#[test]
fn texts_of_ephemeral_filesystems() {
    let nscd = || Ephemeral { target: path("/run/nscd"), ..Ephemeral::default() };
    check(
        [
            (Ephemeral { write: true, perm: 0o700, ..Ephemeral::default() }, "<invalid>"),
            (nscd(), "+ephemeral(-rwxr-xr-x):/run/nscd"),
            (Ephemeral { size: -1, ..nscd() }, "+ephemeral(-rwxr-xr-x):/run/nscd"),
            (Ephemeral { write: true, perm: 0o700, ..nscd() }, "w+ephemeral(-rwx------):/run/nscd"),
            (Ephemeral { perm: 1 << 20 | 0o777, ..nscd() }, "+ephemeral(trwxrwxrwx):/run/nscd"),
        ]
        .map(|(ephemeral, text)| (Filesystem::Ephemeral(ephemeral), text)),
    );
}

#[test]
fn texts_of_overlays() {
    let lower = |pathnames: &[&str]| Some(pathnames.iter().map(|name| path(name)).collect());
    let none = Overlay::default;
    let read = || Overlay { target: path("/d"), lower: lower(&["/a", "/b"]), ..none() };
    let write = || Overlay { upper: path("/u"), work: path("/w"), ..read() };
    check(
        [
            (none(), "<invalid>"),
            (Overlay { target: path("/d"), ..none() }, "<invalid>"),
            (Overlay { target: None, ..write() }, "<invalid>"),
            (read(), "*/d:/a:/b"),
            (Overlay { work: path("/w"), ..read() }, "*/d:/a:/b"),
            (Overlay { lower: lower(&["/a"]), ..read() }, "<invalid>"),
            (Overlay { lower: Some(vec![path("/a"), None, path("/b")]), ..read() }, "<invalid>"),
            (write(), "w*/d:/u:/w:/a:/b"),
            (Overlay { lower: lower(&["/a"]), ..write() }, "w*/d:/u:/w:/a"),
            (Overlay { lower: lower(&[]), ..write() }, "<invalid>"),
            (Overlay { lower: None, ..write() }, "<invalid>"),
            (Overlay { lower: Some(vec![path("/a"), None]), ..write() }, "<invalid>"),
            (Overlay { work: None, ..write() }, "<invalid>"),
            (
                Overlay { target: path(r"/d:,\"), upper: path("/u:"), ..write() },
                r"w*/d\:\,\\:/u\::/w:/a:/b",
            ),
        ]
        .map(|(overlay, text)| (Filesystem::Overlay(overlay), text)),
    );
}

#[test]
fn texts_of_links() {
    let mtab = || Link { target: path("/etc/mtab"), linkname: "/m".into(), dereference: false };
    check(
        [
            (Link::default(), "<invalid>"),
            (Link { linkname: "".into(), ..mtab() }, "<invalid>"),
            (Link { target: None, ..mtab() }, "<invalid>"),
            (mtab(), "/etc/mtab -> /m"),
            (Link { linkname: "../m".into(), ..mtab() }, "/etc/mtab -> ../m"),
            (Link { dereference: true, ..mtab() }, "/etc/mtab -> */m"),
            (Link { dereference: true, linkname: "m".into(), ..mtab() }, "<invalid>"),
            (Link { dereference: true, linkname: "/etc/mtab".into(), ..mtab() }, "/etc/mtab@"),
            (Link { linkname: "/etc/mtab".into(), ..mtab() }, "/etc/mtab -> /etc/mtab"),
        ]
        .map(|(link, text)| (Filesystem::Link(link), text)),
    );
}

#[test]
fn json_begins_with_the_type_and_leaves_out_what_go_does() {
    for (entry, json) in [
        (Filesystem::Bind(Bind::default()), r#"{"type":"bind","src":null}"#),
        (Filesystem::Ephemeral(Ephemeral::default()), r#"{"type":"ephemeral","dst":null}"#),
        (Filesystem::Overlay(Overlay::default()), r#"{"type":"overlay","dst":null,"lower":null}"#),
        (Filesystem::Link(Link::default()), r#"{"type":"link","dst":null,"linkname":""}"#),
        (
            Filesystem::Bind(Bind {
                target: Some(absolute!("/d")),
                source: Some(absolute!("/s")),
                write: true,
                device: true,
                ensure: true,
                optional: true,
                special: true,
            }),
            concat!(
                r#"{"type":"bind","dst":"/d","src":"/s","write":true,"dev":true,"#,
                r#""ensure":true,"optional":true,"special":true}"#,
            ),
        ),
        (
            Filesystem::Ephemeral(Ephemeral {
                target: Some(absolute!("/d")),
                write: true,
                size: -1,
                perm: 0o700,
            }),
            r#"{"type":"ephemeral","dst":"/d","write":true,"size":-1,"perm":448}"#,
        ),
        (
            Filesystem::Overlay(Overlay {
                target: Some(absolute!("/d")),
                lower: Some(vec![Some(absolute!("/l")), None]),
                upper: Some(absolute!("/u")),
                work: Some(absolute!("/w")),
            }),
            r#"{"type":"overlay","dst":"/d","lower":["/l",null],"upper":"/u","work":"/w"}"#,
        ),
        (
            Filesystem::Link(Link {
                target: Some(absolute!("/d")),
                linkname: "l".into(),
                dereference: true,
            }),
            r#"{"type":"link","dst":"/d","linkname":"l","dereference":true}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        assert_eq!(serde_json::from_str::<Filesystem>(json).unwrap(), entry);
    }
}

#[test]
fn the_type_may_stand_anywhere_and_strangers_are_ignored() {
    let link = Filesystem::Link(Link { linkname: "l".into(), ..Link::default() });
    for json in [
        r#"{"linkname":"l","type":"link"}"#,
        r#"{"size":"big","src":7,"lower":{},"linkname":"l","type":"link","meow":[]}"#,
        r#"{"type":"link","linkname":"l","dst":null,"dereference":null}"#,
    ] {
        assert_eq!(serde_json::from_str::<Filesystem>(json).unwrap(), link, "{json}");
    }
}

#[test]
fn what_is_no_mount_point_is_refused() {
    for (json, message) in [
        ("null", "unexpected null in mount point"),
        (r#"{"type":"cat","meow":true}"#, r#"invalid filesystem type "cat""#),
        (r#"{"src":"/"}"#, r#"invalid filesystem type """#),
        (r#"{"type":null}"#, r#"invalid filesystem type """#),
        (r#"{"type":"Bind"}"#, r#"invalid filesystem type "Bind""#),
        (r#"{"type":7}"#, ".type: invalid type: integer `7`, expected a string"),
        (r#"{"type":"ephemeral","size":"1"}"#, ".size: invalid type: string \"1\", expected i64"),
        (r#"{"type":"overlay","lower":["/a","b"]}"#, ".lower[1]: path \"b\" is not absolute"),
        (r#"["bind"]"#, "invalid type: sequence, expected an object that describes a mount point"),
    ] {
        let refused = serde_json::from_str::<Filesystem>(json).unwrap_err().to_string();
        assert!(refused.starts_with(message), "{refused}");
    }
}

proptest! {
    #[test]
    fn every_entry_is_read_back(entry in arbitrary::filesystem()) {
        let json = serde_json::to_value(&entry).unwrap();
        prop_assert_eq!(json["type"].as_str(), Some(entry.type_name()));
        prop_assert_eq!(serde_json::from_value::<Filesystem>(json).unwrap(), entry);
    }

    #[test]
    fn the_text_says_whether_it_is_valid(entry in arbitrary::filesystem()) {
        prop_assert_eq!(entry.to_string() == "<invalid>", !entry.is_valid());
    }
}
