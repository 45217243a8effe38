//! Files that are locked while they are open.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::acquire::Request;
use crate::guard::Hold;
use crate::sys::{self, Links, Rights};
use crate::{Absolute, FileError, Inode, Mode, PathError, Place, Wait};

/// A file that is locked for as long as it is open.
///
/// Readers share the lock; whoever writes has it alone. It protects from those who lock as well, and
/// from nobody else. A symbolic link is followed, as with any file; what is not a regular file is
/// refused.
///
/// As with a [`Guard`](crate::Guard), it stays in its thread, a second lock on the file in the same
/// thread is refused, and in a forked child it holds no lock.
#[must_use = "dropping it closes the file and releases the lock"]
pub struct LockedFile {
    hold: Hold<File>,
    path: Absolute,
    in_its_thread: PhantomData<*mut ()>,
}

/// What a [`LockedFile`] is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// Reading a file that exists, beside other readers.
    Read,
    /// Writing a file from its beginning. It is created, or else emptied once it is locked.
    Create,
    /// Reading and writing what is there. The file is created if there is none.
    Edit,
}

/// The permissions that a file is created with where none are given, less the umask.
const PERMISSIONS: u32 = 0o666;

impl LockedFile {
    /// Opens a file for reading, and waits until no writer has it.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be opened or locked.
    pub fn open(path: &Absolute) -> Result<Self, FileError> {
        Self::open_with(path, Access::Read, PERMISSIONS, Wait::forever())
    }

    /// Opens a file for writing from its beginning, and waits until nobody else has it.
    ///
    /// It is created with permissions 0666 less the umask if there is none. What it held is there
    /// until the lock is taken.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be opened, locked or emptied.
    pub fn create(path: &Absolute) -> Result<Self, FileError> {
        Self::open_with(path, Access::Create, PERMISSIONS, Wait::forever())
    }

    /// Opens a file for reading and writing, and waits until nobody else has it.
    ///
    /// It is created with permissions 0666 less the umask if there is none.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be opened or locked.
    pub fn edit(path: &Absolute) -> Result<Self, FileError> {
        Self::open_with(path, Access::Edit, PERMISSIONS, Wait::forever())
    }

    /// Opens a file for either use, with these permissions (less the umask) if it is created, and
    /// waits as told.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be opened, locked or emptied.
    pub fn open_with(
        path: &Absolute,
        access: Access,
        permissions: u32,
        wait: Wait<'_>,
    ) -> Result<Self, FileError> {
        let place = DataFile { path, access, permissions };
        let request = Request { place: &place, slot: None, mode: access.mode(), rank: None, wait };
        let hold = request.grant()?.granted(path)?;
        let file = Self { hold, path: path.clone(), in_its_thread: PhantomData };
        if access == Access::Create {
            file.file().set_len(0).map_err(|cause| file.failed("ftruncate", cause))?;
        }
        Ok(file)
    }

    /// The open file. Its descriptor carries the lock, and must not be locked or unlocked by itself.
    #[must_use]
    pub fn file(&self) -> &File {
        self.hold.kept().opened()
    }

    /// The pathname that it was opened by.
    #[must_use]
    pub fn path(&self) -> &Absolute {
        &self.path
    }

    /// Asks for the size, permissions and times of the file.
    ///
    /// # Errors
    ///
    /// What the kernel answers; it does not fail on an open file of a healthy filesystem.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.file().metadata()
    }

    /// Releases the lock and closes the file, and tells of what dropping would swallow.
    ///
    /// # Errors
    ///
    /// The first call that failed; the file is closed nevertheless.
    pub fn close(self) -> Result<(), FileError> {
        let Self { mut hold, path, .. } = self;
        let failed = |call| {
            let path = &path;
            move |cause| PathError::new(call, path.as_path(), cause)
        };
        let released = hold.release();
        let kept = Arc::clone(hold.kept());
        drop(hold);
        // Nobody else has a share of a file that was opened for this alone.
        let closed = Arc::into_inner(kept).map_or(Ok(()), |kept| sys::close(kept.opened.into()));
        released.map_err(failed("flock"))?;
        Ok(closed.map_err(failed("close"))?)
    }

    pub(crate) fn failed(&self, call: &'static str, cause: io::Error) -> FileError {
        PathError::new(call, self.path.as_path(), cause).into()
    }
}

impl Access {
    fn mode(self) -> Mode {
        match self {
            Self::Read => Mode::Shared,
            Self::Create | Self::Edit => Mode::Exclusive,
        }
    }

    fn rights(self) -> Rights {
        match self {
            Self::Read => Rights::Read,
            Self::Create | Self::Edit => Rights::Write,
        }
    }
}

impl Read for LockedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file().read(buffer)
    }
}

impl Write for LockedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

impl Seek for LockedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file().seek(to)
    }
}

impl fmt::Debug for LockedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Reads a file to its end, under a shared lock.
///
/// # Errors
///
/// [`FileError`] if it cannot be opened, locked or read.
pub fn read(path: &Absolute) -> Result<Vec<u8>, FileError> {
    let file = LockedFile::open(path)?;
    let mut contents = Vec::new();
    file.file().read_to_end(&mut contents).map_err(|cause| file.failed("read", cause))?;
    file.close()?;
    Ok(contents)
}

/// Writes a file from its beginning under the exclusive lock, and creates it with these permissions
/// (less the umask) if there is none.
///
/// What it held before is lost even if this fails; [`transform`](crate::transform()) does better.
///
/// # Errors
///
/// [`FileError`] if it cannot be opened, locked, emptied or written.
pub fn write(
    path: &Absolute,
    contents: impl AsRef<[u8]>,
    permissions: u32,
) -> Result<(), FileError> {
    let file = LockedFile::open_with(path, Access::Create, permissions, Wait::forever())?;
    file.file().write_all(contents.as_ref()).map_err(|cause| file.failed("write", cause))?;
    file.close()
}

/// A file of any use, by its name.
struct DataFile<'a> {
    path: &'a Absolute,
    access: Access,
    permissions: u32,
}

impl Place for DataFile<'_> {
    type Opened = File;

    fn path(&self) -> &Absolute {
        self.path
    }

    fn open(&self) -> Result<File, PathError> {
        let open = || {
            let rights = self.access.rights();
            let file = sys::open(self.path.as_path(), rights, Links::Follow, self.permissions)?;
            if sys::look(&file)?.is_regular {
                Ok(File::from(file))
            } else {
                Err(io::Error::other("not a regular file"))
            }
        };
        open().map_err(|cause| PathError::new("open", self.path.as_path(), cause))
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        sys::inode_at(self.path.as_path(), Links::Follow)
            .map_err(|cause| PathError::new("stat", self.path.as_path(), cause))
    }
}

#[cfg(test)]
mod tests;
