//! An empty filesystem in memory.

use std::fmt;

use hakurei_check::Absolute;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::file_mode::FileMode;
use crate::object::{self, Member, Object, is_unset};

/// An empty filesystem in memory, gone with the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ephemeral {
    /// Where it is mounted.
    #[serde(rename = "dst")]
    pub target: Option<Absolute>,
    /// Whether it can be written to.
    #[serde(skip_serializing_if = "is_unset")]
    pub write: bool,
    /// How large it can get, in bytes; zero and less set no limit.
    #[serde(skip_serializing_if = "is_unset")]
    pub size: i64,
    /// The mode of its root, in the bits of Go's `fs.FileMode`; zero means 0755.
    #[serde(skip_serializing_if = "is_unset")]
    pub perm: u32,
}

impl Ephemeral {
    /// The mode of the root where none is given.
    pub const DEFAULT_PERM: u32 = 0o755;

    /// What keeps it from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        self.target.is_none().then_some("dst is missing")
    }
}

impl fmt::Display for Ephemeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(target) = &self.target else {
            return f.write_str("<invalid>");
        };
        let access = if self.write { "w" } else { "" };
        let perm = if self.perm == 0 { Self::DEFAULT_PERM } else { self.perm };
        write!(f, "{access}+ephemeral({}):{target}", FileMode(perm))
    }
}

impl Object for Ephemeral {
    const WHAT: &'static str = "an object that describes an ephemeral filesystem";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "dst" => self.target = member.read()?,
            "write" => self.write = member.read()?,
            "size" => self.size = member.read()?,
            "perm" => self.perm = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Ephemeral {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
