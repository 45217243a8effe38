//! A mount point of a container.

mod bind;
mod ephemeral;
mod link;
mod overlay;

use std::fmt;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

pub use bind::Bind;
pub use ephemeral::Ephemeral;
pub use link::Link;
pub use overlay::Overlay;

use crate::Text;
use crate::json::place;
use crate::object::{self, Member, Object};

/// A mount point of a container.
///
/// An invalid one can be held, read and written like any other; only its text is `<invalid>`.
///
/// ```
/// use hakurei_check::absolute;
/// use hakurei_hst::{Bind, Filesystem};
///
/// let mut bind = Bind { source: Some(absolute!("/dev/dri")), device: true, ..Bind::default() };
/// assert_eq!(Filesystem::Bind(bind.clone()).to_string(), "d*/dev/dri");
/// bind.special = true;
/// assert!(!Filesystem::Bind(bind).is_valid());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Filesystem {
    /// A path of the host, mounted again.
    Bind(Bind),
    /// An empty filesystem in memory.
    Ephemeral(Ephemeral),
    /// Directories of the host, one over the other.
    Overlay(Overlay),
    /// A symbolic link.
    Link(Link),
}

impl Filesystem {
    /// The name of its type: `bind`, `ephemeral`, `overlay` or `link`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bind(_) => "bind",
            Self::Ephemeral(_) => "ephemeral",
            Self::Overlay(_) => "overlay",
            Self::Link(_) => "link",
        }
    }

    /// Whether it can be mounted as it stands.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.fault().is_none()
    }

    /// What keeps it from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Bind(bind) => bind.fault(),
            Self::Ephemeral(ephemeral) => ephemeral.fault(),
            Self::Overlay(overlay) => overlay.fault(),
            Self::Link(link) => link.fault(),
        }
    }
}

/// A member of `filesystem` that is none of the known mount points.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilesystemError {
    /// It is null.
    #[error("unexpected null in mount point")]
    Null,
    /// Its `type` is none of the four.
    #[error("invalid filesystem type {0:?}")]
    UnknownType(Text),
}

impl fmt::Display for Filesystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(bind) => bind.fmt(f),
            Self::Ephemeral(ephemeral) => ephemeral.fmt(f),
            Self::Overlay(overlay) => overlay.fmt(f),
            Self::Link(link) => link.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Filesystem {
    /// Reads an object whose `type` stands anywhere in it; members of other types are ignored.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Filesystem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Tag::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Filesystem, A::Error> {
        let entry = Value::deserialize(MapAccessDeserializer::new(members))?;
        let tag: Tag = typed(&entry)?;
        match tag.name.as_bytes() {
            b"bind" => typed(&entry).map(Filesystem::Bind),
            b"ephemeral" => typed(&entry).map(Filesystem::Ephemeral),
            b"overlay" => typed(&entry).map(Filesystem::Overlay),
            b"link" => typed(&entry).map(Filesystem::Link),
            _ => Err(A::Error::custom(FilesystemError::UnknownType(tag.name))),
        }
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Filesystem, E> {
        Err(E::custom(FilesystemError::Null))
    }
}

/// Reads what is known to be of this type. An error begins with the place within the entry, such as
/// `.size: `, which whoever knows the place of the entry puts behind that.
fn typed<T: DeserializeOwned, E: serde::de::Error>(entry: &Value) -> Result<T, E> {
    serde_path_to_error::deserialize(entry).map_err(|error| match &*place(error.path()) {
        "" => E::custom(error.inner()),
        place => E::custom(format_args!("{place}: {}", error.inner())),
    })
}

#[derive(Default)]
struct Tag {
    name: Text,
}

impl Object for Tag {
    const WHAT: &'static str = "an object that describes a mount point";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "type" => self.name = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests;
