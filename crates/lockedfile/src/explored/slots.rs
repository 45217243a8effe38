//! The slot of a mutex: one open lock file, never half open, and nothing of a failure.

use std::sync::Arc;

use shuttle::thread;

use super::explore;
use super::places::Files;
use crate::kept::Slot;
use crate::{LockErrorKind, Mutex};

#[test]
fn all_threads_are_lent_one_open_file() {
    let files = Files::new(1);
    explore(move || {
        let name = files.name();
        let mutex = Arc::new(Mutex::at(name.clone()));
        let openers: Vec<_> = (0..3)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || mutex.open().unwrap())
            })
            .collect();
        let lent: Vec<_> = openers.into_iter().map(|opener| opener.join().unwrap()).collect();
        assert!(lent.iter().all(|kept| Arc::ptr_eq(kept, &lent[0])), "two files are kept");
        assert!(Arc::ptr_eq(&mutex.open().unwrap(), &lent[0]), "it is opened again");
        assert!((1..=3).contains(&name.openings()));
    });
}

#[test]
fn a_failure_is_told_to_one_and_remembered_by_none() {
    let files = Files::new(1);
    explore(move || {
        let name = files.name();
        name.fail_once();
        let mutex = Arc::new(Mutex::at(name.clone()));
        let openers: Vec<_> = (0..2)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || mutex.open().map_err(|error| error.kind()))
            })
            .collect();
        let lent: Vec<_> = openers.into_iter().map(|opener| opener.join().unwrap()).collect();
        let failed = lent.iter().filter(|lent| lent.is_err()).count();
        assert_eq!(failed, 1, "one opening fails");
        assert!(lent.iter().flatten().all(|kept| kept.inode() == files.inode(0)), "half made");
        assert!(
            lent.iter().all(|lent| *lent.as_ref().err().unwrap_or(&LockErrorKind::System)
                == LockErrorKind::System)
        );
        mutex.lock().expect("what failed once is tried again").unlock().unwrap();
    });
}

#[test]
fn only_what_is_stale_is_forgotten() {
    let files = Files::new(2);
    explore(move || {
        let name = files.name();
        let slot = Arc::new(Slot::new());
        let stale = slot.open(&name).unwrap();
        name.replace();
        let forgetters: Vec<_> = (0..2)
            .map(|_| {
                let (slot, stale, name) = (Arc::clone(&slot), Arc::clone(&stale), name.clone());
                thread::spawn(move || {
                    slot.forget(&stale);
                    slot.open(&name).unwrap()
                })
            })
            .collect();
        let fresh: Vec<_> =
            forgetters.into_iter().map(|forgetter| forgetter.join().unwrap()).collect();
        assert!(fresh.iter().all(|kept| kept.inode() == files.inode(1)), "the stale one is kept");
        assert!(Arc::ptr_eq(&fresh[0], &fresh[1]), "what was fresh has been forgotten");
    });
}
