//! What is written is read back, whatever it is.

use std::error::Error as _;

use hakurei_gob::encode;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::model::*;
use crate::{read, schema, write};

proptest! {
    #[test]
    fn what_is_written_is_read_back(state in states()) {
        let stream = write(&state);
        prop_assert_eq!(read(&stream).unwrap(), state);
    }

    #[test]
    fn equal_states_are_written_as_equal_bytes(state in states()) {
        let copy = read(&write(&state)).unwrap();
        prop_assert_eq!(write(&copy), write(&state));
    }
}

#[test]
fn what_go_cannot_tell_from_nil_is_read_as_unset() {
    let config = Config { enablements: Some(0), groups: Some(Vec::new()), ..Config::default() };
    let written = State { config, ..State::default() };
    assert_eq!(read(&write(&written)).unwrap(), State::default());
}

#[test]
fn a_null_in_a_list_cannot_be_written() {
    let overlay = Overlay { lower: Some(vec![None]), ..Overlay::default() };
    let filesystem = Some(vec![Filesystem::Overlay(overlay)]);
    let container = Some(Container { filesystem, ..Container::default() });
    let config = Config { container, ..Config::default() };
    let mut stream = b"before".to_vec();
    let error = encode::<schema::State>(&State { config, ..State::default() }, &mut stream);
    let error = error.unwrap_err();
    assert_eq!(error.field(), Some(("FSOverlay", "Lower")));
    let text = "a null within a list or map cannot be encoded, in FSOverlay.Lower";
    assert_eq!(error.to_string(), text);
    assert_eq!(stream, b"before");
}

#[test]
fn what_a_conversion_refuses_cannot_be_written() {
    let time = Time { offset: i32::MAX, ..Time::default() };
    let error = encode::<schema::State>(&State { time, ..State::default() }, &mut Vec::new());
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "value is refused, in State.Time");
    assert_eq!(error.source().unwrap().to_string(), "time is not in Go's form");
}

#[test]
fn mount_points_are_defined_if_they_are_used() {
    let names = [b"FSBind".as_slice(), b"FSEphemeral", b"FSOverlay", b"FSLink"];
    let defines =
        |stream: &[u8]| names.map(|name| stream.windows(name.len()).any(|window| window == name));
    assert_eq!(defines(&write(&State::default())), [false; 4]);
    assert_eq!(defines(&write(&crate::fixtures::full())), [true; 4]);
}

#[test]
fn definitions_come_in_any_order() {
    let state = crate::fixtures::full();
    let stream = write(&state);
    let mut messages = Vec::new();
    let mut rest = &stream[..];
    while !rest.is_empty() {
        // Lengths below 128 take one byte, those up to 65535 a negative count and so many.
        let size = match rest[0] {
            length @ 0..0x80 => 1 + usize::from(length),
            0xff => 2 + usize::from(rest[1]),
            _ => 3 + usize::from(u16::from_be_bytes([rest[1], rest[2]])),
        };
        let (message, behind) = rest.split_at(size);
        messages.push(message);
        rest = behind;
    }
    let (value, definitions) = messages.split_last().unwrap();
    assert!(definitions.len() > 10);
    let backwards: Vec<_> = definitions.iter().rev().chain([value]).copied().collect();
    assert_eq!(read(&backwards.concat()).unwrap(), state);
}

fn states() -> impl Strategy<Value = State> {
    (any::<[u8; 16]>(), any::<(i64, i64)>(), configs(), times())
        .prop_map(|(id, (pid, shim_pid), config, time)| State { id, pid, shim_pid, config, time })
}

fn configs() -> impl Strategy<Value = Config> {
    let buses = (option::of(buses()), option::of(buses()));
    let lists = (vec(extra_perms(), 0..3), texts());
    let numbers = (option::of(1..=u8::MAX), any::<(bool, i64)>());
    (text(), numbers, buses, lists, option::of(containers())).prop_map(
        |(id, numbers, buses, (extra_perms, groups), container)| Config {
            id,
            enablements: numbers.0,
            session_bus: buses.0,
            system_bus: buses.1,
            direct_wayland: numbers.1.0,
            extra_perms,
            identity: numbers.1.1,
            groups,
            container,
        },
    )
}

fn buses() -> impl Strategy<Value = BusConfig> {
    ((texts(), texts(), texts()), (text_map(), text_map()), any::<(bool, bool)>()).prop_map(
        |((see, talk, own), (call, broadcast), (log, filter))| BusConfig {
            see,
            talk,
            own,
            call,
            broadcast,
            log,
            filter,
        },
    )
}

fn extra_perms() -> impl Strategy<Value = ExtraPerm> {
    (path(), any::<[bool; 4]>()).prop_map(|(path, [ensure, read, write, execute])| ExtraPerm {
        ensure,
        path,
        read,
        write,
        execute,
    })
}

fn containers() -> impl Strategy<Value = Container> {
    let filesystem = option::of(vec(filesystems(), 1..5));
    let paths = (path(), path(), path());
    ((text(), text()), (any::<i64>(), any::<u64>()), text_map(), filesystem, paths, texts())
        .prop_map(|(names, numbers, env, filesystem, (shell, home, path), args)| Container {
            hostname: names.0,
            wait_delay: numbers.0,
            env,
            filesystem,
            username: names.1,
            shell,
            home,
            path,
            args,
            flags: Flags(numbers.1),
        })
}

fn filesystems() -> impl Strategy<Value = Filesystem> {
    let binds = (path(), path(), any::<[bool; 5]>());
    let overlays = (path(), option::of(vec(absolute().prop_map(Some), 1..3)), path(), path());
    prop_oneof![
        binds.prop_map(|(target, source, [write, device, ensure, optional, special])| {
            Filesystem::Bind(Bind { target, source, write, device, ensure, optional, special })
        }),
        (path(), any::<(bool, i64, u32)>()).prop_map(|(target, (write, size, perm))| {
            Filesystem::Ephemeral(Ephemeral { target, write, size, perm })
        }),
        overlays.prop_map(|(target, lower, upper, work)| {
            Filesystem::Overlay(Overlay { target, lower, upper, work })
        }),
        (path(), text(), any::<bool>()).prop_map(|(target, linkname, dereference)| {
            Filesystem::Link(Link { target, linkname, dereference })
        }),
    ]
}

fn times() -> impl Strategy<Value = Time> {
    // Go has no form for an offset of a minute to the west and its seconds.
    let offset = prop_oneof![-86_399..=-120, -59..=86_399];
    (any::<i64>(), 0..1_000_000_000, offset).prop_map(|(seconds, nanoseconds, offset)| Time {
        seconds,
        nanoseconds,
        offset,
    })
}

fn text() -> impl Strategy<Value = Text> {
    vec(any::<u8>(), 0..12)
}

fn texts() -> impl Strategy<Value = Texts> {
    option::of(vec(text(), 1..4))
}

fn text_map() -> impl Strategy<Value = TextMap> {
    option::of(btree_map(text(), text(), 0..4))
}

fn path() -> impl Strategy<Value = Option<Absolute>> {
    option::of(absolute())
}

fn absolute() -> impl Strategy<Value = Absolute> {
    text().prop_map(|mut text| {
        text.insert(0, b'/');
        text.try_into().expect("it begins with a slash")
    })
}
