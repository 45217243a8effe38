//! Who is counted, and with what.

use std::fs;
use std::time::Instant;

use hakurei_hst::Enablements;
use hakurei_store::{Account, ErrorKind, Record, Wait};

use crate::verdicts::{
    CORRUPT, DEAD, MONITORED, Menagerie, NEWER, ORPHANED, RUNNING, TRUNCATED, UNKNOWN,
};
use crate::{Scene, id, identity, record, state};

fn account(scene: &Scene) -> Account {
    let handle = scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let account = segment.account().expect("counted");
    segment.unlock().expect("unlocked");
    account
}

#[test]
fn all_but_the_proven_dead_count_and_what_cannot_be_read_uses_everything() {
    let menagerie = Menagerie::new();
    let counted = || {
        let account = account(&menagerie.scene);
        (account.alive().expect("known"), account.enablements())
    };
    assert_eq!(counted(), (7, Enablements::ALL));
    for (count, left) in [(CORRUPT, 6), (NEWER, 5)] {
        menagerie.remove(count);
        assert_eq!(counted(), (left, Enablements::ALL));
    }
    menagerie.remove(TRUNCATED);
    let (wayland, x11, dbus) = (Enablements::WAYLAND, Enablements::X11, Enablements::DBUS);
    assert_eq!(counted(), (4, wayland | x11 | dbus));
    menagerie.remove(ORPHANED);
    assert_eq!(counted(), (3, wayland | x11));
    menagerie.remove(MONITORED);
    menagerie.remove(UNKNOWN);
    assert_eq!(counted(), (1, wayland));
    menagerie.remove(RUNNING);
    assert_eq!(counted(), (0, Enablements::from_bits(0)));
    assert!(account(&menagerie.scene).is_empty());
    assert!(menagerie.place(DEAD).is_file(), "counting takes nothing away");
}

#[test]
fn what_stands_in_an_entrys_place_counts_and_other_names_do_not() {
    let scene = Scene::new();
    drop(scene.store.handle(identity(7)).expect("made"));
    for stray in ["stray", "0123", &"g".repeat(32), &id(1).to_string().to_uppercase()] {
        fs::write(scene.path(&format!("7/{stray}")), "").expect("written");
    }
    assert!(account(&scene).is_empty());
    fs::create_dir(scene.path(&format!("7/{}", id(2)))).expect("made");
    assert_eq!(account(&scene).enablements(), Enablements::ALL);
    assert!(!account(&scene).is_empty());
}

#[test]
fn bits_that_are_not_known_are_kept() {
    let scene = Scene::new();
    let mut future = state(7, 1);
    future.config.enablements = Some(Enablements::from_bits(0x40));
    let handle = scene.store.handle(identity(7)).expect("made");
    let _lease = handle.save(&Record::new(&future).expect("valid")).expect("saved");
    assert_eq!(account(&scene).enablements().bits(), 0x40);
}

#[test]
fn an_ended_lease_counts_the_others() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let [first, second, third] =
        [1, 2, 3].map(|count| handle.save(&record(7, count)).expect("saved"));
    let left = first.destroy_with_account(Wait::forever()).expect("destroyed");
    assert_eq!((left.alive(), left.is_empty()), (Some(2), false));
    let segment = handle.lock().expect("free");
    let left = segment.end_with_account(second).expect("ended");
    assert_eq!(left.alive(), Some(1));
    assert_eq!(segment.account().expect("counted"), left);
    let left = segment.end_with_account(third).expect("ended");
    assert_eq!((left.alive(), left.is_empty()), (Some(0), true));
    assert_eq!(left.enablements(), Enablements::from_bits(0));
    segment.unlock().expect("unlocked");
}

#[test]
fn an_entry_that_has_taken_the_leases_name_counts() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let lease = handle.save(&record(7, 1)).expect("saved");
    fs::remove_file(scene.path(&format!("7/{}", id(1)))).expect("removed");
    let _successor = handle.save(&record(7, 1)).expect("saved");
    let left = lease.destroy_with_account(Wait::forever()).expect("nothing to do");
    assert_eq!(left.alive(), Some(1));
    assert!(scene.path(&format!("7/{}", id(1))).is_file());
}

#[test]
fn whom_a_removed_store_had_nobody_knows() {
    for what in ["7", ""] {
        let scene = Scene::new();
        let handle = scene.store.handle(identity(7)).expect("made");
        let [first, second] = [1, 2].map(|count| handle.save(&record(7, count)).expect("saved"));
        fs::remove_dir_all(scene.path(what)).expect("a logout");
        let left = first.destroy_with_account(Wait::forever()).expect("nothing to do");
        assert_eq!((left.alive(), left.is_empty()), (None, false));
        assert_eq!(left.enablements(), Enablements::ALL);
        assert!(!scene.path("7").is_dir(), "it was made again");
        // Whoever comes next makes it again; that says nothing of those who were there before.
        let third = handle.save(&record(7, 3)).expect("saved");
        let left = second.destroy_with_account(Wait::forever()).expect("nothing to do");
        assert_eq!((left.alive(), left.enablements()), (None, Enablements::ALL));
        let left = third.destroy_with_account(Wait::forever()).expect("destroyed");
        assert_eq!(left.alive(), Some(0));
    }
}

#[test]
fn a_segment_that_is_removed_under_its_lock_is_not_empty() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let segment = handle.lock().expect("free");
    let lease = segment.save(&record(7, 1)).expect("saved");
    fs::remove_dir_all(scene.path("7")).expect("removed");
    assert_eq!(segment.account().expect("counted").alive(), None);
    assert_eq!(segment.end_with_account(lease).expect("ended").alive(), None);
}

#[test]
fn on_any_error_nothing_has_been_done() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(7)).expect("made");
    let lease = handle.save(&record(7, 1)).expect("saved");
    let is_there = || scene.path(&format!("7/{}", id(1))).is_file();

    let segment = handle.lock().expect("free");
    let failed = std::thread::scope(|scope| {
        let other = scope.spawn(|| lease.destroy_with_account(Wait::until(Instant::now())));
        other.join().expect("no panic").expect_err("another thread holds the lock")
    });
    assert_eq!(failed.error().kind(), ErrorKind::TimedOut);
    segment.unlock().expect("unlocked");
    assert!(is_there());

    let other = scene.store.handle(identity(8)).expect("made");
    let segment = other.lock().expect("free");
    let failed = segment.end_with_account(failed.into_parts().0).expect_err("of another segment");
    assert_eq!(failed.error().kind(), ErrorKind::Refused);
    segment.unlock().expect("unlocked");
    assert!(is_there());

    let left = failed.into_parts().0.destroy_with_account(Wait::forever()).expect("destroyed");
    assert_eq!(left.alive(), Some(0));
    assert!(!is_there());
}
