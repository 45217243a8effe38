//! What a proxy lets through of a D-Bus.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::Text;
use crate::object::{self, Member, Object, is_unset};

/// What the proxy lets through of one bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BusConfig {
    /// Names that are visible.
    pub see: Option<Vec<Text>>,
    /// Names that may be talked to.
    pub talk: Option<Vec<Text>>,
    /// Names that may be owned.
    pub own: Option<Vec<Text>>,
    /// Rules for calls, by the name that is called.
    pub call: Option<BTreeMap<Text, Text>>,
    /// Rules for broadcasts, by the name that they come from.
    pub broadcast: Option<BTreeMap<Text, Text>>,
    /// Whether the proxy logs.
    #[serde(skip_serializing_if = "is_unset")]
    pub log: bool,
    /// Whether the proxy filters.
    pub filter: bool,
}

impl BusConfig {
    /// All names in it: those of `see`, `talk`, `own`, `call`, then `broadcast`.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        let lists = [&self.see, &self.talk, &self.own].into_iter().flatten().flatten();
        let maps = [&self.call, &self.broadcast].into_iter().flatten();
        lists.chain(maps.flat_map(BTreeMap::keys))
    }

    /// The first name that the proxy would fail on without a word: one without a dot, once a `.*`
    /// at its end is cut.
    #[must_use]
    pub fn bad_name(&self) -> Option<&Text> {
        self.names().find(|name| {
            let name = name.as_bytes();
            !name.strip_suffix(b".*").unwrap_or(name).contains(&b'.')
        })
    }
}

/// One of the two buses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bus {
    /// The bus of the user's session.
    Session,
    /// The bus of the system.
    System,
}

impl fmt::Display for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "session",
            Self::System => "system",
        })
    }
}

impl Object for BusConfig {
    const WHAT: &'static str = "an object that configures a bus";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "see" => self.see = member.read()?,
            "talk" => self.talk = member.read()?,
            "own" => self.own = member.read()?,
            "call" => self.call = member.read()?,
            "broadcast" => self.broadcast = member.read()?,
            "log" => self.log = member.read()?,
            "filter" => self.filter = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for BusConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::BusConfig;
    use crate::Text;

    fn map(name: &str) -> Option<BTreeMap<Text, Text>> {
        Some(BTreeMap::from([(name.into(), "*".into())]))
    }

    #[test]
    fn names_come_in_order() {
        let bus = BusConfig {
            see: Some(vec!["see".into()]),
            talk: Some(vec!["talk".into()]),
            own: Some(vec!["own".into()]),
            call: map("call"),
            broadcast: map("broadcast"),
            ..BusConfig::default()
        };
        let names: Vec<_> = bus.names().map(Text::to_string).collect();
        assert_eq!(names, ["see", "talk", "own", "call", "broadcast"]);
    }

    #[test]
    fn a_name_needs_a_dot_beside_the_wildcard() {
        for (name, good) in [
            ("", false),
            ("org", false),
            (".*", false),
            ("org.*", false),
            ("*", false),
            (".", true),
            ("..*", true),
            ("org.freedesktop", true),
            ("org.freedesktop.*", true),
            ("org.*.*", true),
        ] {
            let in_a_list = BusConfig { own: Some(vec![name.into()]), ..BusConfig::default() };
            let in_a_map = BusConfig { broadcast: map(name), ..BusConfig::default() };
            for bus in [in_a_list, in_a_map] {
                assert_eq!(bus.bad_name().is_none(), good, "{name:?}");
            }
        }
        assert_eq!(BusConfig::default().bad_name(), None);
    }
}
