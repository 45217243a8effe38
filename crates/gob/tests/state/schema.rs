//! The table: how each type stands in gob.

use std::convert::Infallible;

use hakurei_gob::codec::{Bool, ByteArray, Convert, Int, List, Map, Opaque, Opt, Str, Uint, Via};
use hakurei_gob::{gob_interface, gob_struct};

use crate::model;
use crate::time::Time;

type Text = Str<model::Text>;
type Texts = Opt<List<Text>>;
type TextMap = Opt<Map<Text, Text>>;
type Path = Opaque<model::Absolute>;

gob_struct! {
    /// One running instance. Without its configuration it is none.
    pub(crate) State for model::State as "State" {
        "ID" => id: ByteArray<16>,
        "PID" => pid: Int,
        "ShimPID" => shim_pid: Int,
        "Config" => config: Config,
        "Time" => time: Via<Time>,
    }
}

gob_struct! {
    /// What it was started with.
    Config for model::Config as "Config" {
        "ID" => id: Text,
        "Enablements" => enablements: Opt<Uint<u8>>,
        "SessionBus" => session_bus: Opt<BusConfig>,
        "SystemBus" => system_bus: Opt<BusConfig>,
        "DirectWayland" => direct_wayland: Bool,
        "ExtraPerms" => extra_perms: List<ExtraPerm>,
        "Identity" => identity: Int,
        "Groups" => groups: Texts,
        "Container" => container: Opt<Container>,
    }
}

gob_struct! {
    /// What is let through of a message bus.
    BusConfig for model::BusConfig as "BusConfig" {
        "See" => see: Texts,
        "Talk" => talk: Texts,
        "Own" => own: Texts,
        "Call" => call: TextMap,
        "Broadcast" => broadcast: TextMap,
        "Log" => log: Bool,
        "Filter" => filter: Bool,
    }
}

gob_struct! {
    /// Access to a path.
    ExtraPerm for model::ExtraPerm as "ExtraPermConfig" {
        "Ensure" => ensure: Bool,
        "Path" => path: Opt<Path>,
        "Read" => read: Bool,
        "Write" => write: Bool,
        "Execute" => execute: Bool,
    }
}

gob_struct! {
    /// What it runs in.
    Container for model::Container as "ContainerConfig" {
        "Hostname" => hostname: Text,
        "WaitDelay" => wait_delay: Int,
        "Env" => env: TextMap,
        "Filesystem" => filesystem: Opt<List<Mount>>,
        "Username" => username: Text,
        "Shell" => shell: Opt<Path>,
        "Home" => home: Opt<Path>,
        "Path" => path: Opt<Path>,
        "Args" => args: Texts,
        "Flags" => flags: Via<Flags>,
    }
}

gob_struct! {
    /// A mount point, in the struct that Go needs around it.
    Mount for model::Filesystem as "FilesystemConfigJSON" {
        "FilesystemConfig" => self: Filesystem,
    }
}

gob_interface! {
    /// The mount points that there are.
    Filesystem for model::Filesystem {
        "*hst.FSBind" => Bind(Bind),
        "*hst.FSEphemeral" => Ephemeral(Ephemeral),
        "*hst.FSOverlay" => Overlay(Overlay),
        "*hst.FSLink" => Link(Link),
    }
}

gob_struct! {
    /// A path that is mounted again.
    Bind for model::Bind as "FSBind" {
        "Target" => target: Opt<Path>,
        "Source" => source: Opt<Path>,
        "Write" => write: Bool,
        "Device" => device: Bool,
        "Ensure" => ensure: Bool,
        "Optional" => optional: Bool,
        "Special" => special: Bool,
    }
}

gob_struct! {
    /// Memory.
    Ephemeral for model::Ephemeral as "FSEphemeral" {
        "Target" => target: Opt<Path>,
        "Write" => write: Bool,
        "Size" => size: Int,
        "Perm" => perm: Uint<u32>,
    }
}

gob_struct! {
    /// Paths over each other, none of which may be null.
    Overlay for model::Overlay as "FSOverlay" {
        "Target" => target: Opt<Path>,
        "Lower" => lower: Opt<List<Opt<Path>>>,
        "Upper" => upper: Opt<Path>,
        "Work" => work: Opt<Path>,
    }
}

gob_struct! {
    /// A symbolic link.
    Link for model::Link as "FSLink" {
        "Target" => target: Opt<Path>,
        "Linkname" => linkname: Text,
        "Dereference" => dereference: Bool,
    }
}

/// Flags, as the number that holds them.
enum Flags {}

impl Convert for Flags {
    type Codec = Uint;
    type Value = model::Flags;
    type Error = Infallible;

    fn to_wire(flags: &model::Flags) -> Result<u64, Infallible> {
        Ok(flags.0)
    }

    fn from_wire(flags: u64) -> Result<model::Flags, Infallible> {
        Ok(model::Flags(flags))
    }
}
