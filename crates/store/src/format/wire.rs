//! The binary form of the configuration, as a table.
//!
//! Each `wire!` names a type of the model, its fields and their keys in CBOR. Keys are short, what
//! is unset is left out, unknown keys are ignored. These types borrow from the model when written;
//! hst's own serde is the JSON contract and is not used here.

mod codec;
mod value;
mod weight;

use hakurei_hst as hst;
use serde::{Deserialize, Serialize};

pub(super) use self::codec::{read_first, read_last, write};
pub(crate) use self::value::Id;
pub(super) use self::value::{Text, Wire};
pub(super) use self::weight::check as check_weight;

use self::value::{Flags, Map, Path};

/// Derives a struct that serde maps to CBOR, and its way from and to the model, field by field.
macro_rules! wire {
    ($(#[$doc:meta])* $name:ident is $model:path { $($field:ident: $type:ty = $key:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Serialize, Deserialize)]
                pub(super) struct $name<'a> {
            $(
                #[serde(rename = $key, default, skip_serializing_if = "Wire::is_unset")]
                $field: $type,
            )*
            #[serde(skip)]
            borrowed: std::marker::PhantomData<&'a ()>,
        }

        impl<'a> Wire<'a> for $name<'a> {
            type Model = $model;

            fn of(model: &'a $model) -> Self {
                Self { $($field: Wire::of(&model.$field),)* borrowed: std::marker::PhantomData }
            }

            fn into_model(self) -> $model {
                $model { $($field: self.$field.into_model(),)* }
            }
        }
    };
}

wire! {
    /// What a message bus lets through.
    Bus is hst::BusConfig {
        see: Option<Vec<Text<'a>>> = "s",
        talk: Option<Vec<Text<'a>>> = "t",
        own: Option<Vec<Text<'a>>> = "o",
        call: Option<Map<'a>> = "c",
        broadcast: Option<Map<'a>> = "b",
        log: bool = "l",
        filter: bool = "f",
    }
}

wire! {
    /// An access control entry for the target user.
    ExtraPerm is hst::ExtraPerm {
        ensure: bool = "e",
        path: Option<Path<'a>> = "p",
        read: bool = "r",
        write: bool = "w",
        execute: bool = "x",
    }
}

wire! {
    /// The container itself.
    Container is hst::Container {
        hostname: Text<'a> = "n",
        wait_delay: i64 = "d",
        env: Option<Map<'a>> = "e",
        filesystem: Option<Vec<Mount<'a>>> = "f",
        username: Text<'a> = "u",
        shell: Option<Path<'a>> = "s",
        home: Option<Path<'a>> = "h",
        path: Option<Path<'a>> = "p",
        args: Option<Vec<Text<'a>>> = "a",
        flags: Flags = "g",
    }
}

wire! {
    /// A bind mount.
    Bind is hst::Bind {
        target: Option<Path<'a>> = "t",
        source: Option<Path<'a>> = "s",
        write: bool = "w",
        device: bool = "d",
        ensure: bool = "e",
        optional: bool = "o",
        special: bool = "p",
    }
}

wire! {
    /// A temporary filesystem.
    Ephemeral is hst::Ephemeral {
        target: Option<Path<'a>> = "t",
        write: bool = "w",
        size: i64 = "s",
        perm: u32 = "p",
    }
}

wire! {
    /// An overlay mount.
    Overlay is hst::Overlay {
        target: Option<Path<'a>> = "t",
        lower: Option<Vec<Option<Path<'a>>>> = "l",
        upper: Option<Path<'a>> = "u",
        work: Option<Path<'a>> = "w",
    }
}

wire! {
    /// A symbolic link.
    Link is hst::Link {
        target: Option<Path<'a>> = "t",
        linkname: Text<'a> = "l",
        dereference: bool = "d",
    }
}

/// An entry of the list of mounts: a map of one key that names the type.
#[derive(Serialize, Deserialize)]
pub(super) enum Mount<'a> {
    #[serde(rename = "b")]
    Bind(Bind<'a>),
    #[serde(rename = "e")]
    Ephemeral(Ephemeral<'a>),
    #[serde(rename = "o")]
    Overlay(Overlay<'a>),
    #[serde(rename = "l")]
    Link(Link<'a>),
}

impl<'a> Wire<'a> for Mount<'a> {
    type Model = hst::Filesystem;

    fn of(model: &'a hst::Filesystem) -> Self {
        match model {
            hst::Filesystem::Bind(bind) => Self::Bind(Wire::of(bind)),
            hst::Filesystem::Ephemeral(ephemeral) => Self::Ephemeral(Wire::of(ephemeral)),
            hst::Filesystem::Overlay(overlay) => Self::Overlay(Wire::of(overlay)),
            hst::Filesystem::Link(link) => Self::Link(Wire::of(link)),
        }
    }

    fn into_model(self) -> hst::Filesystem {
        match self {
            Self::Bind(bind) => hst::Filesystem::Bind(bind.into_model()),
            Self::Ephemeral(ephemeral) => hst::Filesystem::Ephemeral(ephemeral.into_model()),
            Self::Overlay(overlay) => hst::Filesystem::Overlay(overlay.into_model()),
            Self::Link(link) => hst::Filesystem::Link(link.into_model()),
        }
    }
}

/// The second item of the body: what of the configuration is not in the summary.
#[derive(Serialize, Deserialize)]
pub(super) struct Rest<'a> {
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    session_bus: Option<Bus<'a>>,
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    system_bus: Option<Bus<'a>>,
    #[serde(rename = "w", default, skip_serializing_if = "Wire::is_unset")]
    direct_wayland: bool,
    #[serde(rename = "x", default, skip_serializing_if = "Wire::is_unset")]
    extra_perms: Vec<ExtraPerm<'a>>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Text<'a>>>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    container: Option<Container<'a>>,
}

impl<'a> From<&'a hst::Config> for Rest<'a> {
    fn from(config: &'a hst::Config) -> Self {
        Self {
            session_bus: Wire::of(&config.session_bus),
            system_bus: Wire::of(&config.system_bus),
            direct_wayland: config.direct_wayland,
            extra_perms: Wire::of(&config.extra_perms),
            groups: Wire::of(&config.groups),
            container: Wire::of(&config.container),
        }
    }
}

impl Rest<'_> {
    /// Puts the configuration together with what the summary has of it.
    pub(super) fn into_config(self, summary: &super::Summary) -> hst::Config {
        hst::Config {
            id: summary.app_id().clone(),
            enablements: summary.enablements(),
            session_bus: self.session_bus.into_model(),
            system_bus: self.system_bus.into_model(),
            direct_wayland: self.direct_wayland,
            extra_perms: self.extra_perms.into_model(),
            identity: summary.identity(),
            groups: self.groups.into_model(),
            container: self.container.into_model(),
        }
    }
}
