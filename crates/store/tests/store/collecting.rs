//! What is collected, what is not, and what is in the way.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::net::UnixListener;
use std::time::Instant;

use hakurei_hst::{Enablements, InstanceId};
use hakurei_store::{Collected, Collection, Error, ErrorKind, Verdict, Wait};

use crate::verdicts::{
    CORRUPT, DEAD, MONITORED, Menagerie, NEWER, ORPHANED, RUNNING, TRUNCATED, UNKNOWN,
};
use crate::{Scene, id, identity, record};

fn ids(items: Vec<Result<Collected, Error>>) -> BTreeSet<InstanceId> {
    items.into_iter().map(|item| item.expect("taken away").id()).collect()
}

fn set(counts: &[u8]) -> BTreeSet<InstanceId> {
    counts.iter().map(|count| id(*count)).collect()
}

fn everything() -> Collection {
    Collection::of_the_dead().and_orphaned().and_unknown().and_corrupt().and_newer()
}

fn collect(scene: &Scene, what: Collection) -> Vec<Result<Collected, Error>> {
    let mut items = Vec::new();
    scene.store.collect(what, Wait::forever(), |item| items.push(item)).expect("collected");
    items
}

#[test]
fn names_that_do_not_belong_there_are_nobodys_affair() {
    let menagerie = Menagerie::new();
    for stray in ["007", "10000", "lock.old"] {
        fs::create_dir(menagerie.scene.path(stray)).expect("made");
    }
    let store = &menagerie.scene.store;
    let the_dead = Collection::of_the_dead();
    assert_eq!(ids(store.collectable(the_dead).expect("listed")), set(&[DEAD]));
    assert_eq!(ids(collect(&menagerie.scene, the_dead)), set(&[DEAD]));
}

#[test]
fn only_the_dead_go_unless_others_are_asked_for() {
    let the_dead = Collection::of_the_dead();
    for (what, expected) in [
        (the_dead, vec![DEAD]),
        (the_dead.and_orphaned(), vec![DEAD, ORPHANED]),
        (the_dead.and_unknown(), vec![DEAD, UNKNOWN]),
        (the_dead.and_corrupt(), vec![DEAD, CORRUPT, TRUNCATED]),
        (the_dead.and_newer(), vec![DEAD, NEWER]),
        (everything(), vec![DEAD, ORPHANED, UNKNOWN, CORRUPT, NEWER, TRUNCATED]),
    ] {
        let menagerie = Menagerie::new();
        let store = &menagerie.scene.store;
        let before = store.ids().expect("listed").count();
        let would = ids(store.collectable(what).expect("listed"));
        assert_eq!(would, set(&expected), "{what:?}");
        assert_eq!(store.ids().expect("listed").count(), before, "a dry run took something");
        assert_eq!(ids(collect(&menagerie.scene, what)), would);
        let left: BTreeSet<_> =
            store.ids().expect("listed").map(|id| id.expect("read").1).collect();
        assert!(left.is_disjoint(&would) && left.len() + would.len() == before);
        assert!(left.contains(&id(RUNNING)) && left.contains(&id(MONITORED)));
        assert!(collect(&menagerie.scene, what).is_empty());
    }
}

#[test]
fn a_collection_has_a_limit_for_each_segment() {
    let first = Menagerie::new();
    let Menagerie { scene, .. } = first;
    let second = Menagerie::in_scene(scene, 8);
    let store = &second.scene.store;
    for limit in [0, 1, 3] {
        let would = store.collectable(everything().at_most(limit)).expect("listed");
        assert_eq!(would.len(), 2 * limit);
    }
    assert!(collect(&second.scene, everything().at_most(0)).is_empty());
    assert_eq!(collect(&second.scene, everything().at_most(4)).len(), 8);
    assert_eq!(collect(&second.scene, everything().at_most(4)).len(), 4);
}

#[test]
fn it_is_said_what_went_and_why() {
    let menagerie = Menagerie::new();
    let collected = collect(&menagerie.scene, Collection::of_the_dead()).pop().expect("one");
    let collected = collected.expect("taken away");
    assert_eq!((collected.identity(), collected.id()), (identity(7), id(DEAD)));
    assert_eq!(collected.verdict(), Verdict::Dead);
}

#[test]
fn what_is_leased_is_never_collected() {
    let menagerie = Menagerie::new();
    let place = menagerie.place(RUNNING);
    let whole = fs::read(&place).expect("read");
    for (harm, verdict) in
        [(whole[..50].to_vec(), Verdict::Corrupt), (vec![0; 500], Verdict::Corrupt)]
    {
        fs::write(&place, harm).expect("written");
        let view = menagerie.scene.store.entry(identity(7), id(RUNNING)).expect("read");
        let view = view.expect("there");
        assert_eq!((view.verdict(), view.is_leased()), (verdict, true));
        collect(&menagerie.scene, everything());
        assert!(place.is_file());
    }
    menagerie.lease.destroy().expect("destroyed");
}

/// What may be done to a running entry from outside, so that it is no longer believed.
type Harm = (&'static str, fn(&Scene, &std::path::Path));

const HARMS: [Harm; 3] = [
    ("a second name", |scene, place| {
        fs::hard_link(place, scene.directory.path().join("backup")).expect("linked");
    }),
    ("grown", |_, place| {
        let file = fs::OpenOptions::new().write(true).open(place).expect("ours");
        file.set_len(2 << 20).expect("grown");
    }),
    ("a second name, and closed", |scene, place| {
        fs::hard_link(place, scene.directory.path().join("backup")).expect("linked");
        fs::set_permissions(place, Permissions::from_mode(0o000)).expect("changed");
    }),
];

#[test]
fn what_is_leased_is_never_collected_because_it_is_not_trusted() {
    let given_away: Harm =
        ("another owner", |_, place| chown(place, Some(4242), Some(4242)).expect("root may"));
    if !is_root() {
        skipped!("in part: takes root, who can give a file to another user");
    }
    for (harm, inflict) in HARMS.into_iter().chain(is_root().then_some(given_away)) {
        let scene = Scene::new();
        let handle = scene.store.handle(identity(7)).expect("made");
        let lease = handle.save(&record(7, 1)).expect("saved");
        let place = scene.path(&format!("7/{}", id(1)));
        inflict(&scene, &place);
        let view = scene.store.entry(identity(7), id(1)).expect("read").expect("there");
        assert_eq!((view.verdict(), view.is_leased()), (Verdict::Corrupt, true), "{harm}");
        assert!(scene.store.collectable(everything()).expect("listed").is_empty(), "{harm}");
        let segment = handle.lock().expect("free");
        assert!(segment.collect(everything()).expect("collected").is_empty(), "{harm}");
        let account = segment.account().expect("counted");
        assert_eq!((account.alive(), account.enablements()), (Some(1), Enablements::ALL));
        segment.unlock().expect("unlocked");
        assert!(place.is_file(), "{harm}");
        lease.release();
    }
}

/// Everything that may stand in an entry's place, with how to put it there.
type Oddity = (&'static str, fn(&std::path::Path));

const ODDITIES: [Oddity; 6] = [
    ("a fifo", |place| {
        let made = std::process::Command::new("mkfifo").arg(place).status();
        assert!(made.expect("mkfifo is there").success());
    }),
    ("a socket", |place| drop(UnixListener::bind(place).expect("bound"))),
    ("a link to what is there", |place| symlink("/etc/passwd", place).expect("made")),
    ("a link to nothing", |place| symlink("nowhere", place).expect("made")),
    ("an empty directory", |place| fs::create_dir(place).expect("made")),
    ("a giant", |place| {
        fs::File::create(place).expect("made").set_len(2 << 20).expect("grown");
    }),
];

#[test]
fn odd_things_go_with_the_corrupt_and_only_with_them() {
    let but_for_the_corrupt = Collection::of_the_dead().and_orphaned().and_unknown().and_newer();
    for (oddity, put) in ODDITIES {
        let scene = Scene::new();
        drop(scene.store.handle(identity(7)).expect("made"));
        put(&scene.path(&format!("7/{}", id(1))));
        put(&scene.path("7/stray"));
        assert!(collect(&scene, but_for_the_corrupt).is_empty(), "{oddity}");
        let what = Collection::of_the_dead().and_corrupt();
        assert_eq!(ids(scene.store.collectable(what).expect("listed")), set(&[1]), "{oddity}");
        assert_eq!(ids(collect(&scene, what)), set(&[1]), "{oddity}");
        assert!(scene.path(&format!("7/{}", id(1))).symlink_metadata().is_err(), "{oddity}");
        assert!(scene.path("7/stray").symlink_metadata().is_ok(), "{oddity}: a stray name went");
    }
}

#[test]
fn of_an_entry_with_two_names_one_goes() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let file = scene.directory.path().join("file");
    fs::write(&file, "precious").expect("written");
    fs::hard_link(&file, scene.path(&format!("7/{}", id(1)))).expect("linked");
    let segment = handle.lock().expect("free");
    let what = Collection::of_the_dead().and_corrupt();
    assert_eq!(ids(segment.collect(what).expect("collected")), set(&[1]));
    assert_eq!(fs::read(file).expect("read"), b"precious");
}

#[test]
fn a_directory_that_is_not_empty_is_an_error_that_says_so_and_keeps_nothing_else() {
    let menagerie = Menagerie::new();
    let full = menagerie.scene.path(&format!("7/{}", id(100)));
    fs::create_dir_all(full.join("inside")).expect("made");
    let (taken, failed): (Vec<_>, Vec<_>) =
        collect(&menagerie.scene, everything()).into_iter().partition(Result::is_ok);
    assert_eq!(taken.len(), 6);
    let [Err(error)] = &*failed else { panic!("{failed:?}") };
    assert_eq!(error.step(), "destroy state entry");
    let expected = format!("cannot rmdir {}: directory not empty", full.display());
    assert_eq!(error.message(), expected);
    assert!(full.join("inside").is_dir());
}

#[test]
fn what_cannot_be_looked_at_is_an_error_if_it_is_asked_for_and_stays() {
    if is_root() {
        skipped!("takes a user whom permissions stop");
        return;
    }
    let menagerie = Menagerie::new();
    fs::set_permissions(menagerie.place(RUNNING), Permissions::from_mode(0o000)).expect("changed");
    assert_eq!(ids(collect(&menagerie.scene, Collection::of_the_dead())), set(&[DEAD]));
    let items = collect(&menagerie.scene, Collection::of_the_dead().and_unknown());
    let errors = items.iter().filter_map(|item| item.as_ref().err());
    let steps: Vec<_> = errors.map(|error| error.step().to_owned()).collect();
    assert_eq!(steps, ["open state entry"]);
    assert!(menagerie.place(RUNNING).is_file());
}

#[test]
fn what_cannot_be_looked_at_is_told_of_where_the_segment_is_held_too() {
    if is_root() {
        skipped!("takes a user whom permissions stop");
        return;
    }
    let Menagerie { scene, lease, .. } = Menagerie::new();
    let place = scene.path(&format!("7/{}", lease.id()));
    fs::set_permissions(place, Permissions::from_mode(0o000)).expect("changed");
    let held = scene.store.handle(identity(7)).expect("there");
    let segment = held.lock().expect("free");
    let steps = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let (what, mut steps) = (Collection::of_the_dead().and_unknown(), Vec::new());
            let each = |item: Result<Collected, Error>| {
                steps.push(item.expect_err("held").step().to_owned());
            };
            scene.store.collect(what, Wait::until(Instant::now()), each).expect("collected");
            steps
        });
        other.join().expect("no panic")
    });
    segment.unlock().expect("unlocked");
    assert_eq!(steps, ["open state entry", "acquire lock on store segment 7"]);
    lease.release();
}

/// Whether this process may do anything.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[test]
fn a_held_or_broken_segment_hides_no_other() {
    let Menagerie { scene, .. } = Menagerie::new();
    let Menagerie { scene, .. } = Menagerie::in_scene(scene, 8);
    let Menagerie { scene, .. } = Menagerie::in_scene(scene, 9);
    fs::write(scene.path("stray"), "").expect("written");
    // What is no file cannot be locked.
    fs::remove_file(scene.path("9/lock")).expect("removed");
    fs::create_dir(scene.path("9/lock")).expect("made");
    let held = scene.store.handle(identity(7)).expect("there");
    let segment = held.lock().expect("free");
    let (collected, errors) = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let (mut collected, mut errors) = (Vec::new(), Vec::new());
            let each = |item| match item {
                Ok(item) => collected.push(item),
                Err(error) => errors.push(error),
            };
            let soon = Wait::until(Instant::now());
            scene.store.collect(Collection::of_the_dead(), soon, each).expect("collected");
            (collected, errors)
        });
        other.join().expect("no panic")
    });
    segment.unlock().expect("unlocked");
    let identities: BTreeSet<_> = collected.iter().map(Collected::identity).collect();
    assert_eq!(identities, BTreeSet::from([identity(8)]));
    let mut errors: Vec<_> = errors.iter().map(|error| (error.step(), error.kind())).collect();
    errors.sort_unstable_by_key(|(step, _)| step.to_owned());
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0], ("acquire lock on store segment 7", ErrorKind::TimedOut));
    assert_eq!(errors[1].0, "acquire lock on store segment 9");
}

#[test]
fn a_segment_that_cannot_be_listed_hides_no_other() {
    let Menagerie { scene, .. } = Menagerie::new();
    let Menagerie { scene, .. } = Menagerie::in_scene(scene, 8);
    let closed = scene.path("7");
    if !is_root() {
        fs::set_permissions(&closed, Permissions::from_mode(0o000)).expect("changed");
    } else if chown(&closed, Some(4242), Some(4242)).is_err() {
        return skipped!("there is no other user to give a segment to");
    }
    let (taken, failed): (Vec<_>, Vec<_>) =
        collect(&scene, Collection::of_the_dead()).into_iter().partition(Result::is_ok);
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).expect("changed");
    let segments: BTreeSet<_> = taken.iter().flatten().map(Collected::identity).collect();
    assert_eq!(segments, BTreeSet::from([identity(8)]));
    let [Err(error)] = &*failed else { panic!("{failed:?}") };
    assert_eq!(error.step(), "read store segment entries", "{}", error.message());
}

#[test]
fn a_cancelled_wait_ends_it() {
    let Menagerie { scene, .. } = Menagerie::new();
    let held = scene.store.handle(identity(7)).expect("there");
    let segment = held.lock().expect("free");
    let error = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let wait = Wait::forever().cancelled_by(&|| true);
            let each = |item| panic!("{item:?}");
            scene.store.collect(Collection::of_the_dead(), wait, each).expect_err("cancelled")
        });
        other.join().expect("no panic")
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    segment.unlock().expect("unlocked");
}

#[test]
fn segments_without_anything_to_collect_are_not_locked_and_nothing_is_made() {
    let scene = Scene::new();
    assert!(scene.store.collectable(everything()).expect("listed").is_empty());
    assert!(collect(&scene, everything()).is_empty());
    assert!(!scene.store.base().as_path().is_dir(), "collecting made a store");
    let handle = scene.store.handle(identity(7)).expect("made");
    let _lease = handle.save(&record(7, 1)).expect("saved");
    // This thread would be refused the lock that it holds.
    let segment = handle.lock().expect("free");
    assert!(collect(&scene, everything()).is_empty());
    segment.unlock().expect("unlocked");
}
