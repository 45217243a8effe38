//! What is wrong with the bytes of an entry.

use std::fmt::Write as _;
use std::sync::Arc;

use hakurei_gob::GobError;

use super::{MAX_ENTRY, Revision, header};

/// What is wrong with the bytes of an entry.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// It ends before the prefix that every revision has.
    #[error("state entry file is too short")]
    TooShort {
        /// Bytes that there are.
        length: usize,
    },
    /// It does not begin with the magic number.
    #[error("invalid header {}", hex(.0))]
    InvalidHeader([u8; 4]),
    /// Its revision is not known here.
    #[error("unexpected revision {0}")]
    UnexpectedRevision(Revision),
    /// The enablements and their complement do not fit each other.
    #[error("header enablement value is inconsistent")]
    InconsistentEnablements,
    /// It ends early.
    #[error("state entry is truncated: {length} of {expected} bytes")]
    Truncated {
        /// Bytes that there are.
        length: usize,
        /// Bytes that its header announces.
        expected: usize,
    },
    /// The gob is not that of a state.
    #[error("state entry body is malformed")]
    Gob(#[source] Arc<GobError>),
    /// Something follows the body, or an item of it.
    #[error("state entry has {count} bytes left over")]
    LeftOver {
        /// How many.
        count: usize,
    },
    /// It is larger than any entry may be.
    #[error("state entry of {length} bytes is longer than {MAX_ENTRY}")]
    TooLong {
        /// Bytes that there are.
        length: u64,
    },
    /// It has more short strings, lists and the like than any entry should have.
    #[error("state entry has more than {most} items for its length")]
    TooManyItems {
        /// How many it may have.
        most: usize,
    },
    /// The checksum does not fit.
    #[error("state entry has checksum {computed:08x}, and {recorded:08x} is recorded")]
    Checksum {
        /// What the header says.
        recorded: u32,
        /// What the bytes amount to.
        computed: u32,
    },
    /// The summary and the header name different enablements: found, then expected.
    #[error("state entry has unexpected enablement byte {0:#x}, {1:#x}")]
    UnexpectedEnablements(u8, u8),
    /// An item of the body is not what it should be.
    #[error("state entry body is malformed: {0}")]
    Malformed(String),
}

impl FormatError {
    /// Whether an entry has as many bytes as it announces behind its frame.
    pub(super) fn check_length(entry: usize, frame: usize, announced: u32) -> Result<(), Self> {
        let expected = u64::from(announced) + frame as u64;
        match usize::try_from(expected) {
            Ok(expected) if expected > MAX_ENTRY => Err(Self::TooLong { length: expected as u64 }),
            Ok(expected) if entry < expected => Err(Self::Truncated { length: entry, expected }),
            Ok(expected) if entry > expected => Err(Self::LeftOver { count: entry - expected }),
            Ok(_) => Ok(()),
            Err(_) => Err(Self::TooLong { length: expected }),
        }
    }

    /// The step of the protocol that it belongs to.
    pub(crate) fn step(&self) -> &'static str {
        match self {
            Self::TooShort { .. }
            | Self::InvalidHeader(_)
            | Self::UnexpectedRevision(_)
            | Self::InconsistentEnablements => "decode state header",
            Self::UnexpectedEnablements(..) => "validate state enablement",
            _ => "decode state body",
        }
    }

    /// Whether these bytes, of which this is said, are a proper prefix of what may become a valid
    /// entry.
    pub(crate) fn is_incomplete(&self, bytes: &[u8]) -> bool {
        match self {
            Self::TooShort { .. } => header::may_begin_with(bytes),
            Self::Truncated { .. } => true,
            Self::Gob(error) => error.kind() == hakurei_gob::ErrorKind::Truncated,
            _ => false,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
