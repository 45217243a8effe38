//! What a user may not do; the helper program is another user's where this one is root.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hakurei_store::{Collection, ErrorKind};
use hakurei_tests::{Peer, Scene, identity, other_user, skipped};

/// The helper program, as somebody whom permissions stop.
fn ordinary_peer(scene: &Scene) -> Peer {
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    Peer::start(program, &scene.base(), other_user())
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours, or we are root");
}

#[test]
fn after_a_failure_the_next_call_works() {
    let scene = Scene::new();
    scene.create_base_for(other_user());
    let base = scene.base();
    set_mode(base.as_path(), 0o500);
    let mut peer = ordinary_peer(&scene);
    let answer = peer.ask("handle 7");
    assert!(answer.starts_with("error System: cannot open"), "{answer}");
    assert!(answer.ends_with("lock: permission denied"), "{answer}");
    set_mode(base.as_path(), 0o700);
    assert_eq!(peer.ask("handle 7"), "ok");
    assert!(peer.ask("save 7 1").starts_with("saved "));
    assert!(base.as_path().join("7").is_dir());
}

#[test]
fn a_base_that_others_may_enter_is_refused() {
    for (mode, refused) in [(0o700, false), (0o770, true), (0o701, true), (0o777, true)] {
        let scene = Scene::new();
        scene.create_base_for(other_user());
        set_mode(scene.base().as_path(), mode);
        let answer = ordinary_peer(&scene).ask("handle 7");
        assert_eq!(answer.starts_with("error Untrusted"), refused, "{mode:o}: {answer}");
        assert_eq!(answer.contains("lets others in"), refused, "{mode:o}: {answer}");
    }
}

#[test]
fn a_strangers_base_is_refused() {
    if other_user().is_none() {
        skipped!("takes root, who can give a directory to another user");
        return;
    }
    let scene = Scene::new();
    scene.create_base_for(None);
    let answer = ordinary_peer(&scene).ask("handle 7");
    // The directory is root's and closed, so that it cannot even be opened.
    assert!(answer.starts_with("error System: cannot open"), "{answer}");
    std::os::unix::fs::chown(scene.base().as_path(), Some(4242), Some(4242)).expect("root may");
    set_mode(scene.base().as_path(), 0o755);
    let answer = ordinary_peer(&scene).ask("handle 7");
    assert!(answer.contains("belongs to user 4242"), "{answer}");
}

#[test]
fn root_reads_another_users_store_and_adds_nothing_to_it() {
    let Some(user) = other_user() else {
        skipped!("takes root");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let mut peer = ordinary_peer(&scene);
    assert!(peer.ask("save 7 1").starts_with("saved "));
    let store = scene.store();
    assert_eq!(store.ids().expect("listed").count(), 1);
    let error = store.handle(identity(8)).expect_err("not root's to make");
    assert_eq!(error.kind(), ErrorKind::Refused);
    let lock = scene.base().as_path().join("7/lock");
    fs::remove_file(&lock).expect("root may");
    let handle = store.handle(identity(7)).expect("it exists");
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&lock).expect("made again"));
    assert_eq!(owner, user, "the user could not lock a file of root's");
    let segment = handle.lock().expect("free");
    let state = hakurei_tests::state(identity(7), hakurei_tests::id(1, 1));
    let record = hakurei_store::Record::new(&state).expect("valid");
    assert_eq!(segment.save(&record).expect_err("not root's").kind(), ErrorKind::Refused);
    segment.unlock().expect("unlocked");
    peer.kill();
    let segment = handle.lock().expect("free");
    let collected = segment.collect(Collection::of_the_dead()).expect("root looks after it");
    assert_eq!(collected.len(), 1);
}
