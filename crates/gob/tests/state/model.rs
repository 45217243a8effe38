//! The types that are recorded.

use std::collections::BTreeMap;
use std::fmt;

/// A string, which need not be UTF-8.
pub(crate) type Text = Vec<u8>;

pub(crate) type Texts = Option<Vec<Text>>;
pub(crate) type TextMap = Option<BTreeMap<Text, Text>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) id: [u8; 16],
    pub(crate) pid: i64,
    pub(crate) shim_pid: i64,
    pub(crate) config: Config,
    pub(crate) time: Time,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) id: Text,
    pub(crate) enablements: Option<u8>,
    pub(crate) session_bus: Option<BusConfig>,
    pub(crate) system_bus: Option<BusConfig>,
    pub(crate) direct_wayland: bool,
    pub(crate) extra_perms: Vec<ExtraPerm>,
    pub(crate) identity: i64,
    pub(crate) groups: Texts,
    pub(crate) container: Option<Container>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BusConfig {
    pub(crate) see: Texts,
    pub(crate) talk: Texts,
    pub(crate) own: Texts,
    pub(crate) call: TextMap,
    pub(crate) broadcast: TextMap,
    pub(crate) log: bool,
    pub(crate) filter: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExtraPerm {
    pub(crate) ensure: bool,
    pub(crate) path: Option<Absolute>,
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) execute: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Container {
    pub(crate) hostname: Text,
    pub(crate) wait_delay: i64,
    pub(crate) env: TextMap,
    pub(crate) filesystem: Option<Vec<Filesystem>>,
    pub(crate) username: Text,
    pub(crate) shell: Option<Absolute>,
    pub(crate) home: Option<Absolute>,
    pub(crate) path: Option<Absolute>,
    pub(crate) args: Texts,
    pub(crate) flags: Flags,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filesystem {
    Bind(Bind),
    Ephemeral(Ephemeral),
    Overlay(Overlay),
    Link(Link),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bind {
    pub(crate) target: Option<Absolute>,
    pub(crate) source: Option<Absolute>,
    pub(crate) write: bool,
    pub(crate) device: bool,
    pub(crate) ensure: bool,
    pub(crate) optional: bool,
    pub(crate) special: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ephemeral {
    pub(crate) target: Option<Absolute>,
    pub(crate) write: bool,
    pub(crate) size: i64,
    pub(crate) perm: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Overlay {
    pub(crate) target: Option<Absolute>,
    pub(crate) lower: Option<Vec<Option<Absolute>>>,
    pub(crate) upper: Option<Absolute>,
    pub(crate) work: Option<Absolute>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) target: Option<Absolute>,
    pub(crate) linkname: Text,
    pub(crate) dereference: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u64);

/// An instant; the default is the first of year 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Time {
    /// Seconds since the first instant of year 1.
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: i32,
    /// Seconds east of UTC.
    pub(crate) offset: i32,
}

/// A pathname that begins with a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absolute(Vec<u8>);

#[derive(Debug)]
pub(crate) struct NotAbsolute;

impl TryFrom<Vec<u8>> for Absolute {
    type Error = NotAbsolute;

    fn try_from(pathname: Vec<u8>) -> Result<Self, NotAbsolute> {
        if pathname.first() == Some(&b'/') { Ok(Self(pathname)) } else { Err(NotAbsolute) }
    }
}

impl AsRef<[u8]> for Absolute {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for NotAbsolute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("path is not absolute")
    }
}

impl std::error::Error for NotAbsolute {}
