//! Whether the Go system uses a store.
//!
//! A launcher of the Go system that ends takes back what its identity used, unless others of that
//! identity still run; and it does not count entries that it cannot read. So where it is about, its
//! own format is the only one that is safe to write.

use std::collections::BTreeSet;
use std::os::fd::AsFd;

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{AppError, Identity, InstanceId};

use crate::entry_file::Reader;
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::format::Revision;
use crate::sys::Errno;

/// Whether this is where the Go system keeps its store: `hakurei.N/state` below some directory.
pub(crate) fn is_its_path(base: &Absolute) -> bool {
    let mut names = base.as_bytes().rsplit(|byte| *byte == b'/').filter(|name| !name.is_empty());
    let (last, above) = (names.next(), names.next());
    let number = above.and_then(|name| name.strip_prefix(b"hakurei."));
    last == Some(b"state")
        && number.is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// Whether the Go system wrote one of the entries, or reads it; by their headers alone.
///
/// An entry never changes, so that those in `ours`, which are known to be no affair of Go's, are not
/// looked at again; the others that turn out so come to stand there.
///
/// # Errors
///
/// A header that could not be read, though it might have been: then nothing is known.
pub(crate) fn uses(
    reader: &Reader<'_>,
    ids: impl Iterator<Item = InstanceId>,
    ours: &mut BTreeSet<InstanceId>,
) -> Result<bool, Error> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !ours.contains(&id) && is_its_entry(reader, id)? {
            return Ok(true);
        }
        seen.insert(id);
    }
    *ours = seen;
    Ok(false)
}

fn is_its_entry(reader: &Reader<'_>, id: InstanceId) -> Result<bool, Error> {
    let header = match reader.open(id) {
        Ok(Some((file, _))) => reader.read_header(file.as_fd(), id),
        Ok(None) => return Ok(false),
        Err(error) => Err(error),
    };
    match header {
        Ok(header) => Ok(header.revision() == Revision::GO),
        Err(error) => match error.kind() {
            ErrorKind::Corrupt | ErrorKind::Newer => Ok(false),
            // A second name or another owner keeps us from reading it, and not Go. What nobody may
            // read Go may not either; but it would not go on without it.
            _ if is_forbidden(&error) => Ok(true),
            _ => Err(error),
        },
    }
}

fn is_forbidden(error: &Error) -> bool {
    let cause =
        std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<PathError>());
    cause.is_some_and(|cause| cause.cause().kind() == std::io::ErrorKind::PermissionDenied)
}

/// Why cbor is not saved where Go is about, and what is instead.
pub(crate) fn refusal(base: &Absolute, identity: Identity) -> Error {
    let message = format!(
        "the Go system uses segment {identity} of {base}, and would not count an entry in cbor; \
         save it in gob"
    );
    let cause = std::io::Error::from(Errno::NOTSUP);
    let app = AppError::new(OPEN_ENTRY, cause).with_message(message);
    Error::new(ErrorKind::ForeignFormat, app)
}

#[cfg(test)]
mod tests {
    use hakurei_check::absolute;

    use super::*;
    use crate::trust::{Distrust, Fault};

    #[test]
    fn its_path_ends_in_a_numbered_directory_and_state() {
        for its in [
            absolute!("/tmp/hakurei.0/state"),
            absolute!("/hakurei.1971/state/"),
            absolute!("/run//hakurei.0//state"),
        ] {
            assert!(is_its_path(&its), "{its}");
        }
        for not in [
            absolute!("/run/user/1971/hakurei/state"),
            absolute!("/tmp/hakurei./state"),
            absolute!("/tmp/hakurei.0/state/7"),
            absolute!("/tmp/hakurei.a/state"),
            absolute!("/tmp/hakurei-store.0/state"),
            absolute!("/state"),
            absolute!("/"),
        ] {
            assert!(!is_its_path(&not), "{not}");
        }
    }

    #[test]
    fn what_may_not_be_read_is_told_from_what_cannot_be() {
        let linked = Distrust::of("/x".as_ref(), Fault::Links(2));
        assert!(is_forbidden(&Error::path(OPEN_ENTRY, linked)));
        let is_forbidden =
            |errno| is_forbidden(&Error::path(OPEN_ENTRY, PathError::new("open", "/x", errno)));
        assert!(is_forbidden(Errno::ACCESS));
        assert!(is_forbidden(Errno::PERM));
        assert!(!is_forbidden(Errno::IO));
        assert!(!is_forbidden(Errno::NOENT));
    }
}
