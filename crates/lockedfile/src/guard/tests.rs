use std::cell::Cell;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;

use crate::{Absolute, Inode, LockErrorKind, Mutex, PathError, Place};

/// A lock file that cannot be unlocked once it is spoilt: a descriptor that only stands for a name is
/// no open file to flock(2).
struct Spoilt {
    file: File,
    name: File,
    is_spoilt: Cell<bool>,
}

impl AsFd for Spoilt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        if self.is_spoilt.get() { self.name.as_fd() } else { self.file.as_fd() }
    }
}

struct SpoiltPlace(Absolute);

impl Place for SpoiltPlace {
    type Opened = Spoilt;

    fn path(&self) -> &Absolute {
        &self.0
    }

    fn open(&self) -> Result<Spoilt, PathError> {
        const O_PATH: i32 = 0o10_000_000;
        let path = self.0.as_path();
        let file = File::create(path).unwrap();
        let name = File::options().read(true).custom_flags(O_PATH).open(path).unwrap();
        Ok(Spoilt { file, name, is_spoilt: Cell::new(false) })
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.0.current()
    }
}

#[test]
fn who_unlocks_is_told_if_that_fails() {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("lock")).unwrap();
    let mutex = Mutex::at(SpoiltPlace(path.clone()));
    let guard = mutex.lock().unwrap();
    guard.opened().is_spoilt.set(true);
    let error = guard.unlock().unwrap_err();
    assert_eq!((error.kind(), error.path()), (LockErrorKind::System, &path));
    // The turn has ended all the same, and the note of it.
    mutex.open().unwrap().opened().is_spoilt.set(false);
    mutex.lock().unwrap().unlock().unwrap();
}
