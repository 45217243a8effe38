//! A state as JSON that loses nothing, to compare with what another language has read; the form is
//! described in `interop/gopeer/README.md`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hakurei_check::Absolute;
use hakurei_hst::{BusConfig, Config, Container, Enablements, ExtraPerm, Filesystem, State, Text};
use serde_json::{Value, json};

/// Writes a state in that form.
#[must_use]
pub fn lossless(state: &State) -> Value {
    json!({
        "id": state.id.to_string(),
        "pid": state.pid,
        "shim_pid": state.shim_pid,
        "config": config(&state.config),
        "time": {
            "seconds": state.time.unix_seconds(),
            "nanoseconds": state.time.nanoseconds(),
            "offset": state.time.offset_seconds(),
        },
    })
}

fn config(config: &Config) -> Value {
    let enablements = config.enablements.map(Enablements::bits).filter(|bits| *bits != 0);
    json!({
        "id": text(&config.id),
        "enablements": enablements,
        "session_bus": config.session_bus.as_ref().map(bus),
        "system_bus": config.system_bus.as_ref().map(bus),
        "direct_wayland": config.direct_wayland,
        "extra_perms": list(Some(&config.extra_perms), extra_perm),
        "identity": config.identity.get(),
        "groups": list(config.groups.as_ref(), text),
        "container": config.container.as_ref().map(container),
    })
}

fn bus(bus: &BusConfig) -> Value {
    json!({
        "see": list(bus.see.as_ref(), text),
        "talk": list(bus.talk.as_ref(), text),
        "own": list(bus.own.as_ref(), text),
        "call": map(bus.call.as_ref()),
        "broadcast": map(bus.broadcast.as_ref()),
        "log": bus.log,
        "filter": bus.filter,
    })
}

fn extra_perm(perm: &ExtraPerm) -> Value {
    json!({
        "ensure": perm.ensure,
        "path": path(perm.path.as_ref()),
        "read": perm.read,
        "write": perm.write,
        "execute": perm.execute,
    })
}

fn container(container: &Container) -> Value {
    json!({
        "hostname": text(&container.hostname),
        "wait_delay": container.wait_delay,
        "env": map(container.env.as_ref()),
        "filesystem": list(container.filesystem.as_ref(), mount),
        "username": text(&container.username),
        "shell": path(container.shell.as_ref()),
        "home": path(container.home.as_ref()),
        "path": path(container.path.as_ref()),
        "args": list(container.args.as_ref(), text),
        "flags": container.flags.bits(),
    })
}

fn mount(mount: &Filesystem) -> Value {
    match mount {
        Filesystem::Bind(bind) => json!({
            "type": "bind",
            "target": path(bind.target.as_ref()),
            "source": path(bind.source.as_ref()),
            "write": bind.write,
            "device": bind.device,
            "ensure": bind.ensure,
            "optional": bind.optional,
            "special": bind.special,
        }),
        Filesystem::Ephemeral(ephemeral) => json!({
            "type": "ephemeral",
            "target": path(ephemeral.target.as_ref()),
            "write": ephemeral.write,
            "size": ephemeral.size,
            "perm": ephemeral.perm,
        }),
        Filesystem::Overlay(overlay) => json!({
            "type": "overlay",
            "target": path(overlay.target.as_ref()),
            "lower": list(overlay.lower.as_ref(), |lower| path(lower.as_ref())),
            "upper": path(overlay.upper.as_ref()),
            "work": path(overlay.work.as_ref()),
        }),
        Filesystem::Link(link) => json!({
            "type": "link",
            "target": path(link.target.as_ref()),
            "linkname": text(&link.linkname),
            "dereference": link.dereference,
        }),
    }
}

fn text(text: &Text) -> Value {
    STANDARD.encode(text.as_bytes()).into()
}

fn path(path: Option<&Absolute>) -> Value {
    path.map_or(Value::Null, |path| STANDARD.encode(path.as_bytes()).into())
}

fn list<T>(list: Option<&Vec<T>>, each: impl Fn(&T) -> Value) -> Value {
    match list {
        Some(list) if !list.is_empty() => list.iter().map(each).collect(),
        _ => Value::Null,
    }
}

fn map(map: Option<&BTreeMap<Text, Text>>) -> Value {
    let Some(map) = map else { return Value::Null };
    let members = map.iter().map(|(name, value)| (STANDARD.encode(name.as_bytes()), text(value)));
    Value::Object(members.collect())
}
