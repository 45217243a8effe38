//! A path of the host, mounted again.

use std::fmt;

use hakurei_check::Absolute;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object, is_unset};

/// A path of the host that is mounted in the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bind {
    /// Where it is mounted; unset, the same path as on the host.
    #[serde(rename = "dst", skip_serializing_if = "is_unset")]
    pub target: Option<Absolute>,
    /// The path on the host.
    #[serde(rename = "src")]
    pub source: Option<Absolute>,
    /// Whether it can be written to.
    #[serde(skip_serializing_if = "is_unset")]
    pub write: bool,
    /// Whether device files work, which includes writing.
    #[serde(rename = "dev", skip_serializing_if = "is_unset")]
    pub device: bool,
    /// Whether the path on the host is created if it is missing.
    #[serde(skip_serializing_if = "is_unset")]
    pub ensure: bool,
    /// Whether the mount is left out if the path on the host is missing.
    #[serde(skip_serializing_if = "is_unset")]
    pub optional: bool,
    /// Whether it is not mounted as a whole: a target of `/` gets each directory of the source, one
    /// of `/etc/` gets links to what is in the source.
    #[serde(skip_serializing_if = "is_unset")]
    pub special: bool,
}

impl Bind {
    /// What keeps it from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if self.source.is_none() {
            Some("src is missing")
        } else if self.ensure && self.optional {
            Some("ensure and optional exclude each other")
        } else if self.special && !self.targets("/") && !self.targets("/etc/") {
            Some("special needs / or /etc/ for its dst")
        } else {
            None
        }
    }

    fn targets(&self, pathname: &str) -> bool {
        self.target.as_ref().is_some_and(|target| *target == *pathname)
    }

    fn access(&self) -> &'static str {
        match self {
            Self { device: true, .. } => "d",
            Self { write: true, .. } => "w",
            _ => "",
        }
    }

    /// Writes `autoroot[:w|d][:src]`; a source of `/` goes without saying.
    fn fmt_autoroot(&self, source: &Absolute, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("autoroot")?;
        if !self.access().is_empty() {
            write!(f, ":{}", self.access())?;
        }
        if *source != *"/" {
            write!(f, ":{source}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(source) = self.source.as_ref().filter(|_| self.fault().is_none()) else {
            return f.write_str("<invalid>");
        };
        if self.special && self.targets("/") {
            return self.fmt_autoroot(source, f);
        }
        if self.special {
            return write!(f, "autoetc:{source}");
        }
        let presence = match self {
            Self { ensure: true, .. } => '-',
            Self { optional: true, .. } => '+',
            _ => '*',
        };
        write!(f, "{}{presence}{source}", self.access())?;
        match &self.target {
            Some(target) => write!(f, ":{target}"),
            None => Ok(()),
        }
    }
}

impl Object for Bind {
    const WHAT: &'static str = "an object that describes a bind mount";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "dst" => self.target = member.read()?,
            "src" => self.source = member.read()?,
            "write" => self.write = member.read()?,
            "dev" => self.device = member.read()?,
            "ensure" => self.ensure = member.read()?,
            "optional" => self.optional = member.read()?,
            "special" => self.special = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Bind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
