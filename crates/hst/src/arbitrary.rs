//! Values for the properties that tests state.

use hakurei_check::Absolute;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::{
    Bind, BusConfig, Config, Container, Enablements, Ephemeral, ExtraPerm, Filesystem, Flags,
    Identity, InstanceId, Link, Overlay, State, Text, Time,
};

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        Just(Text::new()),
        "[a-z.*]{1,12}".prop_map(Text::from),
        any::<String>().prop_map(Text::from),
    ]
}

fn absolute() -> impl Strategy<Value = Absolute> {
    "/[^\0]{0,12}".prop_map(|pathname| Absolute::new(pathname).unwrap())
}

fn texts() -> impl Strategy<Value = Option<Vec<Text>>> {
    option::of(vec(text(), 0..3))
}

fn map() -> impl Strategy<Value = Option<std::collections::BTreeMap<Text, Text>>> {
    option::of(btree_map(text(), text(), 0..3))
}

fn bus() -> impl Strategy<Value = BusConfig> {
    (texts(), texts(), texts(), map(), map(), any::<bool>(), any::<bool>()).prop_map(
        |(see, talk, own, call, broadcast, log, filter)| BusConfig {
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

fn extra_perm() -> impl Strategy<Value = ExtraPerm> {
    (any::<[bool; 4]>(), option::of(absolute())).prop_map(
        |([ensure, read, write, execute], path)| ExtraPerm { ensure, path, read, write, execute },
    )
}

pub(crate) fn filesystem() -> impl Strategy<Value = Filesystem> {
    let path = || option::of(absolute());
    let bind = (path(), path(), any::<[bool; 5]>()).prop_map(|(target, source, switches)| {
        let [write, device, ensure, optional, special] = switches;
        Bind { target, source, write, device, ensure, optional, special }
    });
    let ephemeral = (path(), any::<bool>(), any::<i64>(), any::<u32>())
        .prop_map(|(target, write, size, perm)| Ephemeral { target, write, size, perm });
    let overlay = (path(), option::of(vec(path(), 0..3)), path(), path())
        .prop_map(|(target, lower, upper, work)| Overlay { target, lower, upper, work });
    let link = (path(), text(), any::<bool>()).prop_map(|(target, linkname, dereference)| Link {
        target,
        linkname,
        dereference,
    });
    prop_oneof![
        bind.prop_map(Filesystem::Bind),
        ephemeral.prop_map(Filesystem::Ephemeral),
        overlay.prop_map(Filesystem::Overlay),
        link.prop_map(Filesystem::Link),
    ]
}

fn container() -> impl Strategy<Value = Container> {
    let user = (text(), option::of(absolute()), option::of(absolute()), option::of(absolute()));
    let filesystem = option::of(vec(filesystem(), 0..4));
    let flags = any::<u64>().prop_map(|bits| Flags::from_bits(bits & Flags::ALL.bits()));
    (text(), any::<i64>(), map(), filesystem, user, texts(), flags).prop_map(
        |(hostname, wait_delay, env, filesystem, (username, shell, home, path), args, flags)| {
            Container {
                hostname,
                wait_delay,
                env,
                filesystem,
                username,
                shell,
                home,
                path,
                args,
                flags,
            }
        },
    )
}

/// A configuration that JSON can hold.
pub(crate) fn config() -> impl Strategy<Value = Config> {
    let enablements = option::of((0_u8..16).prop_map(Enablements::from_bits));
    let buses = (option::of(bus()), option::of(bus()));
    let identity = (0_u16..=9999).prop_map(Identity::from_static);
    let container = option::of(container());
    let perms = vec(extra_perm(), 0..3);
    (text(), enablements, buses, any::<bool>(), perms, identity, texts(), container).prop_map(
        |(id, enablements, buses, direct_wayland, extra_perms, identity, groups, container)| {
            Config {
                id,
                enablements,
                session_bus: buses.0,
                system_bus: buses.1,
                direct_wayland,
                extra_perms,
                identity,
                groups,
                container,
            }
        },
    )
}

/// An instant at an offset of whole minutes, which is all that RFC 3339 can say.
pub(crate) fn time() -> impl Strategy<Value = Time> {
    let seconds = Time::ZERO.unix_seconds()..=Time::MAX.unix_seconds();
    let nanoseconds =
        prop_oneof![Just(0), (0_u32..1000).prop_map(|ms| ms * 1_000_000), 0_u32..1_000_000_000];
    (seconds, nanoseconds, -1439..=1439).prop_map(|(seconds, nanoseconds, minutes)| {
        Time::from_parts(seconds, nanoseconds, minutes * 60).unwrap()
    })
}

/// A state that JSON can hold.
pub(crate) fn state() -> impl Strategy<Value = State> {
    (any::<[u8; 16]>(), any::<i64>(), any::<i64>(), config(), time()).prop_map(
        |(id, pid, shim_pid, config, time)| State {
            id: InstanceId::from_bytes(id),
            pid,
            shim_pid,
            config,
            time,
        },
    )
}
