//! The bytes of an entry: the prefix that all revisions share, and what follows it in each.
//!
//! ```text
//! 0   4   magic 00 ff ca fe
//! 4   2   revision: 80 01, this project's, or 00 00, the Go system's
//! 6   1   enablements
//! 7   1   their complement
//! 8   …   the rest, by revision
//! ```
//!
//! The first eight bytes can be read without the rest, and the summary of an entry without the rest
//! of its configuration.

mod cbor;
mod error;
mod go;
mod header;
mod summary;
mod wire;

pub use self::error::FormatError;
pub(crate) use self::header::PREFIX;
pub use self::header::{Header, Revision};
pub use self::summary::Summary;
pub(crate) use self::wire::Id as WireId;

use std::fmt;

use hakurei_hst::State;

use crate::owner::Owner;

/// No entry is longer, its header included.
pub(crate) const MAX_ENTRY: usize = 1 << 20;

/// In which of the two formats an entry is written; both are always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Revision 80 01, this project's own: checksummed, and quick to list.
    #[default]
    Cbor,
    /// Revision 00 00, which the Go system reads too.
    Gob,
}

impl Format {
    /// The word for it, as scripts rely on it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cbor => "cbor",
            Self::Gob => "gob",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Writes a state and its owner as a whole entry.
pub(crate) fn encode(state: &State, owner: &Owner, format: Format) -> Result<Vec<u8>, FormatError> {
    let entry = match format {
        Format::Cbor => cbor::encode(state, owner),
        Format::Gob => go::encode(state, owner),
    }?;
    if entry.len() > MAX_ENTRY {
        return Err(FormatError::TooLong { length: entry.len() as u64 });
    }
    Ok(entry)
}

/// What a listing shows of an entry, and where the rest is.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    pub(crate) header: Header,
    pub(crate) summary: Summary,
    /// Where in the entry's bytes the rest of the state is decoded from.
    rest: usize,
}

impl Front {
    pub(crate) fn format(&self) -> Format {
        if self.header.revision() == Revision::GO { Format::Gob } else { Format::Cbor }
    }
}

/// Checks what the revision has to be checked by, and decodes the summary alone.
pub(crate) fn decode_front(entry: &[u8]) -> Result<Front, FormatError> {
    let header = Header::parse(entry)?;
    let (summary, rest) = match header.revision() {
        Revision::CURRENT => cbor::decode_summary(entry),
        Revision::GO => go::decode_summary(entry),
        revision => Err(FormatError::UnexpectedRevision(revision)),
    }?;
    header.agrees_with(summary.enablements())?;
    Ok(Front { header, summary, rest })
}

/// Decodes the bytes of an entry of either format, wherever they come from.
///
/// Its configuration is not looked at further, and its name is not known; who reads from a
/// [`Store`](crate::Store) has both checked.
///
/// ```
/// use hakurei_hst::{State, template};
/// use hakurei_store::{Format, Record, decode};
///
/// let state = State { config: template(), ..State::default() };
/// for format in [Format::Cbor, Format::Gob] {
///     let record = Record::in_format(&state, format)?;
///     assert_eq!(decode(record.as_bytes())?, state);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What is wrong with the bytes.
pub fn decode(entry: &[u8]) -> Result<State, FormatError> {
    decode_state(entry, &decode_front(entry)?)
}

/// Decodes the rest of the configuration and puts the whole state together.
pub(crate) fn decode_state(entry: &[u8], front: &Front) -> Result<State, FormatError> {
    match front.format() {
        Format::Cbor => cbor::decode_state(entry, front),
        Format::Gob => go::decode_state(entry, front),
    }
}

#[cfg(test)]
mod tests;
