use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use hakurei_store::ErrorKind;

use crate::{Scene, id, identity, record};

#[test]
fn one_that_is_not_there_is_told_of_once_however_often_it_is_added() {
    let scene = Scene::new();
    let mut ends = scene.store.ends().expect("made");
    ends.add(identity(7), id(1)).expect("added");
    ends.add(identity(7), id(1)).expect("added");
    assert_eq!(ends.len(), 1);
    assert_eq!(ends.try_next().expect("looked"), Some((identity(7), id(1))));
    assert!(ends.is_empty());
}

#[test]
fn what_comes_again_before_its_end_was_told_is_waited_for_as_well() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let mut ends = scene.store.ends().expect("made");
    ends.add(identity(7), id(1)).expect("added");
    let lease = handle.save(&record(7, 1)).expect("saved");
    ends.add(identity(7), id(1)).expect("added");
    assert_eq!(ends.len(), 2);
    assert_eq!(ends.try_next().expect("looked"), Some((identity(7), id(1))));
    assert_eq!(ends.try_next().expect("looked"), None);
    lease.destroy().expect("destroyed");
    assert_eq!(ends.next_until(None).expect("looked"), Some((identity(7), id(1))));
    assert!(ends.is_empty());
}

#[test]
fn what_kept_one_from_being_added_is_not_told_again() {
    let scene = Scene::new();
    let lease = scene.store.handle(identity(7)).expect("made").save(&record(7, 1)).expect("saved");
    let set_mode = |mode| {
        let base = scene.store.base().as_path();
        fs::set_permissions(base, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let mut ends = scene.store.ends().expect("made");
    set_mode(0o755);
    for _ in 0..2 {
        let error = ends.add(identity(7), lease.id()).expect_err("it is open to others");
        assert_eq!(error.kind(), ErrorKind::Untrusted);
    }
    assert_eq!(ends.try_next().expect("it was told"), None);
    set_mode(0o700);
    ends.add(identity(7), lease.id()).expect("added");
    lease.destroy().expect("destroyed");
    assert!(ends.next_until(None).expect("looked").is_some());
}
