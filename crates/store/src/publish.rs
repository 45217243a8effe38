//! How an entry gets its name: whole and leased, or not at all.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;

use hakurei_check::PathError;
use hakurei_hst::InstanceId;
use hakurei_lockedfile::Inode;

use crate::claim::{Claim, claim};
use crate::names::Name;
use crate::sys::{self, Errno, FileType};

/// What an entry has to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The death of any process; a power cut leaves none that it could be about.
    WhileTheKernelRuns,
    /// A power cut too: it is on the disk before its name is, and its name before anybody is told.
    OnTheDisk,
}

/// An entry that is to get a name.
pub(crate) struct Publication<'a, P> {
    pub(crate) segment: BorrowedFd<'a>,
    pub(crate) name: &'a Name,
    pub(crate) entry: &'a [u8],
    pub(crate) durability: Durability,
    /// Its whole pathname, for errors.
    pub(crate) path: P,
}

impl<P: Fn() -> PathBuf> Publication<'_, P> {
    /// Writes the entry and names it, under the segment's lock, and gives back the descriptor that
    /// holds its lease.
    ///
    /// The file has no name while it is written, and is locked before it gets one. If this process is
    /// killed on the way, or anything fails, nothing is left and nothing was there to be seen.
    pub(crate) fn publish(&self) -> Result<OwnedFd, PathError> {
        let file = match sys::create_unnamed(self.segment) {
            Ok(file) => file,
            // Filesystems without O_TMPFILE say one of these (open(2)).
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => return self.publish_in_place(),
            Err(errno) => return Err(self.error("open", errno)),
        };
        self.write(&file)?;
        self.lease(&file)?;
        sys::link(&file, self.segment, self.name.as_c_str())
            .map_err(|errno| self.error("link", errno))?;
        self.or_take_away(self.settle().map(|()| file))
    }

    /// Where a file cannot be without a name: it is seen as starting until it is whole, for the
    /// segment's lock is held meanwhile.
    fn publish_in_place(&self) -> Result<OwnedFd, PathError> {
        let file = sys::create_exclusive(self.segment, self.name.as_c_str())
            .map_err(|errno| self.error("open", errno))?;
        let written =
            self.lease(&file).and_then(|()| self.write(&file)).and_then(|()| self.settle());
        self.or_take_away(written.map(|()| file))
    }

    /// Nobody else can hold it yet; but who asks whether somebody does may have been stopped in the
    /// middle of that, and is not waited for under the segment's lock.
    fn lease(&self, file: &OwnedFd) -> Result<(), PathError> {
        match claim(file) {
            Ok(Claim::Taken) => Ok(()),
            Ok(Claim::Held) => Err(self.error("flock", Errno::WOULDBLOCK)),
            Err(errno) => Err(self.error("flock", errno)),
        }
    }

    fn write(&self, file: &OwnedFd) -> Result<(), PathError> {
        sys::write_all(file, self.entry).map_err(|errno| self.error("write", errno))?;
        match self.durability {
            Durability::WhileTheKernelRuns => Ok(()),
            Durability::OnTheDisk => {
                sys::sync_data(file).map_err(|errno| self.error("fdatasync", errno))
            }
        }
    }

    /// Has the name survive what its entry does.
    fn settle(&self) -> Result<(), PathError> {
        match self.durability {
            Durability::WhileTheKernelRuns => Ok(()),
            Durability::OnTheDisk => {
                sys::sync_dir(self.segment).map_err(|errno| self.error("fsync", errno))
            }
        }
    }

    /// Takes the name away again if something failed after it was made.
    fn or_take_away<T>(&self, published: Result<T, PathError>) -> Result<T, PathError> {
        if published.is_err() {
            // The name is ours, since nothing was there before; the first error is the one to tell.
            let _unpublished = sys::unlink(self.segment, self.name.as_c_str());
        }
        published
    }

    fn error(&self, call: &'static str, errno: Errno) -> PathError {
        PathError::new(call, (self.path)(), errno)
    }
}

/// Takes what stands under an entry's name away if it is that inode; false if it is not, or nothing
/// is there. An empty directory goes as well. The error says which call it was.
pub(crate) fn withdraw(
    segment: BorrowedFd<'_>,
    id: InstanceId,
    inode: Option<Inode>,
) -> Result<bool, (&'static str, Errno)> {
    let name = Name::of_entry(id);
    let stat = match sys::stat_at(segment, name.as_c_str()) {
        Ok(stat) if Some(stat.inode) == inode => stat,
        Ok(_) | Err(Errno::NOENT) => return Ok(false),
        Err(errno) => return Err(("stat", errno)),
    };
    let (call, removed) = match stat.kind {
        FileType::Directory => ("rmdir", sys::remove_dir(segment, name.as_c_str())),
        _ => ("unlink", sys::unlink(segment, name.as_c_str())),
    };
    match removed {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err((call, errno)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;
    use crate::sys::Answer;

    #[test]
    fn who_was_stopped_while_asking_for_a_lease_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let segment = sys::open_dir(directory.path()).unwrap();
        let id = crate::new_instance_id().unwrap();
        let publication = Publication {
            segment: segment.as_fd(),
            name: &Name::of_entry(id),
            entry: b"",
            durability: Durability::WhileTheKernelRuns,
            path: || directory.path().join(id.to_string()),
        };
        let file = sys::create_exclusive(&segment, Name::of_entry(id).as_c_str()).unwrap();
        let asking = sys::open_for_reading(&segment, Name::of_entry(id).as_c_str()).unwrap();
        assert_eq!(sys::try_shared(&asking), Ok(Answer::Granted));
        let error = publication.lease(&file).unwrap_err();
        assert_eq!(error.cause().kind(), std::io::ErrorKind::WouldBlock);
        drop(asking);
        publication.lease(&file).unwrap();
    }
}
