//! Access that the target user is given to a path of the host.

use std::fmt;

use hakurei_check::Absolute;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object, is_unset};

/// Access that the target user is given, by an ACL, to a path of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExtraPerm {
    /// Whether the directory is created.
    #[serde(skip_serializing_if = "is_unset")]
    pub ensure: bool,
    /// The path; without one the entry is invalid.
    pub path: Option<Absolute>,
    /// Whether reading is allowed.
    #[serde(rename = "r", skip_serializing_if = "is_unset")]
    pub read: bool,
    /// Whether writing is allowed.
    #[serde(rename = "w", skip_serializing_if = "is_unset")]
    pub write: bool,
    /// Whether executing, or searching, is allowed.
    #[serde(rename = "x", skip_serializing_if = "is_unset")]
    pub execute: bool,
}

impl ExtraPerm {
    /// What keeps the entry from being valid.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        self.path.is_none().then_some("path is missing")
    }
}

impl fmt::Display for ExtraPerm {
    /// Writes `rwx+:/path`: `+` if it is created, `-` for what is not allowed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(path) = &self.path else {
            return f.write_str("<invalid>");
        };
        for (allowed, letter) in [(self.read, 'r'), (self.write, 'w'), (self.execute, 'x')] {
            write!(f, "{}", if allowed { letter } else { '-' })?;
        }
        write!(f, "{}:{path}", if self.ensure { "+" } else { "" })
    }
}

impl Object for ExtraPerm {
    const WHAT: &'static str = "an object that gives permission";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "ensure" => self.ensure = member.read()?,
            "path" => self.path = member.read()?,
            "r" => self.read = member.read()?,
            "w" => self.write = member.read()?,
            "x" => self.execute = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for ExtraPerm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use hakurei_check::absolute;

    use super::ExtraPerm;

    #[test]
    fn texts_are_those_of_go() {
        let path = Some(absolute!("/run/user/"));
        let none = ExtraPerm { path, ..ExtraPerm::default() };
        let cases = [
            (ExtraPerm { read: true, ..none.clone() }, "r--:/run/user/"),
            (ExtraPerm { write: true, ensure: true, ..none.clone() }, "-w-+:/run/user/"),
            (ExtraPerm { execute: true, ..none.clone() }, "--x:/run/user/"),
            (none, "---:/run/user/"),
            (ExtraPerm { read: true, ..ExtraPerm::default() }, "<invalid>"),
        ];
        for (perm, text) in cases {
            assert_eq!(perm.to_string(), text);
            assert_eq!(perm.fault().is_some(), text == "<invalid>");
        }
    }
}
