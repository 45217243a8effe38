//! One running instance.

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object};
use crate::{AppError, Config, InstanceId, Time, json};

/// One running instance: what is recorded of it while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// Its name.
    #[serde(rename = "instance")]
    pub id: InstanceId,
    /// The process that watches it, as the calling user.
    pub pid: i64,
    /// The process that the application descends from, as the target user.
    pub shim_pid: i64,
    /// The configuration that it was started with; in JSON, its members stand among these.
    #[serde(flatten)]
    pub config: Config,
    /// When the shim was started.
    pub time: Time,
}

impl State {
    /// Reads JSON, as [`Config::from_json`] does.
    ///
    /// # Errors
    ///
    /// `decode state`, with a [`JsonError`](crate::JsonError) that says where and what;
    /// `validate configuration` for null, and for an identity out of bounds.
    pub fn from_json(json: &[u8]) -> Result<Self, AppError> {
        json::read(json, "decode state")
    }

    /// Writes JSON on one line, as [`Config::to_json`] does.
    ///
    /// # Errors
    ///
    /// `encode state`, with a [`JsonError`](crate::JsonError), if a path is not UTF-8.
    pub fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self)
            .map_err(|error| json::unwritable("encode state", &self.config, &error))
    }

    /// Writes JSON on many lines, for people; else as [`to_json`](Self::to_json).
    ///
    /// # Errors
    ///
    /// Those of [`to_json`](Self::to_json).
    pub fn to_json_pretty(&self) -> Result<String, AppError> {
        serde_json::to_string_pretty(self)
            .map_err(|error| json::unwritable("encode state", &self.config, &error))
    }
}

impl Object for State {
    const WHAT: &'static str = "an object that describes an instance";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "instance" => self.id = member.read()?,
            "pid" => self.pid = member.read()?,
            "shim_pid" => self.shim_pid = member.read()?,
            "time" => self.time = member.read()?,
            _ => self.config.read(key, member)?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}
