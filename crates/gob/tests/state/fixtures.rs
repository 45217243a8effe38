//! Streams that Go wrote, and what they mean.

use std::collections::BTreeMap;

use hakurei_gob::ErrorKind;
use hakurei_gob::codec::{Bool, ByteArray, Codec, Int, List, Map, Str, Uint};

use crate::model::*;
use crate::{fixture, fixtures_directory, read, write};

const ID: [u8; 16] = [0xde, 0xad, 0xbe, 0xef, 0, 1, 0x7f, 0x80, 0xff, 9, 10, 11, 12, 13, 14, 15];

/// 2025-11-03T04:05:06Z, since year 1.
const NOON: i64 = 1_762_142_706 + 62_135_596_800;

#[test]
fn every_field_is_read() {
    assert_eq!(read(&fixture("full.gob")).unwrap(), full());
}

#[test]
fn offsets_of_times_are_kept() {
    let quarter = Time { seconds: NOON - 20_700, nanoseconds: 999_999_999, offset: 20_700 };
    assert_eq!(read(&fixture("zone.gob")).unwrap(), State { time: quarter, ..full() });

    let noon = read(&fixture("zone-seconds.gob")).unwrap().time;
    assert_eq!(noon.offset, -(4 * 3600 + 56 * 60 + 2));
}

#[test]
fn what_is_left_out_is_unset() {
    assert_eq!(read(&fixture("minimal.gob")).unwrap(), State::default());
    // A pointer to zero is sent as none.
    assert_eq!(read(&fixture("zero-enablements.gob")).unwrap(), State::default());
}

#[test]
fn a_map_may_be_empty_and_a_slice_may_not() {
    let bus = BusConfig { call: Some(BTreeMap::new()), ..BusConfig::default() };
    let mounts = vec![
        Filesystem::Link(Link::default()),
        Filesystem::Bind(Bind::default()),
        Filesystem::Overlay(Overlay::default()),
        Filesystem::Ephemeral(Ephemeral::default()),
    ];
    let container = Container {
        env: Some(BTreeMap::from([(text(""), text(""))])),
        filesystem: Some(mounts),
        ..Container::default()
    };
    let config = Config {
        session_bus: Some(bus),
        groups: texts(&[""]),
        container: Some(container),
        ..Config::default()
    };
    assert_eq!(read(&fixture("empty.gob")).unwrap(), State { config, ..State::default() });
}

#[test]
fn extreme_values_are_kept() {
    let mount =
        Ephemeral { target: Some(absolute(b"/\xff")), size: -1, perm: u32::MAX, write: false };
    let container = Container {
        hostname: vec![0x80],
        wait_delay: i64::MIN,
        filesystem: Some(vec![Filesystem::Ephemeral(mount)]),
        args: Some(vec![vec![b'x'; 300]]),
        flags: Flags(u64::MAX),
        ..Container::default()
    };
    let config = Config {
        identity: -1,
        groups: Some(vec![vec![0xff, 0xfe], text("café"), text("nul\0")]),
        container: Some(container),
        ..Config::default()
    };
    let time = Time { seconds: 62_135_596_799, nanoseconds: 1, offset: 0 };
    let extreme = State { id: ID, pid: i64::MIN, shim_pid: i64::MAX, config, time };
    assert_eq!(read(&fixture("extreme.gob")).unwrap(), extreme);
}

#[test]
fn fields_are_found_by_name_and_all_others_passed_over() {
    let mounts = vec![
        Filesystem::Link(Link { linkname: text("now"), ..Link::default() }),
        Filesystem::Bind(Bind { write: true, ..Bind::default() }),
        Filesystem::Link(Link { linkname: text("then"), ..Link::default() }),
    ];
    let container =
        Container { filesystem: Some(mounts), args: texts(&["sh"]), ..Container::default() };
    let config = Config {
        id: text("org.example.Stranger"),
        identity: 7,
        container: Some(container),
        ..Config::default()
    };
    let mut id = [0; 16];
    id[15] = 0xff;
    let known = State { id, pid: 42, config, ..State::default() };
    assert_eq!(read(&fixture("strange.gob")).unwrap(), known);
}

#[test]
fn what_must_not_be_null_is_said_to_be() {
    for (name, field) in [
        ("no-config.gob", ("State", "Config")),
        ("null-mount.gob", ("FilesystemConfigJSON", "FilesystemConfig")),
    ] {
        let error = read(&fixture(name)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Missing, Some(field)), "{error}");
    }
}

#[test]
fn what_is_read_is_written_to_mean_the_same() {
    for name in states() {
        let state = read(&fixture(&name)).unwrap();
        assert_eq!(read(&write(&state)).unwrap(), state, "{name}");
    }
}

#[test]
fn primitives_are_those_of_go() {
    fn reads<C: Codec<Value: PartialEq + std::fmt::Debug>>(name: &str, value: C::Value) {
        let stream = primitive(name);
        let (read, rest) = hakurei_gob::decode::<C>(&stream).unwrap();
        assert_eq!((read, rest), (value, &[][..]), "{name}");
    }
    reads::<Bool>("true", true);
    reads::<Bool>("false", false);
    for int in [0, 1, -1, 63, 64, -65] {
        reads::<Int>(&format!("int-{int}"), int);
    }
    reads::<Int>("int-min", i64::MIN);
    reads::<Int>("int-max", i64::MAX);
    for uint in [127, 128, 256, 65536] {
        reads::<Uint>(&format!("uint-{uint}"), uint);
    }
    reads::<Uint>("uint-max", u64::MAX);
    reads::<Str>("string", text("café"));
    reads::<Str<String>>("string", "café".into());
    reads::<Str>("string-empty", text(""));
    reads::<Str>("string-invalid", vec![0xff]);
    reads::<List<Str<String>>>("slice", vec!["a".into(), String::new()]);
    reads::<Map<Str<String>, Int>>("map", BTreeMap::from([("a".into(), -1)]));
    reads::<Map<Str<String>, Int>>("map-empty", BTreeMap::new());
    reads::<ByteArray<4>>("bytes", [0, 0x7f, 0x80, 0xff]);
}

/// Primitives that have no definitions have one form alone.
#[test]
fn primitives_are_written_as_go_does() {
    fn writes<C: Codec>(name: &str, value: &C::Value) {
        let mut stream = Vec::new();
        hakurei_gob::encode::<C>(value, &mut stream).unwrap();
        assert_eq!(stream, primitive(name), "{name}");
    }
    writes::<Bool>("true", &true);
    writes::<Bool>("false", &false);
    for int in [0, 1, -1, 63, 64, -65] {
        writes::<Int>(&format!("int-{int}"), &int);
    }
    writes::<Int>("int-min", &i64::MIN);
    writes::<Int>("int-max", &i64::MAX);
    for uint in [127, 128, 256, 65536] {
        writes::<Uint>(&format!("uint-{uint}"), &uint);
    }
    writes::<Uint>("uint-max", &u64::MAX);
    writes::<Str>("string", &text("café"));
    writes::<Str>("string-empty", &text(""));
    writes::<Str>("string-invalid", &vec![0xff]);
}

/// The names of the fixtures that are States.
fn states() -> Vec<String> {
    let not_states = ["nested.gob", "no-config.gob", "null-mount.gob"];
    let entries = std::fs::read_dir(fixtures_directory()).expect("there are fixtures");
    let names = entries.map(|entry| {
        let name = entry.expect("the directory can be read").file_name();
        name.into_string().expect("names are text")
    });
    let names: Vec<_> =
        names.filter(|name| name.ends_with(".gob") && !not_states.contains(&&**name)).collect();
    assert!(names.len() >= 8, "{names:?}");
    names
}

/// Finds the stream of a primitive.
fn primitive(name: &str) -> Vec<u8> {
    let lines = String::from_utf8(fixture("primitives.txt")).expect("it is text");
    let mut lines = lines.lines().filter_map(|line| line.split_once(' '));
    let (_, digits) = lines.find(|(known, _)| *known == name).expect(name);
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// What `full.gob` means.
pub(crate) fn full() -> State {
    let config = Config {
        id: text("org.example.Editor"),
        enablements: Some(0x0d),
        session_bus: Some(session_bus()),
        system_bus: Some(BusConfig {
            talk: texts(&["org.bluez"]),
            filter: true,
            ..BusConfig::default()
        }),
        direct_wayland: true,
        extra_perms: vec![
            ExtraPerm {
                ensure: true,
                path: path("/var/lib/editor"),
                execute: true,
                ..ExtraPerm::default()
            },
            ExtraPerm {
                path: path("/var/lib/editor/9"),
                read: true,
                write: true,
                execute: true,
                ensure: false,
            },
        ],
        identity: 9,
        groups: texts(&["video", "dialout", "plugdev"]),
        container: Some(container()),
    };
    let time = Time { seconds: NOON, nanoseconds: 7, offset: 0 };
    State { id: ID, pid: 1971, shim_pid: 1972, config, time }
}

fn session_bus() -> BusConfig {
    BusConfig {
        see: texts(&["org.example.See"]),
        talk: texts(&["org.a", "org.b.*"]),
        own: texts(&["org.own"]),
        call: Some(BTreeMap::from([(text("org.c"), text("org.c.*@/c/*"))])),
        broadcast: Some(BTreeMap::from([(text("org.d"), text("@/d/*"))])),
        log: true,
        filter: true,
    }
}

fn container() -> Container {
    let none = Bind::default();
    let filesystem = vec![
        Filesystem::Bind(Bind {
            target: path("/"),
            source: path("/var/lib/root"),
            write: true,
            special: true,
            ..none.clone()
        }),
        Filesystem::Bind(Bind {
            source: path("/dev/dri"),
            device: true,
            optional: true,
            ..none.clone()
        }),
        Filesystem::Ephemeral(Ephemeral {
            target: path("/tmp/"),
            write: true,
            size: 8192,
            perm: 0o755,
        }),
        Filesystem::Overlay(Overlay {
            target: path("/nix/store"),
            lower: Some(vec![path("/a"), path("/b")]),
            upper: path("/over/upper"),
            work: path("/over/work"),
        }),
        Filesystem::Link(Link {
            target: path("/run/current"),
            linkname: text("/run/now"),
            dereference: true,
        }),
        Filesystem::Bind(Bind { source: path("/data"), ensure: true, ..none }),
    ];
    Container {
        hostname: text("editor"),
        wait_delay: -1,
        env: Some(BTreeMap::from([(text("TERM"), text("xterm"))])),
        filesystem: Some(filesystem),
        username: text("editor"),
        shell: path("/bin/zsh"),
        home: path("/home/editor"),
        path: path("/bin/editor"),
        args: texts(&["editor", "--new", ""]),
        flags: Flags(0x7ff),
    }
}

fn text(text: &str) -> Text {
    text.into()
}

fn texts(texts: &[&str]) -> Texts {
    Some(texts.iter().copied().map(text).collect())
}

fn path(pathname: &str) -> Option<Absolute> {
    Some(absolute(pathname.as_bytes()))
}

fn absolute(pathname: &[u8]) -> Absolute {
    pathname.to_vec().try_into().expect("it begins with a slash")
}
