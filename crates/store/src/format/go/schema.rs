//! The Go system's types, as gob has them: Go's names in Go's order, each with the field of ours.

use std::convert::Infallible;

use hakurei_check::Absolute;
use hakurei_gob::codec::{Bool, ByteArray, Convert, Int, List, Map, Opaque, Opt, Str, Uint, Via};
use hakurei_gob::{gob_interface, gob_struct};
use hakurei_hst as hst;

use super::{Shown, ShownConfig};

type Text = Str<hst::Text>;
type Path = Opt<Opaque<Absolute>>;
type Texts = Opt<List<Text>>;
type TextMap = Opt<Map<Text, Text>>;

gob_struct! {
    /// A running instance.
    pub(super) StateCodec for hst::State as "State" {
        "ID" => id: Via<Id>,
        "PID" => pid: Int,
        "ShimPID" => shim_pid: Int,
        "Config" => config: ConfigCodec,
        "Time" => time: Via<Time>,
    }
}

gob_struct! {
    /// How it was configured.
    ConfigCodec for hst::Config as "Config" {
        "ID" => id: Text,
        "Enablements" => enablements: Opt<Via<Enablements>>,
        "SessionBus" => session_bus: Opt<BusCodec>,
        "SystemBus" => system_bus: Opt<BusCodec>,
        "DirectWayland" => direct_wayland: Bool,
        "ExtraPerms" => extra_perms: List<ExtraPermCodec>,
        "Identity" => identity: Via<Identity>,
        "Groups" => groups: Texts,
        "Container" => container: Opt<ContainerCodec>,
    }
}

gob_struct! {
    /// What a message bus lets through.
    BusCodec for hst::BusConfig as "BusConfig" {
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
    /// An access control entry for the target user.
    ExtraPermCodec for hst::ExtraPerm as "ExtraPermConfig" {
        "Ensure" => ensure: Bool,
        "Path" => path: Path,
        "Read" => read: Bool,
        "Write" => write: Bool,
        "Execute" => execute: Bool,
    }
}

gob_struct! {
    /// The container itself.
    ContainerCodec for hst::Container as "ContainerConfig" {
        "Hostname" => hostname: Text,
        "WaitDelay" => wait_delay: Int,
        "Env" => env: TextMap,
        "Filesystem" => filesystem: Opt<List<MountCodec>>,
        "Username" => username: Text,
        "Shell" => shell: Path,
        "Home" => home: Path,
        "Path" => path: Path,
        "Args" => args: Texts,
        "Flags" => flags: Via<Flags>,
    }
}

gob_struct! {
    /// Go's struct around the interface, for its JSON's sake.
    MountCodec for hst::Filesystem as "FilesystemConfigJSON" {
        "FilesystemConfig" => self: MountPointCodec,
    }
}

gob_interface! {
    /// A mount point, by the name that Go registers its type with.
    MountPointCodec for hst::Filesystem {
        "*hst.FSBind" => Bind(BindCodec),
        "*hst.FSEphemeral" => Ephemeral(EphemeralCodec),
        "*hst.FSOverlay" => Overlay(OverlayCodec),
        "*hst.FSLink" => Link(LinkCodec),
    }
}

gob_struct! {
    /// A bind mount.
    BindCodec for hst::Bind as "FSBind" {
        "Target" => target: Path,
        "Source" => source: Path,
        "Write" => write: Bool,
        "Device" => device: Bool,
        "Ensure" => ensure: Bool,
        "Optional" => optional: Bool,
        "Special" => special: Bool,
    }
}

gob_struct! {
    /// A temporary filesystem.
    EphemeralCodec for hst::Ephemeral as "FSEphemeral" {
        "Target" => target: Path,
        "Write" => write: Bool,
        "Size" => size: Int,
        "Perm" => perm: Uint<u32>,
    }
}

gob_struct! {
    /// An overlay mount.
    OverlayCodec for hst::Overlay as "FSOverlay" {
        "Target" => target: Path,
        "Lower" => lower: Opt<List<Path>>,
        "Upper" => upper: Path,
        "Work" => work: Path,
    }
}

gob_struct! {
    /// A symbolic link.
    LinkCodec for hst::Link as "FSLink" {
        "Target" => target: Path,
        "Linkname" => linkname: Text,
        "Dereference" => dereference: Bool,
    }
}

gob_struct! {
    /// What a listing shows of a state; what is not named here is passed over.
    pub(super) SummaryCodec for Shown as "State" {
        "ID" => id: Via<Id>,
        "PID" => pid: Int,
        "ShimPID" => shim_pid: Int,
        "Config" => config: ShownConfigCodec,
        "Time" => time: Via<Time>,
    }
}

gob_struct! {
    /// The same of a configuration.
    ShownConfigCodec for ShownConfig as "Config" {
        "ID" => id: Text,
        "Enablements" => enablements: Opt<Via<Enablements>>,
        "Identity" => identity: Via<Identity>,
    }
}

/// Sixteen bytes.
enum Id {}

impl Convert for Id {
    type Codec = ByteArray<16>;
    type Value = hst::InstanceId;
    type Error = Infallible;

    fn to_wire(id: &hst::InstanceId) -> Result<[u8; 16], Infallible> {
        Ok(*id.as_bytes())
    }

    fn from_wire(bytes: [u8; 16]) -> Result<hst::InstanceId, Infallible> {
        Ok(hst::InstanceId::from_bytes(bytes))
    }
}

/// A number within bounds.
enum Identity {}

impl Convert for Identity {
    type Codec = Int;
    type Value = hst::Identity;
    type Error = hst::OutOfBounds;

    fn to_wire(identity: &hst::Identity) -> Result<i64, hst::OutOfBounds> {
        Ok(identity.get().into())
    }

    fn from_wire(number: i64) -> Result<hst::Identity, hst::OutOfBounds> {
        hst::Identity::new(number)
    }
}

/// One byte.
enum Enablements {}

impl Convert for Enablements {
    type Codec = Uint<u8>;
    type Value = hst::Enablements;
    type Error = Infallible;

    fn to_wire(enablements: &hst::Enablements) -> Result<u8, Infallible> {
        Ok(enablements.bits())
    }

    fn from_wire(bits: u8) -> Result<hst::Enablements, Infallible> {
        Ok(hst::Enablements::from_bits(bits))
    }
}

/// A machine word of Go's.
enum Flags {}

impl Convert for Flags {
    type Codec = Uint;
    type Value = hst::Flags;
    type Error = Infallible;

    fn to_wire(flags: &hst::Flags) -> Result<u64, Infallible> {
        Ok(flags.bits())
    }

    fn from_wire(bits: u64) -> Result<hst::Flags, Infallible> {
        Ok(hst::Flags::from_bits(bits))
    }
}

/// A time, in the bytes of Go's `time.Time.MarshalBinary`.
enum Time {}

impl Convert for Time {
    type Codec = Opaque;
    type Value = hst::Time;
    type Error = super::time::GoTimeError;

    fn to_wire(time: &hst::Time) -> Result<Vec<u8>, Self::Error> {
        super::time::to_bytes(time)
    }

    fn from_wire(bytes: Vec<u8>) -> Result<hst::Time, Self::Error> {
        super::time::from_bytes(&bytes)
    }
}
