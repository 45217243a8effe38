//! The first item of the body: what a listing shows.

use hakurei_hst::{Enablements, Identity, InstanceId, State, Text, Time};
use serde::{Deserialize, Deserializer, Serialize};

use super::FormatError;
use super::go::{Shown, ShownConfig};
use super::wire::{self, Read, Rest, Wire as _, Written};
use crate::owner::{Owner, OwnerWire};

/// What an entry says of its instance at first sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    id: InstanceId,
    pid: i64,
    shim_pid: i64,
    app_id: Text,
    identity: Identity,
    enablements: Option<Enablements>,
    time: Time,
    owner: Option<Owner>,
}

impl Summary {
    /// The instance.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// The monitor's process number, as its launcher saw it.
    #[must_use]
    pub fn pid(&self) -> i64 {
        self.pid
    }

    /// The shim's process number, as its launcher saw it; 0 where there is none.
    #[must_use]
    pub fn shim_pid(&self) -> i64 {
        self.shim_pid
    }

    /// The application's reverse-DNS name; empty where none was given.
    #[must_use]
    pub fn app_id(&self) -> &Text {
        &self.app_id
    }

    /// The identity that it runs under.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Which of the host's resources it uses; none and unset are different documents.
    #[must_use]
    pub fn enablements(&self) -> Option<Enablements> {
        self.enablements
    }

    /// When it was started, on its launcher's clock.
    #[must_use]
    pub fn time(&self) -> Time {
        self.time
    }

    /// The processes that it lives by; none where the Go system wrote the entry, which records no
    /// more of them than their numbers.
    #[must_use]
    pub fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    /// The summary of a state that was written for Go.
    pub(super) fn of_go(shown: Shown, owner: Option<Owner>) -> Self {
        let Shown { id, pid, shim_pid, config, time } = shown;
        let ShownConfig { id: app_id, enablements, identity } = config;
        Self { id, pid, shim_pid, app_id, identity, enablements, time, owner }
    }

    pub(super) fn to_state(&self, rest: Rest) -> State {
        State {
            id: self.id,
            pid: self.pid,
            shim_pid: self.shim_pid,
            config: rest.into_config(self),
            time: self.time,
        }
    }
}

/// The summary's binary form; it borrows the application's name when written, and owns it when read.
#[derive(Serialize, Deserialize)]
pub(super) struct Wire<T> {
    #[serde(rename = "i")]
    id: wire::Id,
    #[serde(rename = "p", default)]
    pid: i64,
    #[serde(rename = "s", default)]
    shim_pid: i64,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "there", bound(deserialize = "T: Deserialize<'de>"))]
    app_id: Option<T>,
    #[serde(rename = "n")]
    identity: u16,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    enablements: Option<u8>,
    /// Seconds since the epoch, nanoseconds, seconds east of UTC.
    #[serde(rename = "t")]
    time: (i64, u32, i32),
    #[serde(rename = "o")]
    owner: OwnerWire,
}

/// What is left out is unset; null is something else, and no name.
fn there<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl<'a> Wire<Written<'a, Text>> {
    pub(super) fn new(state: &'a State, owner: &Owner) -> Self {
        Self {
            id: wire::Id(*state.id.as_bytes()),
            pid: state.pid,
            shim_pid: state.shim_pid,
            app_id: Some(&state.config.id).filter(|id| !id.is_unset()).map(Written),
            identity: state.config.identity.get(),
            enablements: state.config.enablements.map(Enablements::bits),
            time: (
                state.time.unix_seconds(),
                state.time.nanoseconds(),
                state.time.offset_seconds(),
            ),
            owner: OwnerWire::from(owner),
        }
    }
}

impl TryFrom<Wire<Read<Text>>> for Summary {
    type Error = FormatError;

    fn try_from(wire: Wire<Read<Text>>) -> Result<Self, FormatError> {
        let (seconds, nanoseconds, offset) = wire.time;
        Ok(Self {
            id: InstanceId::from_bytes(wire.id.0),
            pid: wire.pid,
            shim_pid: wire.shim_pid,
            app_id: wire.app_id.map(|Read(id)| id).unwrap_or_default(),
            identity: Identity::new(wire.identity).map_err(malformed)?,
            enablements: wire.enablements.map(Enablements::from_bits),
            time: Time::from_parts(seconds, nanoseconds, offset).map_err(malformed)?,
            owner: Some(wire.owner.into_owner(wire.pid, wire.shim_pid)),
        })
    }
}

fn malformed(error: impl std::error::Error) -> FormatError {
    FormatError::Malformed(error.to_string())
}
