//! The eight bytes that every revision begins with.

use std::fmt;

use hakurei_hst::Enablements;

use super::FormatError;

/// Bytes of the common prefix.
pub(crate) const PREFIX: usize = 8;

const MAGIC: [u8; 4] = [0x00, 0xff, 0xca, 0xfe];

/// Whether a header of any revision can begin with these few bytes.
pub(super) fn may_begin_with(bytes: &[u8]) -> bool {
    MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())])
}

/// The revision of an entry's format.
///
/// A set high bit marks this project's own, clear of the numbers that the Go system may yet take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision(pub(super) [u8; 2]);

impl Revision {
    /// What the Go system writes: a gob value.
    pub const GO: Self = Self([0x00, 0x00]);
    /// What this version writes: two CBOR items.
    pub const CURRENT: Self = Self([0x80, 0x01]);

    /// Whether no part of this version knows it.
    #[must_use]
    pub fn is_newer(self) -> bool {
        self != Self::GO && self != Self::CURRENT
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}", self.0[0], self.0[1])
    }
}

/// What can be told of an entry by its first eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    revision: Revision,
    enablements: u8,
}

impl Header {
    pub(super) fn new(revision: Revision, enablements: Option<Enablements>) -> Self {
        Self { revision, enablements: enablements.unwrap_or_default().bits() }
    }

    /// Reads the prefix; a newer revision is believed whatever else it says.
    pub(crate) fn parse(entry: &[u8]) -> Result<Self, FormatError> {
        let Some([m0, m1, m2, m3, r0, r1, enablements, complement]) = entry.first_chunk() else {
            return Err(FormatError::TooShort { length: entry.len() });
        };
        let magic = [*m0, *m1, *m2, *m3];
        if magic != MAGIC {
            return Err(FormatError::InvalidHeader(magic));
        }
        let revision = Revision([*r0, *r1]);
        if revision.is_newer() {
            return Err(FormatError::UnexpectedRevision(revision));
        }
        if *enablements != !*complement {
            return Err(FormatError::InconsistentEnablements);
        }
        Ok(Self { revision, enablements: *enablements })
    }

    pub(crate) fn to_bytes(self) -> [u8; PREFIX] {
        let [m0, m1, m2, m3] = MAGIC;
        let [r0, r1] = self.revision.0;
        [m0, m1, m2, m3, r0, r1, self.enablements, !self.enablements]
    }

    /// The revision of the body.
    #[must_use]
    pub fn revision(self) -> Revision {
        self.revision
    }

    /// Which of the host's resources the instance uses.
    #[must_use]
    pub fn enablements(self) -> Enablements {
        Enablements::from_bits(self.enablements)
    }

    /// The summary says the same, with unset as none.
    pub(super) fn agrees_with(self, summary: Option<Enablements>) -> Result<(), FormatError> {
        let found = summary.unwrap_or_default().bits();
        if found == self.enablements {
            Ok(())
        } else {
            Err(FormatError::UnexpectedEnablements(found, self.enablements))
        }
    }
}
