use std::fs::File;
use std::os::fd::OwnedFd;
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::sys::{Blocking, Flock};

fn place() -> (TempDir, Absolute) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("lock")).unwrap();
    File::create_new(path.as_path()).unwrap();
    (directory, path)
}

#[test]
fn only_an_owner_refuses() {
    let (_directory, path) = place();
    let kept = Kept::open(&path).unwrap();
    let outside = File::open(path.as_path()).unwrap();
    for (mode, expected) in [(Mode::Shared, false), (Mode::Exclusive, true)] {
        assert!(matches!(sys::flock(&outside, mode, Blocking::No), Ok(Flock::Granted)));
        assert_eq!(kept.is_refused(&path).unwrap(), expected, "{mode:?}");
    }
    sys::unlock(&outside).unwrap();
    assert!(!kept.is_refused(&path).unwrap());
    let answer = sys::flock(&outside, Mode::Exclusive, Blocking::No);
    assert!(matches!(answer, Ok(Flock::Granted)), "asking has kept a share of it");
}

/// A place in which another thread is always faster at opening.
struct Overtaken<'a> {
    path: Absolute,
    slot: &'a Slot<OwnedFd>,
    first: Mutex<Option<Arc<Kept<OwnedFd>>>>,
}

impl Place for Overtaken<'_> {
    type Opened = OwnedFd;

    fn path(&self) -> &Absolute {
        &self.path
    }

    fn open(&self) -> Result<OwnedFd, PathError> {
        let open = || *self.first.lock() = Some(self.slot.open(&self.path).unwrap());
        thread::scope(|scope| scope.spawn(open).join().unwrap());
        Place::open(&self.path)
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.path.current()
    }
}

#[test]
fn of_two_threads_that_open_the_file_the_first_is_kept() {
    let (_directory, path) = place();
    let slot = Slot::new();
    let place = Overtaken { path, slot: &slot, first: Mutex::new(None) };
    let second = slot.open(&place).unwrap();
    let first = place.first.lock().take().unwrap();
    assert!(Arc::ptr_eq(&first, &second), "what was opened second is closed again");
}
