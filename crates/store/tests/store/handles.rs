//! Handles: one per identity, never half made, nothing remembered.

use std::fs;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use hakurei_store::{ErrorKind, Handle, WithError};

use crate::{Scene, identity, record};

#[test]
fn a_store_does_no_io_until_it_is_used() {
    let scene = Scene::new();
    assert_eq!(scene.store.ids().expect("listed").count(), 0);
    assert_eq!(scene.store.segments().expect("listed").len(), 0);
    assert!(scene.store.identities().expect("listed").is_empty());
    assert!(scene.store.entries_of(identity(1)).expect("listed").next().is_none());
    assert_eq!(fs::read_dir(scene.directory.path()).expect("read").count(), 0);
}

#[test]
fn sixty_four_threads_get_one_handle_whose_directory_exists() {
    for number in 0..20 {
        let scene = Scene::new();
        let barrier = Barrier::new(64);
        let handles: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        let handle = scene.store.handle(identity(number)).expect("made");
                        assert!(scene.path(&number.to_string()).is_dir());
                        handle
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(handles.iter().all(|handle| *handle == handles[0]));
    }
}

#[test]
fn handles_are_held_weakly_and_come_again() {
    let scene = Scene::new();
    let descriptors = || fs::read_dir("/proc/self/fd").expect("read").count();
    drop(scene.store.handle(identity(0)).expect("made"));
    let before = descriptors();
    for number in 0..100 {
        drop(scene.store.handle(identity(number)).expect("made"));
    }
    // Other tests open and close descriptors meanwhile, but not as many as there were handles.
    assert!(descriptors() < before + 50, "handles keep descriptors");
    let first = scene.store.handle(identity(5)).expect("there");
    let second = scene.store.clone().handle(identity(5)).expect("there");
    assert!(first == second);
    assert_eq!(scene.store.identities().expect("listed").len(), 100);
}

#[test]
fn what_has_been_removed_is_made_again() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let saved = |count| handle.lock().expect("locked").save(&record(7, count)).expect("saved");
    saved(1).release();
    fs::remove_file(scene.path("7/lock")).expect("removed");
    saved(2).release();
    assert!(scene.path("7/lock").is_file());
    fs::rename(scene.path("7"), scene.path("8")).expect("moved away");
    saved(3).release();
    let names = |segment: u16| scene.store.ids_of(identity(segment)).expect("listed").count();
    assert_eq!((names(7), names(8)), (1, 2));
    fs::remove_dir_all(scene.store.base().as_path()).expect("removed");
    saved(4).release();
    assert_eq!(names(7), 1);
    fs::rename(scene.store.base().as_path(), scene.directory.path().join("away")).expect("moved");
    saved(5).release();
    assert_eq!(names(7), 1);
}

#[test]
fn a_handle_is_of_one_identity() {
    let scene = Scene::new();
    let [seven, eight] = [7, 8].map(|number| scene.store.handle(identity(number)).expect("made"));
    assert_eq!([&seven, &eight].map(Handle::identity), [7, 8].map(identity));
    assert!(seven != eight);
}

#[test]
fn a_held_lock_is_refused_and_its_holder_named() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    assert!(handle.holder().expect("asked").is_none());
    let segment = handle.try_lock().expect("asked").expect("free");
    thread::scope(|scope| {
        scope.spawn(|| {
            assert!(handle.try_lock().expect("asked").is_none());
            let error = handle.lock_until(Instant::now()).expect_err("held");
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            let holder = handle.holder().expect("asked").expect("held");
            for holder in [&holder, error.holder().expect("named")] {
                assert_eq!(holder.pid(), Some(std::process::id()));
            }
        });
    });
    segment.unlock().expect("unlocked");
    assert!(handle.holder().expect("asked").is_none());
}

#[test]
fn a_missing_segment_is_not_waited_for_behind_the_stores_lock() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    fs::remove_dir_all(scene.path("7")).expect("removed");
    let held = fs::File::open(scene.path("lock")).expect("there");
    held.lock().expect("free");
    assert!(handle.try_lock().expect("no failure").is_none());
    assert!(!scene.path("7").is_dir(), "it was made without the lock");
    held.unlock().expect("unlocked");
    handle.try_lock().expect("no failure").expect("free").unlock().expect("unlocked");
}

#[test]
fn with_enters_a_segment_and_tells_when_it_could_not() {
    let scene = Scene::new();
    let looked = scene.store.with(identity(7), |segment| (segment.identity(), segment.is_empty()));
    let (entered, is_empty) = looked.expect("entered");
    assert_eq!((entered, is_empty.expect("counted")), (identity(7), true));
    let handle = scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let refused = scene.store.with(identity(7), |_| unreachable!("the lock is held"));
    match refused {
        Err(WithError::NotEntered(error)) => assert_eq!(error.kind(), ErrorKind::Deadlock),
        Ok(()) | Err(WithError::Unlock { .. }) => panic!("{refused:?}"),
    }
    segment.unlock().expect("unlocked");
}

#[test]
fn closing_reports_and_leaves_what_others_use() {
    let scene = Scene::new();
    let store = scene.store.clone();
    let (first, second) = (store.handle(identity(7)), store.handle(identity(7)));
    first.expect("made").close().expect("closed");
    let second = second.expect("made");
    second.lock().expect("still good").unlock().expect("unlocked");
    second.close().expect("closed");
    store.close().expect("closed");
    scene.store.handle(identity(7)).expect("still good");
}
