//! One line of a listing.

use std::borrow::Cow;

use hakurei_hst::{Identity, InstanceId, State};

use crate::entry_file::Finding;
use crate::error::Error;
use crate::fault;
use crate::format::{Format, Front, Summary};
use crate::verdict::{Grounds, Verdict};

/// An entry as it was found, with the verdict on it.
///
/// It borrows the buffer that the entry was read into, or owns its bytes; the rest of the state is
/// decoded only when it is asked for.
#[derive(Clone, Debug)]
pub struct View<'a> {
    id: InstanceId,
    identity: Identity,
    verdict: Verdict,
    leased: bool,
    grounds: Option<Grounds>,
    front: Result<Front, Error>,
    bytes: Cow<'a, [u8]>,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        identity: Identity,
        id: InstanceId,
        finding: Finding,
        bytes: &'a [u8],
    ) -> Self {
        let Finding { verdict, leased, grounds, front, .. } = finding;
        Self { id, identity, verdict, leased, grounds, front, bytes: Cow::Borrowed(bytes) }
    }

    /// Keeps it beyond the buffer.
    #[must_use]
    pub fn into_owned(self) -> View<'static> {
        View { bytes: Cow::Owned(self.bytes.into_owned()), ..self }
    }

    /// The instance, by the entry's name.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// The identity, by the segment's name.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether the instance runs.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether somebody held the entry's lease. A file that is no entry for its owner or for its
    /// further names, and cannot be opened to ask, counts as leased.
    #[must_use]
    pub fn is_leased(&self) -> bool {
        self.leased
    }

    /// The format of the entry, if that much could be read.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.front.as_ref().ok().map(Front::format)
    }

    /// What the entry says at first sight.
    ///
    /// # Errors
    ///
    /// What kept it from being read: a verdict of corrupt, newer or starting comes with one, and that
    /// of unknown may.
    pub fn summary(&self) -> Result<&Summary, &Error> {
        self.front.as_ref().map(|front| &front.summary)
    }

    /// What its processes are judged by, if it was read.
    pub(crate) fn grounds(&self) -> Option<&Grounds> {
        self.grounds.as_ref()
    }

    /// The whole state.
    ///
    /// # Errors
    ///
    /// As [`summary`](Self::summary); and step `decode state body` if the rest of the body is
    /// malformed, or `validate configuration` if the configuration in it is not valid.
    pub fn state(&self) -> Result<State, Error> {
        let front = self.front.as_ref().map_err(Clone::clone)?;
        fault::whole_state(self.id, &self.bytes, front)
    }

    /// The entry, byte for byte, as far as it could be read.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
