//! What is listed without a lock: segments, ids, entries.
//!
//! Data flows one way: names, then bytes, header, entry, verdict, and the view of it in the end.
//! Only the names of one segment are kept at a time, so that memory stays flat however many entries
//! there are.

mod view;

use std::ops::ControlFlow;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::{iter, vec};

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};

pub use self::view::View;

use crate::base::{Base, Directory};
use crate::entry_file::{Finding, Reader};
use crate::error::Error;
use crate::names::{self, Name};
use crate::sys::{Errno, FileType};
use crate::verdict::Verdict;

/// The segments of a store, by [`Store::segments`](crate::Store::segments).
#[derive(Debug)]
pub struct Segments(vec::IntoIter<Result<Identity, Error>>);

impl Segments {
    pub(crate) fn read(base: &Base) -> Result<Self, Error> {
        match open(base)? {
            Some(directory) => Self::of(base, &directory),
            None => Ok(Self(Vec::new().into_iter())),
        }
    }

    fn of(base: &Base, directory: &Directory) -> Result<Self, Error> {
        let names = names::collect(directory, names::segment).map_err(|errno| {
            let cause = PathError::new("getdents64", base.pathname().as_path(), errno);
            Error::path("read store segments", cause)
        })?;
        Ok(Self(names.into_iter()))
    }
}

impl Iterator for Segments {
    type Item = Result<Identity, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Segments {}

impl iter::FusedIterator for Segments {}

/// The ids of instances, by [`Store::ids`](crate::Store::ids).
#[derive(Debug)]
pub struct Ids {
    base: Arc<Base>,
    /// None where there is no store, and so no segment.
    directory: Option<Directory>,
    segments: Segments,
    /// What counts as an entry, by its name and its kind.
    sort_out: SortOut,
    current: Option<OpenNames>,
}

type SortOut = fn(&[u8], FileType) -> Option<Result<InstanceId, Error>>;

/// A segment whose names have been read.
#[derive(Debug)]
struct OpenNames {
    identity: Identity,
    segment: OwnedFd,
    names: vec::IntoIter<Result<InstanceId, Error>>,
}

impl Ids {
    pub(crate) fn of_store(base: &Arc<Base>) -> Result<Self, Error> {
        let directory = open(base)?;
        let segments = match &directory {
            Some(directory) => Segments::of(base, directory)?,
            None => Segments(Vec::new().into_iter()),
        };
        Ok(Self::new(base, directory, segments))
    }

    pub(crate) fn of_segment(base: &Arc<Base>, identity: Identity) -> Result<Self, Error> {
        let segments = Segments(vec![Ok(identity)].into_iter());
        Ok(Self::new(base, open(base)?, segments))
    }

    fn new(base: &Arc<Base>, directory: Option<Directory>, segments: Segments) -> Self {
        let base = Arc::clone(base);
        Self { base, directory, segments, sort_out: names::entry, current: None }
    }

    /// Lists everything that has an id for its name, even a directory, and nothing else.
    pub(crate) fn of_whatever_stands_there(self) -> Self {
        Self { sort_out: names::id, ..self }
    }

    /// Opens segments until one has a name left; the error of one that cannot be read is an item.
    fn advance(&mut self) -> Option<Result<(Identity, InstanceId), Error>> {
        loop {
            if let Some(current) = &mut self.current
                && let Some(name) = current.names.next()
            {
                return Some(name.map(|id| (current.identity, id)));
            }
            self.current = None;
            let identity = match self.segments.next()? {
                Ok(identity) => identity,
                Err(error) => return Some(Err(error)),
            };
            match self.open_names(identity) {
                Ok(opened) => self.current = opened,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn open_names(&self, identity: Identity) -> Result<Option<OpenNames>, Error> {
        let Some(directory) = &self.directory else { return Ok(None) };
        let Some(segment) = open_segment(&self.base, directory, identity)? else { return Ok(None) };
        let names = names::collect(&segment, self.sort_out)
            .map_err(|errno| unread_segment(&self.base, identity, errno))?;
        Ok(Some(OpenNames { identity, segment, names: names.into_iter() }))
    }
}

impl Iterator for Ids {
    type Item = Result<(Identity, InstanceId), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance()
    }
}

impl iter::FusedIterator for Ids {}

/// Entries with their verdicts, by [`Store::entries`](crate::Store::entries).
#[derive(Debug)]
pub struct Entries {
    ids: Ids,
    buffer: Vec<u8>,
    unreadable: usize,
}

impl Entries {
    pub(crate) fn new(ids: Ids) -> Self {
        Self { ids, buffer: Vec::new(), unreadable: 0 }
    }

    /// Shows what is left to `visitor`, in one buffer that is used again for each entry.
    pub fn visit<B>(
        &mut self,
        mut visitor: impl FnMut(Result<View<'_>, Error>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        while let Some(item) = self.advance() {
            visitor(item)?;
        }
        ControlFlow::Continue(())
    }

    /// How many things have been met so far that could not be read: names, segments, and entries but
    /// for those that are just being written. At the end it says whether the listing was whole.
    ///
    /// ```
    /// # fn example(store: &hakurei_store::Store) -> Result<(), hakurei_store::Error> {
    /// let mut entries = store.entries()?;
    /// for view in entries.by_ref().flatten() {
    ///     println!("{} {}", view.id(), view.verdict());
    /// }
    /// if entries.unreadable() > 0 {
    ///     eprintln!("and {} that could not be read", entries.unreadable());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// Looks at entries until one is there.
    fn advance(&mut self) -> Option<Result<View<'_>, Error>> {
        let (identity, id, finding) = loop {
            let id = match self.ids.advance()? {
                Ok((_, id)) => id,
                Err(error) => {
                    self.unreadable += 1;
                    return Some(Err(error));
                }
            };
            if let Some((identity, finding)) = self.examine(id) {
                break (identity, id, finding);
            }
        };
        let is_unreadable = finding.front.is_err() && finding.verdict != Verdict::Starting;
        self.unreadable += usize::from(is_unreadable);
        Some(Ok(View::new(identity, id, finding, &self.buffer)))
    }

    /// Looks at an entry of the current segment; none if it has vanished.
    fn examine(&mut self, id: InstanceId) -> Option<(Identity, Finding)> {
        // The name came out of this segment, whose base is open.
        let OpenNames { identity, segment, .. } = self.ids.current.as_ref()?;
        let directory = self.ids.directory.as_ref()?;
        let reader = Reader::new(segment.as_fd(), *identity, &self.ids.base, directory);
        Some((*identity, reader.examine(id, &mut self.buffer)?))
    }
}

impl Iterator for Entries {
    type Item = Result<View<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.advance()?.map(View::into_owned))
    }
}

impl iter::FusedIterator for Entries {}

/// One entry, if it is there.
pub(crate) fn one(
    base: &Base,
    identity: Identity,
    id: InstanceId,
) -> Result<Option<View<'static>>, Error> {
    let Some(directory) = open(base)? else { return Ok(None) };
    let Some(segment) = open_segment(base, &directory, identity)? else { return Ok(None) };
    let reader = Reader::new(segment.as_fd(), identity, base, &directory);
    let mut buffer = Vec::new();
    let finding = reader.examine(id, &mut buffer);
    Ok(finding.map(|finding| View::new(identity, id, finding, &buffer).into_owned()))
}

pub(crate) fn open(base: &Base) -> Result<Option<Directory>, Error> {
    base.open().map_err(|cause| Error::path("read store segments", cause))
}

pub(crate) fn open_segment(
    base: &Base,
    directory: &Directory,
    identity: Identity,
) -> Result<Option<OwnedFd>, Error> {
    directory.open_segment(Name::of_segment(identity).as_c_str()).map_err(|fault| {
        Error::path("read store segment entries", fault.at(&base.segment_path(identity)))
    })
}

pub(crate) fn unread_segment(base: &Base, identity: Identity, errno: Errno) -> Error {
    let cause = PathError::new("getdents64", base.segment_path(identity), errno);
    Error::path("read store segment entries", cause)
}
