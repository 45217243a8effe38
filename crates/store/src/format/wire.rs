//! The binary form of the configuration, as a table.
//!
//! Each `table!` names a type of the model, its fields and their keys in CBOR. Keys are short, what
//! is unset is left out, unknown keys are ignored. hst's own serde is the JSON contract and is not
//! used here.

mod codec;
mod value;
mod weight;

use hakurei_check::Absolute;
use hakurei_hst::{self as hst, Text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) use self::codec::{read_first, read_last, write};
pub(crate) use self::value::Id;
pub(super) use self::value::{Read, Wire, Written};
pub(super) use self::weight::check as check_weight;

use self::value::Map;

/// Makes a struct of what is read of a type's fields, and writes them of the type itself.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident of $model:ty { $($field:ident: $type:ty = $key:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        pub(super) struct $name {
            $(
                #[serde(rename = $key, default)]
                $field: Read<$type>,
            )*
        }

        impl $name {
            fn write<S: Serializer>(model: &$model, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let set = [$(!model.$field.is_unset()),*];
                let count = set.iter().filter(|is_set| **is_set).count();
                let mut fields = serializer.serialize_struct(stringify!($name), count)?;
                $(
                    if !model.$field.is_unset() {
                        fields.serialize_field($key, &Written(&model.$field))?;
                    }
                )*
                fields.end()
            }
        }
    };
}

/// The same of all fields that a type has.
macro_rules! whole {
    ($(#[$doc:meta])* $name:ident of $model:ty { $($field:ident: $type:ty = $key:literal),* $(,)? }) => {
        table! { $(#[$doc])* $name of $model { $($field: $type = $key),* } }

        impl Wire for $model {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::write(self, serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $name { $($field),* } = Deserialize::deserialize(deserializer)?;
                Ok(Self { $($field: $field.0),* })
            }
        }
    };
}

whole! {
    /// What a message bus lets through.
    Bus of hst::BusConfig {
        see: Option<Vec<Text>> = "s",
        talk: Option<Vec<Text>> = "t",
        own: Option<Vec<Text>> = "o",
        call: Option<Map> = "c",
        broadcast: Option<Map> = "b",
        log: bool = "l",
        filter: bool = "f",
    }
}

whole! {
    /// An access control entry for the target user.
    ExtraPerm of hst::ExtraPerm {
        ensure: bool = "e",
        path: Option<Absolute> = "p",
        read: bool = "r",
        write: bool = "w",
        execute: bool = "x",
    }
}

whole! {
    /// The container itself.
    Container of hst::Container {
        hostname: Text = "n",
        wait_delay: i64 = "d",
        env: Option<Map> = "e",
        filesystem: Option<Vec<hst::Filesystem>> = "f",
        username: Text = "u",
        shell: Option<Absolute> = "s",
        home: Option<Absolute> = "h",
        path: Option<Absolute> = "p",
        args: Option<Vec<Text>> = "a",
        flags: hst::Flags = "g",
    }
}

whole! {
    /// A bind mount.
    Bind of hst::Bind {
        target: Option<Absolute> = "t",
        source: Option<Absolute> = "s",
        write: bool = "w",
        device: bool = "d",
        ensure: bool = "e",
        optional: bool = "o",
        special: bool = "p",
    }
}

whole! {
    /// A temporary filesystem.
    Ephemeral of hst::Ephemeral {
        target: Option<Absolute> = "t",
        write: bool = "w",
        size: i64 = "s",
        perm: u32 = "p",
    }
}

whole! {
    /// An overlay mount.
    Overlay of hst::Overlay {
        target: Option<Absolute> = "t",
        lower: Option<Vec<Option<Absolute>>> = "l",
        upper: Option<Absolute> = "u",
        work: Option<Absolute> = "w",
    }
}

whole! {
    /// A symbolic link.
    Link of hst::Link {
        target: Option<Absolute> = "t",
        linkname: Text = "l",
        dereference: bool = "d",
    }
}

/// An entry of the list of mounts: a map of one key that names the type.
#[derive(Deserialize)]
enum Mount {
    #[serde(rename = "b")]
    Bind(Read<hst::Bind>),
    #[serde(rename = "e")]
    Ephemeral(Read<hst::Ephemeral>),
    #[serde(rename = "o")]
    Overlay(Read<hst::Overlay>),
    #[serde(rename = "l")]
    Link(Read<hst::Link>),
}

impl Wire for hst::Filesystem {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const NAME: &str = "Mount";
        match self {
            Self::Bind(it) => serializer.serialize_newtype_variant(NAME, 0, "b", &Written(it)),
            Self::Ephemeral(it) => serializer.serialize_newtype_variant(NAME, 1, "e", &Written(it)),
            Self::Overlay(it) => serializer.serialize_newtype_variant(NAME, 2, "o", &Written(it)),
            Self::Link(it) => serializer.serialize_newtype_variant(NAME, 3, "l", &Written(it)),
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Mount::deserialize(deserializer)? {
            Mount::Bind(bind) => Self::Bind(bind.0),
            Mount::Ephemeral(ephemeral) => Self::Ephemeral(ephemeral.0),
            Mount::Overlay(overlay) => Self::Overlay(overlay.0),
            Mount::Link(link) => Self::Link(link.0),
        })
    }
}

table! {
    /// The second item of the body: what of the configuration is not in the summary.
    Rest of hst::Config {
        session_bus: Option<hst::BusConfig> = "s",
        system_bus: Option<hst::BusConfig> = "y",
        direct_wayland: bool = "w",
        extra_perms: Vec<hst::ExtraPerm> = "x",
        groups: Option<Vec<Text>> = "g",
        container: Option<hst::Container> = "c",
    }
}

/// Writes the second item.
pub(super) struct RestOf<'a>(pub(super) &'a hst::Config);

impl Serialize for RestOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Rest::write(self.0, serializer)
    }
}

impl Rest {
    /// Puts the configuration together with what the summary has of it.
    pub(super) fn into_config(self, summary: &super::Summary) -> hst::Config {
        hst::Config {
            id: summary.app_id().clone(),
            enablements: summary.enablements(),
            session_bus: self.session_bus.0,
            system_bus: self.system_bus.0,
            direct_wayland: self.direct_wayland.0,
            extra_perms: self.extra_perms.0,
            identity: summary.identity(),
            groups: self.groups.0,
            container: self.container.0,
        }
    }
}
