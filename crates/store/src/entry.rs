//! One entry of a locked segment.

use std::os::fd::{AsFd, OwnedFd};

use hakurei_hst::{InstanceId, State};

use crate::error::{Error, OPEN_ENTRY};
use crate::format::Header;
use crate::listing::View;
use crate::segment::Segment;

/// The entry of an instance, while its segment is locked.
///
/// It is a name, and each method looks at what is there under it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    segment: &'a Segment<'a>,
    id: InstanceId,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(segment: &'a Segment<'a>, id: InstanceId) -> Self {
        Self { segment, id }
    }

    /// The instance.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// Reads the eight bytes that all formats share, and no more.
    ///
    /// # Errors
    ///
    /// - Step `open state entry`: [`NotFound`](crate::ErrorKind::NotFound) if there is no such entry,
    ///   [`Untrusted`](crate::ErrorKind::Untrusted) if what stands there is none.
    /// - Step `decode state header`: [`Corrupt`](crate::ErrorKind::Corrupt) or
    ///   [`Newer`](crate::ErrorKind::Newer).
    pub fn header(&self) -> Result<Header, Error> {
        self.segment.reader().read_header(self.open()?.as_fd(), self.id)
    }

    /// Reads the whole state, and checks it.
    ///
    /// # Errors
    ///
    /// As [`header`](Self::header); and [`Corrupt`](crate::ErrorKind::Corrupt) with the step
    /// `decode state body`, `validate state identifier`, `validate state enablement` or
    /// `validate configuration`.
    pub fn load(&self) -> Result<State, Error> {
        self.segment.reader().load(self.id)?.ok_or_else(|| self.not_found(OPEN_ENTRY))
    }

    /// Reads the entry and judges whether its instance runs; none if there is no such entry.
    #[must_use]
    pub fn view(&self) -> Option<View<'static>> {
        let mut buffer = Vec::new();
        let finding = self.segment.reader().examine(self.id, &mut buffer)?;
        Some(View::new(self.segment.identity(), self.id, finding, &buffer).into_owned())
    }

    /// Takes the entry away, whether its instance runs or not.
    ///
    /// # Errors
    ///
    /// Step `destroy state entry`; [`NotFound`](crate::ErrorKind::NotFound) if there is no such
    /// entry.
    pub fn destroy(self) -> Result<(), Error> {
        if self.segment.remove(self.id)? {
            Ok(())
        } else {
            Err(self.not_found("destroy state entry"))
        }
    }

    fn open(&self) -> Result<OwnedFd, Error> {
        match self.segment.reader().open(self.id)? {
            Some((file, _)) => Ok(file),
            None => Err(self.not_found(OPEN_ENTRY)),
        }
    }

    fn not_found(&self, step: &'static str) -> Error {
        self.segment.no_such_entry(step, self.id)
    }
}
