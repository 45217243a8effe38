//! What is not known to be as it was, and why not.

use std::collections::BTreeSet;

use hakurei_hst::Identity;

use crate::error::Error;

/// Where has to be looked.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// The pathname of the store may lead elsewhere.
    pub(super) way: bool,
    /// There may be other segments.
    pub(super) names: bool,
    /// These may be others, or have other entries.
    pub(super) segments: BTreeSet<Identity>,
    /// These could not be looked at now, such as for want of a descriptor.
    pub(super) later: BTreeSet<Identity>,
}

/// Why nothing can be found out at the moment. It is told once, for as long as it stays the same.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    error: Option<Error>,
    is_told: bool,
}

impl Doubts {
    /// Where the way leads, from which all else follows.
    pub(super) fn of_the_way() -> Self {
        Self { way: true, ..Self::default() }
    }

    /// Whether it has to be looked now.
    pub(super) fn is_any(&self) -> bool {
        let Self { way, names, segments, later: _ } = self;
        *way || *names || !segments.is_empty()
    }
}

impl Trouble {
    pub(super) fn set(&mut self, error: Error) {
        let known = self.error.as_ref().map(Error::message);
        if known != Some(error.message()) {
            *self = Self { error: Some(error), is_told: false };
        }
    }

    /// What it is, whether that was told or not; it is now.
    pub(super) fn told(&mut self) -> Option<Error> {
        self.is_told = true;
        self.error.clone()
    }

    pub(super) fn is_untold(&self) -> bool {
        self.error.is_some() && !self.is_told
    }

    /// What it is, if that was not told; it is now.
    pub(super) fn untold(&mut self) -> Option<Error> {
        if self.is_untold() { self.told() } else { None }
    }
}
