//! What is moved away, or removed and made again, under processes that use it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread::ScopedJoinHandle;

use hakurei_store::ErrorKind;
use hakurei_tests::{Peer, Scene, id, identity, skipped};

use crate::peer;

/// A way in which a segment's lock comes to mean another file.
type Disturbance = fn(&Path);

/// Each with whether entries that were there before go with it.
const DISTURBANCES: [(&str, Disturbance, bool); 6] = [
    ("the lock moved", |base| rename(&base.join("7/lock")), false),
    ("the lock removed", |base| fs::remove_file(base.join("7/lock")).expect("removed"), false),
    ("the segment moved", |base| rename(&base.join("7")), true),
    ("the segment removed", |base| fs::remove_dir_all(base.join("7")).expect("removed"), true),
    ("the base moved", rename, true),
    ("the base removed", |base| fs::remove_dir_all(base).expect("removed"), true),
];

/// Moves it to a place beside the base, where nobody looks for it.
fn rename(path: &Path) {
    let base = path.ancestors().find(|above| above.ends_with("state")).expect("below the base");
    fs::rename(path, base.with_extension("away")).expect("moved");
}

/// Two processes that have opened everything, and of which the first has saved.
fn two_that_know_the_way(scene: &Scene) -> [Peer; 2] {
    let mut peers = [peer(&scene.base()), peer(&scene.base())];
    assert!(peers[0].ask("save 7 1").starts_with("saved "));
    assert_eq!(peers[1].ask("try 7"), "free");
    peers
}

#[test]
fn the_next_operation_works_on_what_is_there_now() {
    for (what, disturb, takes_entries) in DISTURBANCES {
        let scene = Scene::new();
        let [mut first, mut second] = two_that_know_the_way(&scene);
        disturb(scene.base().as_path());
        assert!(second.ask("save 7 2").starts_with("saved "), "{what}");
        assert!(first.ask("save 7 3").starts_with("saved "), "{what}");
        let mut expected = vec![id(second.pid(), 2), id(first.pid(), 3)];
        if !takes_entries {
            expected.push(id(first.pid(), 1));
        }
        expected.sort_unstable();
        let ids = scene.store().ids_of(identity(7)).expect("listed");
        let mut found: Vec<_> = ids.map(|named| named.expect("an entry").1).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{what}");
        // They have met again: one lock excludes both.
        assert_eq!(first.ask("lock 7"), "locked", "{what}");
        assert_eq!(second.ask("try 7"), "busy", "{what}");
        assert_eq!(first.ask("unlock"), "unlocked", "{what}");
        assert_eq!(second.ask("try 7"), "free", "{what}");
    }
}

#[test]
fn who_waits_for_what_is_no_more_is_not_let_in_beside_a_new_holder() {
    for (what, disturb, _) in DISTURBANCES {
        let scene = Scene::new();
        let [mut old, mut new] = two_that_know_the_way(&scene);
        let handle = scene.store().handle(identity(7)).expect("it exists");
        assert_eq!(old.ask("lock 7"), "locked", "{what}");
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let segment = handle.lock().expect("freed in time");
                // Whoever holds it here has been let in after the new holder.
                assert_eq!(new_is_done(&scene), "done", "{what}");
                segment.unlock().expect("unlocked");
            });
            let lock = scene.base().as_path().join("7/lock");
            until(&waiter, || is_waited_for(&lock));
            disturb(scene.base().as_path());
            assert_eq!(new.ask("lock 7"), "locked", "{what}");
            // The waiter gets the old lock now, and finds that it is not the one that counts.
            assert_eq!(old.ask("unlock"), "unlocked", "{what}");
            until(&waiter, || is_waited_for(&lock));
            fs::write(scene.path().join("done"), "done").expect("written");
            assert_eq!(new.ask("unlock"), "unlocked", "{what}");
            waiter.join().expect("no panic");
        });
    }
}

/// Looks again until it is so, or the thread that it is about has ended.
fn until(thread: &ScopedJoinHandle<'_, ()>, mut is_so: impl FnMut() -> bool) {
    while !thread.is_finished() && !is_so() {
        std::thread::yield_now();
    }
}

/// Whether the kernel lists somebody who waits for the lock on that file.
fn is_waited_for(path: &Path) -> bool {
    let inode = fs::metadata(path).expect("there").ino();
    let locks = fs::read_to_string("/proc/locks").expect("there");
    locks.lines().any(|line| line.contains("-> FLOCK") && line.contains(&format!(":{inode} ")))
}

fn new_is_done(scene: &Scene) -> String {
    fs::read_to_string(scene.path().join("done")).unwrap_or_default()
}

#[test]
fn a_lease_whose_entry_was_carried_off_ends_without_a_complaint() {
    for (what, disturb, takes_entries) in DISTURBANCES {
        let scene = Scene::new();
        let store = scene.store();
        let handle = store.handle(identity(7)).expect("made");
        let state = hakurei_tests::state(identity(7), id(0, 1));
        let lease = handle.save(&store.record(&state).expect("valid")).expect("saved");
        disturb(scene.base().as_path());
        lease.destroy().unwrap_or_else(|error| panic!("{what}: {}", error.error().message()));
        let left = store.ids_of(identity(7)).expect("listed").count();
        assert_eq!(left, 0, "{what}");
        let away = scene.base().as_path().with_extension("away");
        // What was carried off is nobody's to write to, and is dead there.
        if takes_entries && away.try_exists().expect("seen") {
            let name = id(0, 1).to_string();
            let found = walk(&away).iter().any(|path| path.ends_with(&name));
            assert!(found, "{what}: something was written to where nobody looks");
        }
    }
}

/// All files below a directory.
fn walk(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).expect("read").map(|entry| entry.expect("read").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_base_that_has_become_somebody_elses_is_not_used() {
    let Some(user) = hakurei_tests::other_user() else {
        skipped!("takes root, who can give a directory to another user");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    let mut peer = Peer::start(program, &scene.base(), Some(user));
    assert!(peer.ask("save 7 1").starts_with("saved "));
    rename(scene.base().as_path());
    // Another user was quicker to make it again.
    fs::create_dir(scene.base().as_path()).expect("made");
    std::os::unix::fs::chown(scene.base().as_path(), Some(4242), Some(4242)).expect("root may");
    std::process::Command::new("chmod")
        .arg("0755")
        .arg(scene.base().as_path())
        .status()
        .expect("is there");
    let answer = peer.ask("save 7 2");
    assert!(answer.starts_with("error Untrusted"), "{answer}");
    assert!(answer.contains("belongs to user 4242"), "{answer}");
    assert_eq!(fs::read_dir(scene.base().as_path()).expect("read").count(), 0);
    let error = scene.store().handle(identity(8)).expect_err("not root's to make");
    assert_eq!(error.kind(), ErrorKind::Untrusted);
}
