//! An instance, ready to be recorded.

use hakurei_hst::{AppError, Identity, InstanceId, State};

use crate::error::{Error, ErrorKind};
use crate::format::{self, Format};
use crate::owner::Owner;

/// A state that has been checked and encoded, along with the processes that it lives by.
///
/// All that takes time happens here, before any lock is held; saving it is a few system calls. A
/// record that could not be saved can be saved again.
#[derive(Clone, Debug)]
pub struct Record {
    id: InstanceId,
    identity: Identity,
    format: Format,
    entry: Vec<u8>,
}

impl Record {
    /// Checks the state's configuration, looks at its processes, and encodes both.
    ///
    /// The monitor is the process `state.pid`, the shim `state.shim_pid`; for both, what tells them
    /// apart from later processes of the same number is recorded with them.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Refused`], step `validate configuration`: the configuration is not valid.
    /// - [`ErrorKind::Refused`], step `encode state body`: it would be longer than an entry may be.
    pub fn new(state: &State) -> Result<Self, Error> {
        Self::in_format(state, Format::default())
    }

    /// The same, encoded in the format of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); and [`ErrorKind::Refused`], step `encode state body`, for what gob cannot
    /// hold: a null among the lower directories of an overlay.
    pub fn in_format(state: &State, format: Format) -> Result<Self, Error> {
        state.config.validate().map_err(|invalid| Error::new(ErrorKind::Refused, invalid))?;
        let owner = Owner::of(state.pid, state.shim_pid);
        let entry = format::encode(state, &owner, format).map_err(|fault| {
            Error::new(ErrorKind::Refused, AppError::new("encode state body", fault))
        })?;
        Ok(Self { id: state.id, identity: state.config.identity, format, entry })
    }

    /// The instance.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// The identity, and so the segment that it belongs into.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The format that it is encoded in.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The entry, byte for byte.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.entry
    }
}
