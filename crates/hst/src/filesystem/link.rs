//! A symbolic link.

use std::fmt;

use hakurei_check::Absolute;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::Text;
use crate::object::{self, Member, Object, is_unset};

/// A symbolic link in the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Where the link is.
    #[serde(rename = "dst")]
    pub target: Option<Absolute>,
    /// What the link says, or, if it is dereferenced, the link of the host that says it.
    pub linkname: Text,
    /// Whether `linkname` is itself a link, of the host, which is read first.
    #[serde(skip_serializing_if = "is_unset")]
    pub dereference: bool,
}

impl Link {
    /// What keeps it from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if self.target.is_none() {
            Some("dst is missing")
        } else if self.linkname.is_empty() {
            Some("linkname is missing")
        } else if self.dereference && !self.linkname.as_bytes().starts_with(b"/") {
            Some("dereference needs an absolute linkname")
        } else {
            None
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(target) = self.target.as_ref().filter(|_| self.fault().is_none()) else {
            return f.write_str("<invalid>");
        };
        if self.dereference && target.as_bytes() == self.linkname.as_bytes() {
            return write!(f, "{target}@");
        }
        let star = if self.dereference { "*" } else { "" };
        write!(f, "{target} -> {star}{}", self.linkname)
    }
}

impl Object for Link {
    const WHAT: &'static str = "an object that describes a link";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "dst" => self.target = member.read()?,
            "linkname" => self.linkname = member.read()?,
            "dereference" => self.dereference = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
