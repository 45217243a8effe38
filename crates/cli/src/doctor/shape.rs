//! Whether a directory looks like a store's, for nobody else's is closed to others.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};

/// The name of lock files.
const LOCK: &str = "lock";

/// The name of a store that may be empty and still is known for one.
const USUAL_NAME: &str = "state";

/// Why a directory is no store, in words that follow its name; none if it looks like one.
pub(super) fn objection_to_store(path: &Path, found: &Metadata) -> Option<String> {
    // Whatever lies in these, other programs rely on their modes.
    if is_root(found) {
        return Some("it is the root of all directories, and no store".into());
    }
    if found.mode() & 0o1000 != 0 {
        return Some("it is for everybody to put files into (sticky), and no store".into());
    }
    let looked = foreign(path, |name, path, kind| match name {
        LOCK => Ok(kind.is_file()),
        _ => Ok(kind.is_dir() && is_segment(name) && foreign_to_segment(path)?.is_none()),
    });
    match looked {
        Ok(Looked::Empty) if path.file_name().is_none_or(|name| name != USUAL_NAME) => {
            Some("it is empty, so that nothing shows that it is a store".into())
        }
        looked => objection(path, looked),
    }
}

/// The same of a segment's directory; a new one may be empty.
pub(super) fn objection_to_segment(path: &Path) -> Option<String> {
    objection(path, look_into_segment(path))
}

fn objection(path: &Path, looked: io::Result<Looked>) -> Option<String> {
    match looked {
        Ok(Looked::Empty | Looked::Ours) => None,
        Ok(Looked::Foreign(name)) => {
            Some(format!("it holds foreign files, as {}", Path::new(&name).display()))
        }
        Err(error) => {
            let error = PathError::new("read", path, error);
            Some(format!("it cannot be told what it holds: {error}"))
        }
    }
}

/// What a directory holds.
enum Looked {
    Empty,
    /// Nothing that does not belong there.
    Ours,
    /// The first that does not.
    Foreign(OsString),
}

/// Looks at names until one does not belong there.
fn foreign(
    directory: &Path,
    is_ours: impl Fn(&str, &Path, fs::FileType) -> io::Result<bool>,
) -> io::Result<Looked> {
    let mut looked = Looked::Empty;
    for item in fs::read_dir(directory)? {
        let item = item?;
        let name = item.file_name();
        let kind = item.file_type()?;
        if !name.to_str().map_or(Ok(false), |name| is_ours(name, &item.path(), kind))? {
            return Ok(Looked::Foreign(name));
        }
        looked = Looked::Ours;
    }
    Ok(looked)
}

fn look_into_segment(path: &Path) -> io::Result<Looked> {
    foreign(path, |name, _, kind| {
        // Whatever has an id for its name stands in an entry's place, and is dealt with as one.
        Ok(name == LOCK && kind.is_file() || name.parse::<InstanceId>().is_ok())
    })
}

fn foreign_to_segment(path: &Path) -> io::Result<Option<OsString>> {
    match look_into_segment(path) {
        Ok(Looked::Foreign(name)) => Ok(Some(name)),
        Ok(Looked::Empty | Looked::Ours) => Ok(None),
        // A segment that keeps its owner out is a finding of its own.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_segment(name: &str) -> bool {
    // `007` is a number, but no name of a segment.
    name.parse()
        .ok()
        .and_then(|number: i64| Identity::new(number).ok())
        .is_some_and(|identity| identity.to_string() == name)
}

fn is_root(found: &Metadata) -> bool {
    fs::metadata("/").is_ok_and(|root| (root.dev(), root.ino()) == (found.dev(), found.ino()))
}
