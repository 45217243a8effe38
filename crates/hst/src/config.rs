//! The configuration of an application.

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object, is_unset};
use crate::{AppError, BusConfig, Container, Enablements, ExtraPerm, Identity, Text, json};

/// The configuration of an application, as it is written by people and recorded with its instances.
///
/// The default has nothing set. Anything can be held, also what [`validate`](Self::validate)
/// refuses; only the identity is always in bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    /// The id of the application, such as `org.example.Editor`.
    #[serde(skip_serializing_if = "is_unset")]
    pub id: Text,
    /// The services of the host that the application gets.
    #[serde(skip_serializing_if = "is_unset")]
    pub enablements: Option<Enablements>,
    /// What is let through of the session bus; unset, what is usual.
    #[serde(skip_serializing_if = "is_unset")]
    pub session_bus: Option<BusConfig>,
    /// What is let through of the system bus; unset, nothing.
    #[serde(skip_serializing_if = "is_unset")]
    pub system_bus: Option<BusConfig>,
    /// Whether the application gets the compositor's own socket, without a security context.
    #[serde(skip_serializing_if = "is_unset")]
    pub direct_wayland: bool,
    /// Access that the target user is given to paths of the host.
    #[serde(skip_serializing_if = "is_unset")]
    pub extra_perms: Vec<ExtraPerm>,
    /// The identity, which decides the user that the application runs as.
    pub identity: Identity,
    /// Supplementary groups, by their names.
    pub groups: Option<Vec<Text>>,
    /// The container; a configuration without one is invalid.
    pub container: Option<Container>,
}

impl Config {
    /// Reads JSON.
    ///
    /// Unknown keys are ignored; null and a missing key mean unset. The configuration is not
    /// [validated](Self::validate) beyond its identity.
    ///
    /// ```
    /// use hakurei_hst::Config;
    ///
    /// let error = Config::from_json(br#"{"container": {"args": ["sh", 7]}}"#).unwrap_err();
    /// assert_eq!(
    ///     error.message(),
    ///     "cannot decode configuration: container.args[1]: \
    ///      invalid type: integer `7`, expected a string at line 1 column 31",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// `decode configuration`, with a [`JsonError`](crate::JsonError) that says where and what;
    /// `validate configuration` for null, and for an identity out of bounds.
    pub fn from_json(json: &[u8]) -> Result<Self, AppError> {
        json::read(json, "decode configuration")
    }

    /// Writes JSON on one line.
    ///
    /// What is not UTF-8 becomes U+FFFD; see [`non_utf8`](Self::non_utf8).
    ///
    /// # Errors
    ///
    /// `encode configuration`, with a [`JsonError`](crate::JsonError), if a path is not UTF-8.
    pub fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self)
            .map_err(|error| json::unwritable("encode configuration", self, &error))
    }

    /// Writes JSON on many lines, for people; else as [`to_json`](Self::to_json).
    ///
    /// # Errors
    ///
    /// Those of [`to_json`](Self::to_json).
    pub fn to_json_pretty(&self) -> Result<String, AppError> {
        serde_json::to_string_pretty(self)
            .map_err(|error| json::unwritable("encode configuration", self, &error))
    }
}

impl Object for Config {
    const WHAT: &'static str = "an object that configures an application";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "id" => self.id = member.read()?,
            "enablements" => self.enablements = member.read()?,
            "session_bus" => self.session_bus = member.read()?,
            "system_bus" => self.system_bus = member.read()?,
            "direct_wayland" => self.direct_wayland = member.read()?,
            "extra_perms" => self.extra_perms = member.read()?,
            "identity" => self.identity = member.read()?,
            "groups" => self.groups = member.read()?,
            "container" => self.container = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
