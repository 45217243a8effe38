//! Cleaners of temporary directories, which leave alone what is locked.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use hakurei_store::{Record, Store};
use hakurei_tests::{Scene, id, identity, skipped, state};
use rustix::fs::{FlockOperation, flock};

use crate::peer;

/// Whether a cleaner would go into the base: systemd-tmpfiles asks just so, and lets go afterwards.
fn would_clean(store: &Store) -> bool {
    let base = File::open(store.base().as_path()).expect("there");
    match flock(&base, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => true,
        Err(rustix::io::Errno::WOULDBLOCK) => false,
        Err(errno) => panic!("{errno}"),
    }
}

#[test]
fn they_stay_away_while_any_process_has_a_lease() {
    let scene = Scene::new();
    let store = scene.store();
    let mut first = peer(&scene.base());
    let mut second = peer(&scene.base());
    assert_eq!(first.ask("handle 7"), "ok");
    assert!(would_clean(&store), "without a lease there is nothing to keep");
    assert!(first.ask("save 7 1").starts_with("saved "));
    assert!(second.ask("save 8 1").starts_with("saved "));
    assert!(!would_clean(&store));
    first.kill();
    assert!(!would_clean(&store), "the other one's lease");
    second.kill();
    assert!(would_clean(&store));
}

#[test]
fn they_stay_away_from_what_was_adopted_or_handed_over() {
    let scene = Scene::new();
    let store = scene.store();
    let mut owner = peer(&scene.base());
    assert!(owner.ask("save 7 1").starts_with("saved "));
    let id = id(owner.pid(), 1);
    assert_eq!(owner.ask("exec"), "again");
    assert!(would_clean(&store));
    assert_eq!(owner.ask(&format!("adopt 7 {id}")), format!("adopted {id}"));
    assert!(!would_clean(&store));
    assert_eq!(owner.ask("exec-handing-over"), format!("taken {id}"));
    assert!(!would_clean(&store));
    owner.kill();
    assert!(would_clean(&store));
}

#[test]
fn a_lease_keeps_them_away_whatever_becomes_of_the_lock_file() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    let record = Record::new(&state(identity(7), id(1, 1))).expect("valid");
    let lease = handle.save(&record).expect("saved");
    fs::remove_file(scene.base().as_path().join("7/lock")).expect("removed");
    // What was kept open is given up.
    handle.lock().expect("free").unlock().expect("unlocked");
    assert!(!would_clean(&store));
    lease.destroy().expect("destroyed");
    drop(handle);
    assert!(would_clean(&store));
}

#[test]
fn a_cleaner_at_work_keeps_nobody_from_saving() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    let save = |count| {
        let record = Record::new(&state(identity(7), id(1, count))).expect("valid");
        handle.save(&record).expect("saved")
    };
    let cleaner = File::open(scene.base().as_path()).expect("there");
    flock(&cleaner, FlockOperation::NonBlockingLockExclusive).expect("nobody has it");
    let first = save(1);
    drop(cleaner);
    assert!(would_clean(&store), "it was refused");
    let second = save(2);
    assert!(!would_clean(&store), "it is asked for again");
    drop((first, second));
}

/// Has systemd-tmpfiles clean what is configured so; false if there is none.
fn clean(directory: &Path, configuration: &str) -> bool {
    let file = directory.join("tmpfiles.conf");
    fs::write(&file, configuration).expect("written");
    match Command::new("systemd-tmpfiles").arg("--clean").arg(&file).status() {
        Ok(status) => status.success(),
        Err(_) => false,
    }
}

#[test]
fn systemd_leaves_alone_what_is_leased_or_listed() {
    let scene = Scene::new();
    let temporary = scene.path().join("tmp");
    // The age of zero takes everything.
    let everything = format!("d {} - - - 0\n", temporary.display());
    fs::create_dir(&temporary).expect("made");
    fs::write(temporary.join("file"), "").expect("written");
    if !clean(scene.path(), &everything) || temporary.join("file").is_file() {
        skipped!("takes systemd-tmpfiles");
        return;
    }
    let base = temporary.join("hakurei-store.1000/state");
    let base = hakurei_check::Absolute::try_from(base).expect("absolute");
    let mut owner = peer(&base);
    assert!(owner.ask("save 7 1").starts_with("saved "));
    assert!(clean(scene.path(), &everything));
    let store = Store::new(base.clone());
    assert_eq!(store.ids().expect("listed").count(), 1, "it cleaned under a lease");
    owner.kill();
    // The lines of docs/tmpfiles.md.
    for line in [
        format!("x {}/hakurei-store.*\n", temporary.display()),
        format!("d {}/hakurei-store.1000 0700 - - -\n", temporary.display()),
    ] {
        assert!(clean(scene.path(), &format!("{everything}{line}")));
        assert_eq!(store.ids().expect("listed").count(), 1, "{line}");
    }
    assert!(clean(scene.path(), &everything));
    assert!(!base.as_path().is_dir(), "nothing keeps it");
}
