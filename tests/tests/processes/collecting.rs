//! What is collected while others use the store, and by whom.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use hakurei_store::{Collected, Collection, Error, Store, Verdict, Wait};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped};

use crate::peer;

fn collect(store: &Store, what: Collection) -> Vec<Result<Collected, Error>> {
    let mut items = Vec::new();
    store.collect(what, Wait::forever(), |item| items.push(item)).expect("collected");
    items
}

#[test]
fn the_dead_of_every_segment_go_and_the_living_stay() {
    let scene = Scene::new();
    let store = scene.store();
    let mut survivor = peer(&scene.base());
    for number in [3, 5, 7] {
        let mut doomed = peer(&scene.base());
        assert!(doomed.ask(&format!("save {number} 1")).starts_with("saved "));
        assert!(survivor.ask(&format!("save {number} 2")).starts_with("saved "));
        doomed.kill();
    }
    assert_eq!(store.collectable(Collection::of_the_dead()).expect("listed").len(), 3);
    assert_eq!(collect(&store, Collection::of_the_dead()).len(), 3);
    for view in store.entries().expect("listed") {
        let view = view.expect("read");
        assert_eq!((view.verdict(), view.id()), (Verdict::Running, id(survivor.pid(), 2)));
    }
}

#[test]
fn collectors_and_savers_are_in_nobodys_way() {
    let scene = Scene::new();
    let store = scene.store();
    let mut savers: Vec<Peer> = (0..3).map(|_| peer(&scene.base())).collect();
    for saver in &mut savers {
        saver.tell("churn 7 200");
    }
    let everything =
        Collection::of_the_dead().and_orphaned().and_unknown().and_corrupt().and_newer();
    // Saved and destroyed entries are never anything that is collected, whatever is asked for.
    for _ in 0..100 {
        let collected = collect(&store, everything);
        assert!(collected.is_empty(), "{collected:?}");
    }
    for saver in &mut savers {
        assert_eq!(saver.hear(), "done");
    }
}

#[test]
fn the_superuser_collects_for_a_user_and_leaves_all_of_it_usable() {
    let Some(user) = other_user() else {
        skipped!("takes root, who may enter another user's store");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    let start = || Peer::start(&program, &scene.base(), Some(user));
    let mut doomed = start();
    assert!(doomed.ask("save 7 1").starts_with("saved "));
    assert!(doomed.ask("save 8 1").starts_with("saved "));
    doomed.kill();
    let base = scene.base();
    // The lock file has to be made, and is root's to make.
    fs::remove_file(base.as_path().join("7/lock")).expect("root may");
    let store = scene.store();
    assert_eq!(store.collectable(Collection::of_the_dead()).expect("listed").len(), 2);
    let collected = collect(&store, Collection::of_the_dead());
    assert_eq!(collected.iter().filter(|item| item.is_ok()).count(), 2, "{collected:?}");
    for name in ["", "lock", "7", "7/lock", "8", "8/lock"] {
        let found = fs::symlink_metadata(base.as_path().join(name)).expect("there");
        assert_eq!(found.uid(), user, "{name}");
    }
    let mut next = start();
    for order in ["save 7 1", "save 8 1", "save 9 1"] {
        assert!(next.ask(order).starts_with("saved "), "{order}");
    }
    assert_eq!(next.ask("end"), "left 0");
    assert_eq!(next.ask("churn 7 2"), "done");
    drop(store.handle(identity(7)).expect("there"));
}
