//! The entries of a locked segment.

use std::{iter, vec};

use hakurei_hst::InstanceId;

use super::Segment;
use crate::entry::Entry;
use crate::error::Error;

/// The entries of a locked segment, by [`Segment::entries`]; they do not outlive it either.
///
/// ```compile_fail,E0515
/// use hakurei_store::{Error, Handle, SegmentEntries};
///
/// fn outlives(handle: &Handle) -> Result<SegmentEntries<'_>, Error> {
///     let segment = handle.lock()?;
///     segment.entries()
/// }
/// ```
#[derive(Debug)]
pub struct SegmentEntries<'a> {
    pub(super) segment: &'a Segment<'a>,
    pub(super) names: vec::IntoIter<Result<InstanceId, Error>>,
}

impl<'a> Iterator for SegmentEntries<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.names.next().map(|name| name.map(|id| self.segment.entry(id)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.names.size_hint()
    }
}

impl ExactSizeIterator for SegmentEntries<'_> {}

impl iter::FusedIterator for SegmentEntries<'_> {}
