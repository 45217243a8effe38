//! What is wrong with an entry as a whole: its bytes, or its bytes under its name.

use std::fmt;

use hakurei_hst::{AppError, Identity, InstanceId, State};

use crate::error::{Error, ErrorKind};
use crate::format::{self, FormatError, Front};

/// An entry that says what it may not say.
#[derive(Clone, Debug)]
pub(crate) enum EntryFault {
    /// Its bytes are malformed.
    Malformed { entry: InstanceId, fault: FormatError },
    /// It is about another instance.
    UnexpectedId { entry: InstanceId, found: InstanceId },
    /// It is about another identity than the segment is for.
    UnexpectedIdentity { entry: InstanceId, found: Identity, segment: Identity },
}

/// The error of an entry whose bytes are malformed.
pub(crate) fn malformed(entry: InstanceId, fault: FormatError) -> Error {
    EntryFault::Malformed { entry, fault }.into()
}

/// The error of an entry whose bytes are malformed, and whose name is not known.
pub(crate) fn malformed_without_a_name(fault: FormatError) -> Error {
    Error::new(kind_of(&fault), AppError::new(fault.step(), fault))
}

/// Whether the entry is so far a proper prefix of what may become a valid one.
pub(crate) fn is_incomplete(error: &Error, bytes: &[u8]) -> bool {
    let fault = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    match fault {
        Some(EntryFault::Malformed { fault, .. }) => fault.is_incomplete(bytes),
        _ => false,
    }
}

/// Decodes all of an entry whose front is known, and checks the configuration.
pub(crate) fn whole_state(entry: InstanceId, bytes: &[u8], front: &Front) -> Result<State, Error> {
    let state = format::decode_state(bytes, front).map_err(|fault| malformed(entry, fault))?;
    match state.config.validate() {
        Ok(()) => Ok(state),
        Err(invalid) => Err(Error::new(ErrorKind::Corrupt, invalid)),
    }
}

impl EntryFault {
    fn step(&self) -> &'static str {
        match self {
            Self::Malformed { fault, .. } => fault.step(),
            Self::UnexpectedId { .. } | Self::UnexpectedIdentity { .. } => {
                "validate state identifier"
            }
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Malformed { fault, .. } => kind_of(fault),
            _ => ErrorKind::Corrupt,
        }
    }
}

fn kind_of(fault: &FormatError) -> ErrorKind {
    match fault {
        FormatError::UnexpectedRevision(_) => ErrorKind::Newer,
        _ => ErrorKind::Corrupt,
    }
}

impl From<EntryFault> for Error {
    fn from(fault: EntryFault) -> Self {
        Self::new(fault.kind(), AppError::new(fault.step(), fault))
    }
}

impl fmt::Display for EntryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { entry, fault: FormatError::TooShort { .. } } => {
                write!(f, "state entry file \"{entry}\" is too short")
            }
            Self::Malformed { entry, fault: FormatError::UnexpectedEnablements(found, header) } => {
                write!(
                    f,
                    "state entry {entry} has unexpected enablement byte {found:#x}, {header:#x}"
                )
            }
            Self::Malformed { fault, .. } => fault.fmt(f),
            Self::UnexpectedId { entry, found } => {
                write!(f, "state entry {entry} has unexpected id {found}")
            }
            Self::UnexpectedIdentity { entry, found, segment } => {
                write!(
                    f,
                    "state entry {entry} has unexpected identity {found}, in segment {segment}"
                )
            }
        }
    }
}

impl std::error::Error for EntryFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed { fault, .. } => fault.source(),
            Self::UnexpectedId { .. } | Self::UnexpectedIdentity { .. } => None,
        }
    }
}
