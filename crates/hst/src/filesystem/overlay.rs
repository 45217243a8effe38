//! Directories of the host, one over the other.

use std::fmt;

use hakurei_check::Absolute;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object, is_unset};

/// Directories of the host, mounted one over the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Overlay {
    /// Where it is mounted.
    #[serde(rename = "dst")]
    pub target: Option<Absolute>,
    /// The directories that are only read, uppermost first. A null among them makes the entry
    /// invalid, but is kept.
    pub lower: Option<Vec<Option<Absolute>>>,
    /// The directory that takes what is written; unset, nothing can be.
    #[serde(skip_serializing_if = "is_unset")]
    pub upper: Option<Absolute>,
    /// An empty directory on the same filesystem as `upper`.
    #[serde(skip_serializing_if = "is_unset")]
    pub work: Option<Absolute>,
}

impl Overlay {
    /// What keeps it from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let lower = self.lower.as_deref().unwrap_or_default();
        if self.target.is_none() {
            Some("dst is missing")
        } else if lower.contains(&None) {
            Some("lower has a null in it")
        } else if self.upper.is_none() {
            (lower.len() < 2).then_some("lower needs two directories if there is no upper")
        } else if self.work.is_none() {
            Some("upper needs work")
        } else {
            lower.is_empty().then_some("lower needs a directory")
        }
    }
}

impl fmt::Display for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(target) = self.target.as_ref().filter(|_| self.fault().is_none()) else {
            return f.write_str("<invalid>");
        };
        f.write_str(if self.upper.is_some() { "w*" } else { "*" })?;
        write_escaped(target, f)?;
        // A work directory is of no use without an upper one, and goes unsaid.
        let writable = [&self.upper, &self.work].into_iter().flatten();
        let writable = writable.take(if self.upper.is_some() { 2 } else { 0 });
        for layer in writable.chain(self.lower.iter().flatten().flatten()) {
            f.write_str(":")?;
            write_escaped(layer, f)?;
        }
        Ok(())
    }
}

fn write_escaped(pathname: &Absolute, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&String::from_utf8_lossy(&pathname.escaped_for_overlay()))
}

impl Object for Overlay {
    const WHAT: &'static str = "an object that describes an overlay mount";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "dst" => self.target = member.read()?,
            "lower" => self.lower = member.read()?,
            "upper" => self.upper = member.read()?,
            "work" => self.work = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Overlay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
