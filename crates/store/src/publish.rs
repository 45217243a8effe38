//! How an entry gets its name: whole and leased, or not at all.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use hakurei_check::PathError;
use hakurei_hst::InstanceId;
use hakurei_lockedfile::Inode;

use crate::names::Name;
use crate::sys::{self, Errno};

/// Writes an entry and names it, under the segment's lock, and gives back the descriptor that holds
/// its lease.
///
/// The file has no name while it is written, and is locked before it gets one. If this process is
/// killed on the way, or anything fails, nothing is left and nothing was there to be seen.
pub(crate) fn publish(
    segment: BorrowedFd<'_>,
    name: &Name,
    entry: &[u8],
    path: impl Fn() -> PathBuf,
) -> Result<(OwnedFd, Inode), PathError> {
    let error = |call, errno: Errno| PathError::new(call, path(), errno);
    let file = match sys::create_unnamed(segment) {
        Ok(file) => file,
        // Filesystems without O_TMPFILE say one of these (open(2)).
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
            return publish_in_place(segment, name, entry, error);
        }
        Err(errno) => return Err(error("open", errno)),
    };
    sys::write_all(&file, entry).map_err(|errno| error("write", errno))?;
    sys::flock_exclusive(&file).map_err(|errno| error("flock", errno))?;
    let inode = sys::stat(&file).map_err(|errno| error("fstat", errno))?.inode;
    sys::link(&file, segment, name.as_c_str()).map_err(|errno| error("link", errno))?;
    Ok((file, inode))
}

/// Takes an entry's name away if it means that inode; false if it does not, or is not there. The
/// error says which call it was.
pub(crate) fn withdraw(
    segment: BorrowedFd<'_>,
    id: InstanceId,
    inode: Option<Inode>,
) -> Result<bool, (&'static str, Errno)> {
    let name = Name::of_entry(id);
    match sys::stat_at(segment, name.as_c_str()) {
        Ok(stat) if Some(stat.inode) == inode => {}
        Ok(_) | Err(Errno::NOENT) => return Ok(false),
        Err(errno) => return Err(("stat", errno)),
    }
    match sys::unlink(segment, name.as_c_str()) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(("unlink", errno)),
    }
}

/// Where a file cannot be without a name: it is seen as starting until it is whole, for the
/// segment's lock is held meanwhile.
fn publish_in_place(
    segment: BorrowedFd<'_>,
    name: &Name,
    entry: &[u8],
    error: impl Fn(&'static str, Errno) -> PathError,
) -> Result<(OwnedFd, Inode), PathError> {
    let file =
        sys::create_exclusive(segment, name.as_c_str()).map_err(|errno| error("open", errno))?;
    let written = sys::flock_exclusive(&file)
        .map_err(|errno| error("flock", errno))
        .and_then(|()| sys::write_all(file.as_fd(), entry).map_err(|errno| error("write", errno)))
        .and_then(|()| sys::stat(&file).map_err(|errno| error("fstat", errno)));
    match written {
        Ok(stat) => Ok((file, stat.inode)),
        Err(failed) => {
            // The name is ours since it was made exclusively; the first error is the one to tell.
            let _unwritten = sys::unlink(segment, name.as_c_str());
            Err(failed)
        }
    }
}
