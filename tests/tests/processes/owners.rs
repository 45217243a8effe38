//! Owners that end, in every way.

use hakurei_store::{Collection, ErrorKind, Record, Verdict};
use hakurei_tests::{Scene, id, identity, state};

use crate::peer;

#[test]
fn a_killed_owner_leaves_an_entry_that_is_dead_and_is_collected() {
    let scene = Scene::new();
    let store = scene.store();
    let mut doomed = peer(&scene.base());
    let mut survivor = peer(&scene.base());
    assert!(doomed.ask("save 7 1").starts_with("saved "));
    assert!(survivor.ask("save 7 2").starts_with("saved "));
    let (dead, alive) = (id(doomed.pid(), 1), id(survivor.pid(), 2));
    let view = store.entry(identity(7), dead).expect("read").expect("there");
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    doomed.kill();
    let view = store.entry(identity(7), dead).expect("read").expect("there");
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Dead, false));
    assert_eq!(view.state().expect("whole").id, dead);
    let handle = store.handle(identity(7)).expect("it exists");
    let segment = handle.lock().expect("free");
    let collected = segment.collect(Collection::of_the_dead()).expect("collected");
    let ids: Vec<_> = collected.into_iter().map(|item| item.expect("taken away").id()).collect();
    assert_eq!(ids, [dead]);
    let left: Vec<_> = segment.entries().expect("read").map(|e| e.expect("entry").id()).collect();
    assert_eq!(left, [alive]);
}

#[test]
fn a_forked_child_keeps_the_lease_of_its_parent_alive() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert!(peer.ask("save 5 1").starts_with("saved "));
    let entry = id(peer.pid(), 1);
    assert_eq!(peer.ask("lock 6"), "locked");
    assert!(peer.ask("fork").starts_with("forked "));
    peer.tell("exit");
    peer.wait();
    assert_eq!(peer.hear(), "orphan");
    let look = || scene.store().entry(identity(5), entry).expect("read").expect("there");
    assert_eq!(look().verdict(), Verdict::Running);
    assert!(look().is_leased());
}

#[test]
fn a_forked_child_can_do_nothing_to_the_lease_of_its_parent() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert!(peer.ask("save 5 1").starts_with("saved "));
    assert_eq!(peer.ask("end-in-a-child"), "refused");
    let view = scene.store().entry(identity(5), id(peer.pid(), 1)).expect("read").expect("there");
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    assert_eq!(peer.ask("end"), "left 0");
}

#[test]
fn a_taken_id_is_refused_and_its_entry_untouched() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert!(peer.ask("save 7 1").starts_with("saved "));
    let taken = id(peer.pid(), 1);
    let store = scene.store();
    let before = store.entry(identity(7), taken).expect("read").expect("there");
    let handle = store.handle(identity(7)).expect("it exists");
    let mut other = state(identity(7), taken);
    other.config.id = "org.example.Other".into();
    let record = Record::new(&other).expect("valid");
    let error = handle.lock().expect("free").save(&record).expect_err("taken");
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert_eq!(error.step(), "open state entry");
    assert!(error.message().ends_with("file exists"), "{}", error.message());
    let after = store.entry(identity(7), taken).expect("read").expect("there");
    assert_eq!(before.as_bytes(), after.as_bytes());
    assert_eq!(after.verdict(), Verdict::Running);
    peer.kill();
    let error = handle.lock().expect("free").save(&record).expect_err("still taken");
    assert_eq!(error.kind(), ErrorKind::Exists);
}
