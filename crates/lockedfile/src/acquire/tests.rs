use std::cell::{Cell, RefCell};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{PROBES, past_probes};
use crate::sys::{self, Blocking, Flock};
use crate::{Absolute, Inode, LockErrorKind, Mode, Mutex, PathError, Place};

/// Asks for a lock that so many probes and then perhaps an owner are in the way of; says whether it
/// was granted, and how often it was asked for.
fn ask(probes: u32, is_owned: bool) -> (bool, u32) {
    let asked = Cell::new(0);
    let take = || {
        asked.set(asked.get() + 1);
        Ok((asked.get() > probes).then_some(()))
    };
    let is_shareable = || Ok(asked.get() < probes || !is_owned);
    let granted = past_probes(take, is_shareable).expect("nothing fails");
    (granted.is_some(), asked.get())
}

#[test]
fn who_only_asks_is_in_nobodys_way() {
    assert_eq!(ask(0, false), (true, 1));
    assert_eq!(ask(5, false), (true, 6));
}

#[test]
fn an_owner_is_final() {
    assert_eq!(ask(0, true), (false, 0));
    assert_eq!(ask(5, true), (false, 5));
}

#[test]
fn who_shares_a_lock_for_good_is_no_probe() {
    assert_eq!(ask(u32::MAX, false), (false, PROBES));
}

/// A lock file that somebody has locked whom the registry of this process knows nothing of: what
/// another process would be.
fn locked_from_outside(mode: Mode) -> (TempDir, Absolute, File) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("lock")).unwrap();
    let outside = File::create_new(path.as_path()).unwrap();
    assert!(matches!(sys::flock(&outside, mode, Blocking::No), Ok(Flock::Granted)));
    (directory, path, outside)
}

#[test]
fn what_is_locked_outside_is_not_had() {
    let (_directory, path, outside) = locked_from_outside(Mode::Exclusive);
    let mutex = Mutex::at(path);
    assert!(mutex.try_lock().unwrap().is_none());
    let error = mutex.lock_until(Instant::now() + Duration::from_millis(5)).unwrap_err();
    assert_eq!(error.kind(), LockErrorKind::TimedOut);
    assert_eq!(error.holder().unwrap().pid(), Some(sys::process_id()));
    drop(outside);
    assert!(mutex.try_lock().unwrap().is_some());
}

#[test]
fn what_is_let_go_of_outside_is_had_by_who_waits() {
    // Once with endless patience, which the kernel serves, and once by asking again.
    for limit in [None, Some(Instant::now() + Duration::from_secs(60))] {
        let (_directory, path, outside) = locked_from_outside(Mode::Exclusive);
        let mutex = Mutex::at(path);
        let mut outside = Some(outside);
        let mut let_go = |_: &crate::Waiting<'_>| drop(outside.take());
        let wait = limit.map_or_else(crate::Wait::forever, crate::Wait::until);
        let guard = mutex.lock_with(Mode::Exclusive, wait.observed_by(&mut let_go)).unwrap();
        assert!(thread::scope(|scope| {
            scope.spawn(|| mutex.try_lock().unwrap().is_none()).join().unwrap()
        }));
        drop(guard);
        assert!(outside.is_none(), "it was had while somebody else held it");
    }
}

/// A lock file on which somebody asks for the lease, as a probe does, until it has been used so often.
struct Probed {
    file: File,
    probe: RefCell<Option<File>>,
    uses: Cell<u32>,
}

impl AsFd for Probed {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.uses.set(self.uses.get() + 1);
        if self.uses.get() == 20 {
            self.probe.take();
        }
        self.file.as_fd()
    }
}

/// Where it is.
struct ProbedPlace {
    path: Absolute,
    probe: RefCell<Option<File>>,
}

impl Place for ProbedPlace {
    type Opened = Probed;

    fn path(&self) -> &Absolute {
        &self.path
    }

    fn open(&self) -> Result<Probed, PathError> {
        let file = File::open(self.path.as_path()).unwrap();
        Ok(Probed { file, probe: RefCell::new(self.probe.take()), uses: Cell::new(0) })
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.path.current()
    }
}

#[test]
fn a_probe_that_ends_is_in_nobodys_way() {
    let (_directory, path, probe) = locked_from_outside(Mode::Shared);
    let mutex = Mutex::at(ProbedPlace { path, probe: RefCell::new(Some(probe)) });
    let guard = mutex.try_lock().unwrap().expect("who only asks lets go");
    assert!(guard.opened().uses.get() >= 20, "it was had while somebody shared it");
}
