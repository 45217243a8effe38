//! Recording an instance in a locked segment.

use hakurei_check::PathError;
use hakurei_hst::{AppError, Identity};

use super::Segment;
use crate::beside_go;
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::format::Format;
use crate::lease::Lease;
use crate::names::Name;
use crate::publish::{Durability, Publication};
use crate::record::Record;
use crate::sys::Errno;

impl Segment<'_> {
    /// Records an instance: its entry appears whole and leased to this process, or not at all.
    ///
    /// Nothing is synced to a disk: a runtime directory is empty after a power cut, and so is what it
    /// was about. Where the store lies elsewhere, [`save_durably`](Self::save_durably) does it.
    ///
    /// # Errors
    ///
    /// Nothing has been recorded, and what was there before is untouched.
    ///
    /// - [`ErrorKind::Refused`], step `validate configuration`: the state is another identity's; or
    ///   step `open state entry`: the store is another user's.
    /// - [`ErrorKind::ForeignFormat`], step `open state entry`: the record is CBOR, and the Go system
    ///   uses this store, by its path or by an entry in this segment. It would not count what it cannot
    ///   read, and take resources back under a running instance; so save a record in gob.
    /// - [`ErrorKind::Exists`], step `open state entry`: the id is taken.
    /// - [`ErrorKind::Leased`], step `open state entry`: on a filesystem without unnamed files, somebody
    ///   was stopped while asking about the new entry.
    /// - Step `open state entry`, or `encode state body` for the writing itself: what the kernel
    ///   answered, such as a full disk.
    pub fn save(&self, record: &Record) -> Result<Lease, Error> {
        self.save_as(record, Durability::WhileTheKernelRuns)
    }

    /// As [`save`](Self::save), and the entry survives a power cut from when this returns: its bytes
    /// are synced before it has its name, and then the segment. The first time, so are the base and
    /// the directories above it, as far as they are of one filesystem and this user can open them.
    ///
    /// The segment's lock is held while the disk works, which may take long. Destroying an instance is
    /// not synced: after a power cut its entry may be back, and is dead then.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save); and what the kernel answers to syncing, with the step
    /// `encode state body` for the entry's bytes and `open state entry` for a directory. The entry has
    /// been taken away again then.
    pub fn save_durably(&self, record: &Record) -> Result<Lease, Error> {
        self.save_as(record, Durability::OnTheDisk)
    }

    fn save_as(&self, record: &Record, durability: Durability) -> Result<Lease, Error> {
        if record.identity() != self.identity() {
            return Err(self.wrong_identity(record.identity()));
        }
        self.check_may_save()?;
        if record.format() == Format::Cbor && self.is_used_by_go()? {
            return Err(beside_go::refusal(self.base().pathname(), self.identity()));
        }
        if durability == Durability::OnTheDisk {
            let synced = self.directories().sync_way(self.base().pathname().as_path());
            synced.map_err(|cause| Error::path(OPEN_ENTRY, cause))?;
        }
        self.free_ended();
        let publication = Publication {
            segment: self.directory(),
            name: &Name::of_entry(record.id()),
            entry: record.as_bytes(),
            durability,
            path: || self.path(record.id()),
        };
        let file = publication.publish().map_err(publication_error)?;
        Ok(self.lease(file, record.id()))
    }

    /// Whether the Go system uses this segment.
    fn is_used_by_go(&self) -> Result<bool, Error> {
        if beside_go::is_its_path(self.base().pathname()) {
            return Ok(true);
        }
        let ids = self.entries()?.filter_map(|entry| Some(entry.ok()?.id()));
        beside_go::uses(&self.reader(), ids, &mut self.opened().not_gos.lock())
    }

    fn wrong_identity(&self, identity: Identity) -> Error {
        let message =
            format!("identity {identity} does not belong into segment {}", self.identity());
        Error::told(ErrorKind::Refused, "validate configuration", Errno::INVAL, message)
    }
}

/// A taken id is a kind of its own, and so is a lease that somebody is in the way of; writing is a step of
/// its own.
fn publication_error(cause: PathError) -> Error {
    let kind = match (cause.call(), cause.cause().kind()) {
        (_, std::io::ErrorKind::AlreadyExists) => Some(ErrorKind::Exists),
        // Of other calls, the same number says that something has run out.
        ("flock", std::io::ErrorKind::WouldBlock) => Some(ErrorKind::Leased),
        _ => None,
    };
    if let Some(kind) = kind {
        return Error::new(kind, AppError::new(OPEN_ENTRY, cause));
    }
    match cause.call() {
        "write" | "fdatasync" => Error::path("encode state body", cause),
        _ => Error::path(OPEN_ENTRY, cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_an_entry_from_its_name_is_of_a_kind_of_its_own() {
        for (call, errno, kind, step) in [
            ("link", Errno::EXIST, ErrorKind::Exists, OPEN_ENTRY),
            ("flock", Errno::WOULDBLOCK, ErrorKind::Leased, OPEN_ENTRY),
            ("open", Errno::AGAIN, ErrorKind::System, OPEN_ENTRY),
            ("write", Errno::AGAIN, ErrorKind::System, "encode state body"),
            ("fsync", Errno::IO, ErrorKind::System, OPEN_ENTRY),
            ("write", Errno::NOSPC, ErrorKind::System, "encode state body"),
            ("fdatasync", Errno::IO, ErrorKind::System, "encode state body"),
        ] {
            let error = publication_error(PathError::new(call, "/entry", errno));
            assert_eq!((error.kind(), error.step()), (kind, step), "{call}");
        }
    }
}
