//! The listing of all locks that are held.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use hakurei_lockedfile::Visibility;
use hakurei_store::{ErrorKind, HeldLock, LockKind, Store};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped, stopped};

use crate::peer;

fn locks(store: &Store) -> Vec<HeldLock> {
    let locks = store.locks().expect("listed");
    locks.into_iter().map(|lock| lock.expect("nothing odd")).collect()
}

#[test]
fn a_store_that_does_not_exist_has_no_locks_and_is_not_made() {
    let scene = Scene::new();
    assert!(locks(&scene.store()).is_empty());
    assert!(!scene.base().as_path().try_exists().expect("asked"));
}

#[test]
fn nothing_is_made_where_lock_files_are_missing() {
    let scene = Scene::new();
    scene.create_base_for(None);
    fs::create_dir(scene.base().as_path().join("7")).expect("made");
    assert!(locks(&scene.store()).is_empty());
    let names = |path: &Path| fs::read_dir(path).expect("read").count();
    assert_eq!(names(scene.base().as_path()), 1);
    assert_eq!(names(&scene.base().as_path().join("7")), 0);
}

#[test]
fn every_kind_of_lock_is_listed_with_its_holder() {
    let scene = Scene::new();
    let store = scene.store();
    let (mut locker, mut saver) = (peer(&scene.base()), peer(&scene.base()));
    assert!(saver.ask("save 7 1").starts_with("saved "));
    assert_eq!(saver.ask("handle 8"), "ok");
    assert!(saver.ask("save 9 2").starts_with("saved "));
    assert_eq!(locker.ask("lock 9"), "locked");
    // Nobody of the project keeps the store's lock for long; somebody else may.
    let lock = scene.base().as_path().join("lock");
    let store_lock = fs::File::open(&lock).expect("opened");
    rustix::fs::flock(&store_lock, rustix::fs::FlockOperation::LockExclusive).expect("free");
    let leases = [id(saver.pid(), 1), id(saver.pid(), 2)];
    let mut expected = vec![
        (LockKind::Store, lock, std::process::id()),
        (LockKind::Segment(identity(9)), scene.base().as_path().join("9/lock"), locker.pid()),
    ];
    for (number, id) in [7, 9].into_iter().zip(leases) {
        let path = scene.base().as_path().join(number.to_string()).join(id.to_string());
        expected.push((LockKind::Lease(identity(number), id), path, saver.pid()));
    }
    let stopped = stopped(&locker);
    let found = locks(&store);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (kind, path, pid) in expected {
        let lock = found.iter().find(|lock| lock.kind() == kind).expect("listed");
        assert_eq!((lock.path().as_path(), lock.holder().pid()), (&*path, Some(pid)));
        assert_eq!(lock.holder().visibility(), Visibility::Confirmed);
        assert_eq!(lock.holder().is_stopped(), pid == locker.pid());
    }
    drop(stopped);
    // Another test may be starting a program, which has the descriptor until it executes.
    rustix::fs::flock(&store_lock, rustix::fs::FlockOperation::Unlock).expect("it is open");
    assert_eq!(saver.ask("release"), "released");
    assert_eq!(locker.ask("unlock"), "unlocked");
    assert!(locks(&store).is_empty());
}

#[test]
fn many_leases_of_one_process_are_all_its_own() {
    let scene = Scene::new();
    let mut saver = peer(&scene.base());
    for count in 0..100 {
        assert!(saver.ask(&format!("save {} {count}", count % 3)).starts_with("saved "));
    }
    let found = locks(&scene.store());
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|lock| lock.holder().pid() == Some(saver.pid())));
}

#[test]
fn odd_files_are_errors_and_hide_no_lock() {
    let scene = Scene::new();
    let mut saver = peer(&scene.base());
    assert!(saver.ask("save 7 1").starts_with("saved "));
    let base = scene.base();
    let entry = |number| base.as_path().join("7").join(id(0, number).to_string());
    symlink("/etc/passwd", entry(1)).expect("made");
    let made = Command::new("mkfifo").arg(entry(2)).status();
    assert!(made.expect("mkfifo is there").success());
    let _socket = std::os::unix::net::UnixListener::bind(entry(3)).expect("bound");
    fs::write(base.as_path().join("7/stray"), "").expect("written");
    fs::write(base.as_path().join("stray"), "").expect("written");
    fs::create_dir(base.as_path().join("8")).expect("made");
    symlink("../7/lock", base.as_path().join("8/lock")).expect("made");
    let (found, odd): (Vec<_>, Vec<_>) =
        scene.store().locks().expect("listed").into_iter().partition(Result::is_ok);
    assert_eq!(found.len(), 1);
    let mut kinds: Vec<_> = odd
        .into_iter()
        .map(|error| error.expect_err("odd").kind())
        .map(|k| format!("{k:?}"))
        .collect();
    kinds.sort();
    let expected = [[ErrorKind::Stray; 2].as_slice(), &[ErrorKind::Untrusted; 4]].concat();
    assert_eq!(kinds, expected.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>());
}

/// Two helper programs of one ordinary user, on one store.
fn two_of_one_user(scene: &Scene) -> [Peer; 2] {
    scene.create_base_for(other_user());
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    [(); 2].map(|()| Peer::start(&program, &scene.base(), other_user()))
}

#[test]
fn a_holder_that_cannot_be_seen_is_not_named_and_its_lock_is_listed() {
    let scene = Scene::new();
    let [mut holder, mut looker] = two_of_one_user(&scene);
    assert!(holder.ask("save 7 1").starts_with("saved "));
    assert!(holder.ask("save 7 2").starts_with("saved "));
    assert_eq!(looker.ask("locks").matches(&format!("held by pid {}", holder.pid())).count(), 2);
    assert_eq!(holder.ask("hide"), "hidden");
    let told = looker.ask("locks");
    assert_eq!(
        told.matches("held by a process that is not visible from here").count(),
        2,
        "{told}"
    );
}

#[test]
fn root_sees_who_holds_another_users_locks() {
    let Some(user) = other_user() else {
        skipped!("takes root, who can be two users");
        return;
    };
    let scene = Scene::new();
    let [mut saver, _] = two_of_one_user(&scene);
    assert!(saver.ask("save 7 1").starts_with("saved "));
    let [lock] = &locks(&scene.store())[..] else { panic!("there is one of user {user}") };
    assert_eq!(lock.holder().pid(), Some(saver.pid()));
    assert_eq!(lock.holder().command(), Some("program"));
}
