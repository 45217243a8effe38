//! Leases, and what becomes of their entries.

use std::error::Error as _;
use std::fs;
use std::thread;

use hakurei_store::{ErrorKind, Lease, Verdict};

use crate::{Scene, id, identity, record};

fn save(scene: &Scene, count: u8) -> Lease {
    let handle = scene.store.handle(identity(7)).expect("made");
    handle.lock().expect("free").save(&record(7, count)).expect("saved")
}

fn is_there(scene: &Scene, count: u8) -> bool {
    scene.store.entry(identity(7), id(count)).expect("read").is_some()
}

#[test]
fn a_lease_goes_from_thread_to_thread_and_ends_its_entry() {
    fn anywhere<T: Send + Sync + 'static>(_: &T) {}
    let scene = Scene::new();
    let lease = save(&scene, 1);
    anywhere(&lease);
    thread::spawn(move || lease.destroy().expect("destroyed")).join().expect("no panic");
    assert!(!is_there(&scene, 1));
}

#[test]
fn a_dropped_lease_takes_its_entry_away_if_it_need_not_wait() {
    let scene = Scene::new();
    drop(save(&scene, 1));
    assert!(!is_there(&scene, 1));
    // This thread's own lock is nothing to wait for either, as where an error leaves a function.
    let handle = scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let lease = segment.save(&record(7, 2)).expect("saved");
    drop(lease);
    assert!(segment.entry(id(2)).view().is_none());
    segment.unlock().expect("unlocked");
}

#[test]
fn a_lease_that_is_dropped_beside_another_holder_leaves_its_entry() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    let handle = scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    thread::spawn(move || drop(lease)).join().expect("no panic");
    let view = segment.entry(id(1)).view().expect("left");
    // This very process is its monitor, and lives.
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, false));
    segment.unlock().expect("unlocked");
}

#[test]
fn a_released_lease_leaves_its_entry() {
    let scene = Scene::new();
    save(&scene, 1).release();
    let view = scene.store.entry(identity(7), id(1)).expect("read").expect("there");
    assert!(!view.is_leased());
}

#[test]
fn what_is_gone_already_is_as_good_as_destroyed() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    fs::remove_file(scene.path(&format!("7/{}", id(1)))).expect("removed");
    lease.destroy().expect("nothing to do");
    let lease = save(&scene, 2);
    fs::remove_dir_all(scene.store.base().as_path()).expect("a logout");
    lease.destroy().expect("nothing to do");
    assert!(!scene.store.base().as_path().try_exists().expect("looked"), "it was made again");
}

#[test]
fn another_entry_of_the_same_name_is_not_touched() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    fs::remove_file(scene.path(&format!("7/{}", id(1)))).expect("removed");
    let successor = save(&scene, 1);
    lease.destroy().expect("nothing to do");
    assert!(is_there(&scene, 1));
    successor.destroy().expect("destroyed");
    assert!(!is_there(&scene, 1));
}

#[test]
fn nor_is_it_where_somebody_has_kept_the_old_one_under_other_names() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    let place = scene.path(&format!("7/{}", id(1)));
    for kept in ["one", "two"] {
        fs::hard_link(&place, scene.directory.path().join(kept)).expect("linked");
    }
    fs::remove_file(place).expect("removed");
    let successor = save(&scene, 1);
    lease.destroy().expect("nothing to do");
    assert!(is_there(&scene, 1));
    successor.destroy().expect("destroyed");
}

#[test]
fn a_failure_gives_the_lease_back() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    let handle = scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let failed = lease.destroy().expect_err("this thread holds the lock");
    assert_eq!(failed.error().kind(), ErrorKind::Deadlock);
    assert_eq!(failed.to_string(), failed.error().to_string());
    assert!(!failed.to_string().is_empty() && failed.source().is_some());
    let (lease, _) = failed.into_parts();
    let view = segment.entry(id(1)).view().expect("there");
    assert!(view.is_leased());
    segment.unlock().expect("unlocked");
    let other = scene.store.handle(identity(8)).expect("made");
    let segment = other.lock().expect("free");
    // Of the same id, and none of its business.
    segment.save(&record(8, 1)).expect("saved").release();
    let failed = segment.end(lease).expect_err("of another segment");
    assert_eq!(failed.error().kind(), ErrorKind::Refused);
    assert!(segment.entry(id(1)).view().is_some());
    segment.unlock().expect("unlocked");
    failed.into_parts().0.destroy().expect("destroyed");
    assert!(!is_there(&scene, 1));
}

#[test]
fn leases_outlive_their_handles() {
    let scene = Scene::new();
    let lease = save(&scene, 1);
    scene.store.handle(identity(7)).expect("there").close().expect("closed");
    lease.destroy().expect("destroyed");
    assert!(!is_there(&scene, 1));
}
