//! Changing a file's contents as a whole, or not at all.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;

use crate::{Absolute, FileError, LockedFile};

/// Replaces a file's contents by what `change` makes of them, under the exclusive lock.
///
/// The file is created, empty, if there is none. If it is to grow, what comes after its old end is
/// written first, so that a full disk is noticed while the old contents are untouched. If anything
/// fails after that, the old contents are written back, as far as that succeeds. A crash meanwhile
/// leaves what was written until then.
///
/// ```
/// use hakurei_lockedfile::{Absolute, TransformError, read, transform};
///
/// # let directory = tempfile::tempdir()?;
/// let counter = Absolute::try_from(directory.path().join("counter"))?;
/// let increment = |old: &[u8]| -> Result<Vec<u8>, std::num::ParseIntError> {
///     let old = String::from_utf8_lossy(old);
///     let count: u32 = if old.is_empty() { 0 } else { old.parse()? };
///     Ok((count + 1).to_string().into_bytes())
/// };
/// transform(&counter, increment)?;
/// transform(&counter, increment)?;
/// assert_eq!(read(&counter)?, b"2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`TransformError::Change`] if `change` fails; the file is as it was. Otherwise
/// [`TransformError::File`], if it cannot be opened, locked, read or written.
pub fn transform<E>(
    path: &Absolute,
    change: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<(), TransformError<E>> {
    let locked = LockedFile::edit(path)?;
    let mut old = Vec::new();
    locked.file().read_to_end(&mut old).map_err(|cause| locked.failed("read", cause))?;
    let new = change(&old).map_err(TransformError::Change)?;
    replace(locked.file(), &old, &new).map_err(|cause| locked.failed("write", cause))?;
    Ok(locked.close()?)
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum TransformError<E> {
    /// The caller's own error, as it was returned.
    #[error(transparent)]
    Change(E),
    /// The file could not be opened, locked, read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Puts the new contents in place of the old, or puts the old ones back.
fn replace(file: &File, old: &[u8], new: &[u8]) -> io::Result<()> {
    if let Some(tail) = new.get(old.len()..) {
        file.write_all_at(tail, size(old)).inspect_err(|_| drop(file.set_len(size(old))))?;
    }
    overwrite(file, old, new).inspect_err(|_| {
        // It may fail just as well; the first error says more.
        drop(restore(file, old));
    })
}

/// Writes what comes before the old end, and cuts off what is left behind the new one; only now,
/// so that its room on the disk is still there if the old contents must be written back.
fn overwrite(file: &File, old: &[u8], new: &[u8]) -> io::Result<()> {
    file.write_all_at(&new[..new.len().min(old.len())], 0)?;
    if new.len() < old.len() { file.set_len(size(new)) } else { Ok(()) }
}

fn restore(file: &File, old: &[u8]) -> io::Result<()> {
    file.write_all_at(old, 0)?;
    file.set_len(size(old))
}

fn size(contents: &[u8]) -> u64 {
    contents.len() as u64
}

#[cfg(test)]
mod tests;
