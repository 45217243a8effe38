//! Which locks are held, as the process sees it that holds them.

use hakurei_store::{HeldLock, LockKind};

use crate::{Scene, id, identity, record};

fn held(scene: &Scene) -> Vec<(LockKind, Option<u32>)> {
    let of = |lock: HeldLock| (lock.kind(), lock.holder().pid());
    let locks = scene.store.locks().expect("listed");
    locks.into_iter().map(|lock| of(lock.expect("a lock"))).collect()
}

#[test]
fn those_that_are_held_are_listed_with_their_holder() {
    let scene = Scene::new();
    assert_eq!(held(&scene), []);
    assert!(!scene.store.base().as_path().is_dir(), "it was made");
    let handle = scene.store.handle(identity(7)).expect("made");
    let lease = handle.save(&record(7, 1)).expect("saved");
    handle.save(&record(7, 2)).expect("saved").release();
    let me = Some(std::process::id());
    let leased = (LockKind::Lease(identity(7), id(1)), me);
    assert_eq!(held(&scene), [leased]);
    let segment = handle.lock().expect("free");
    assert_eq!(held(&scene), [(LockKind::Segment(identity(7)), me), leased]);
    segment.unlock().expect("unlocked");
    lease.destroy().expect("destroyed");
    assert_eq!(held(&scene), []);
}

#[test]
fn what_is_no_lock_is_an_error_and_hides_no_other() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let _lease = handle.save(&record(7, 1)).expect("saved");
    drop(scene.store.handle(identity(8)).expect("made"));
    std::fs::remove_file(scene.path("8/lock")).expect("removed");
    std::fs::create_dir(scene.path("8/lock")).expect("made");
    std::fs::write(scene.path("7/stray"), "").expect("written");
    let (locks, errors): (Vec<_>, Vec<_>) =
        scene.store.locks().expect("listed").into_iter().partition(Result::is_ok);
    let kinds: Vec<_> = locks.into_iter().map(|lock| lock.expect("a lock").kind()).collect();
    assert_eq!(kinds, [LockKind::Lease(identity(7), id(1))]);
    let errors: Vec<_> = errors.into_iter().map(|e| e.expect_err("none").message()).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    // As a lock, and as what stands in a segment.
    for part in ["state/8/lock: it is a directory", "directory \"lock\"", "file \"stray\""] {
        assert!(errors.iter().any(|error| error.contains(part)), "{part}: {errors:?}");
    }
}
