//! Listings without a lock.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;

use hakurei_store::{ErrorKind, Verdict, View};

use crate::{Scene, id, identity, record};

/// Three segments of four entries each.
fn populated() -> Scene {
    let scene = Scene::new();
    for number in [3, 1, 2] {
        let handle = scene.store.handle(identity(number)).expect("made");
        for count in 0..4 {
            handle.lock().expect("free").save(&record(number, count)).expect("saved").release();
        }
    }
    scene
}

#[test]
fn everything_is_listed_once() {
    let scene = populated();
    let expected: BTreeSet<_> =
        (1..=3).flat_map(|number| (0..4).map(move |count| (identity(number), id(count)))).collect();
    let ids: Vec<_> = scene.store.ids().expect("listed").map(|id| id.expect("an id")).collect();
    assert_eq!(ids.len(), 12);
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), expected);
    let views = scene.store.entries().expect("listed").map(|view| view.expect("read"));
    let listed: BTreeSet<_> = views.map(|view| (view.identity(), view.id())).collect();
    assert_eq!(listed, expected);
    let of_two = scene.store.entries_of(identity(2)).expect("listed");
    assert!(of_two.map(|view| view.expect("read")).all(|view| view.identity() == identity(2)));
    assert_eq!(scene.store.identities().expect("listed"), [1, 2, 3].map(identity));
    let segments = scene.store.segments().expect("listed");
    assert_eq!(segments.size_hint(), (3, Some(3)));
    assert_eq!(segments.take(1).count(), 1);
}

#[test]
fn a_visitor_can_stop_half_way() {
    let scene = populated();
    let mut seen = 0;
    let visit = |view: Result<View<'_>, _>| {
        assert!(view.expect("read").state().is_ok());
        seen += 1;
        if seen == 5 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
    };
    assert_eq!(scene.store.visit(visit).expect("listed"), ControlFlow::Break("enough"));
    assert_eq!(seen, 5);
}

#[test]
fn a_held_lock_keeps_nobody_from_listing() {
    let scene = populated();
    let handle = scene.store.handle(identity(1)).expect("there");
    let segment = handle.lock().expect("free");
    assert_eq!(scene.store.entries().expect("listed").filter(Result::is_ok).count(), 12);
    segment.unlock().expect("unlocked");
}

#[test]
fn stray_names_hide_nothing() {
    let scene = populated();
    for stray in ["007", "+7", "-1", "10000", "seven"] {
        fs::create_dir(scene.path(stray)).expect("made");
    }
    fs::write(scene.path("file"), "").expect("made");
    fs::create_dir(scene.path("1/directory")).expect("made");
    fs::write(scene.path("2/short"), "").expect("made");
    let mut messages = BTreeSet::new();
    let mut listed = 0;
    for view in scene.store.entries().expect("listed") {
        match view {
            Ok(_) => listed += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Stray);
                messages.insert(error.message());
            }
        }
    }
    assert_eq!(listed, 12);
    let expected = [
        r#"skipped non-directory entry "file""#,
        r#"skipped non-entry file "short": identifier string has unexpected length"#,
        r#"skipped non-identity entry "+7""#,
        r#"skipped non-identity entry "007""#,
        r#"skipped non-identity entry "seven""#,
        "skipped out of bounds entry -1",
        "skipped out of bounds entry 10000",
        r#"unexpected directory "directory" in store"#,
    ];
    assert_eq!(messages.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(scene.store.identities().expect("listed"), [1, 2, 3].map(identity));
}

/// Puts bytes in an entry's place, and gives back the verdict on them.
fn verdict_on(scene: &Scene, bytes: &[u8]) -> (Verdict, Option<String>) {
    fs::write(scene.path(&format!("1/{}", id(0))), bytes).expect("written");
    let view = scene.store.entry(identity(1), id(0)).expect("read").expect("there");
    (view.verdict(), view.summary().err().map(hakurei_store::Error::message))
}

#[test]
fn what_cannot_be_read_has_a_verdict_that_says_so() {
    let scene = populated();
    let whole = fs::read(scene.path(&format!("1/{}", id(0)))).expect("read");
    let (verdict, message) = verdict_on(&scene, &whole[..whole.len() / 2]);
    assert_eq!(verdict, Verdict::Corrupt);
    assert!(message.expect("an error").contains("truncated"));
    let (verdict, message) = verdict_on(&scene, b"");
    assert_eq!(verdict, Verdict::Corrupt);
    let expected =
        format!("cannot decode state header: state entry file \"{}\" is too short", id(0));
    assert_eq!(message.expect("an error"), expected);
    let mut newer = whole.clone();
    newer[5] = 0x02;
    assert_eq!(verdict_on(&scene, &newer).0, Verdict::Newer);
    assert_eq!(verdict_on(&scene, &newer[..8]).0, Verdict::Newer);
    let other = fs::read(scene.path(&format!("1/{}", id(1)))).expect("read");
    let (verdict, message) = verdict_on(&scene, &other);
    assert_eq!(verdict, Verdict::Corrupt);
    let expected = format!(
        "cannot validate state identifier: state entry {} has unexpected id {}",
        id(0),
        id(1)
    );
    assert_eq!(message.expect("an error"), expected);
    let stranger = fs::read(scene.path(&format!("2/{}", id(0)))).expect("read");
    let (verdict, message) = verdict_on(&scene, &stranger);
    assert_eq!(verdict, Verdict::Corrupt);
    assert!(message.expect("an error").ends_with("has unexpected identity 2, in segment 1"));
    assert_eq!(verdict_on(&scene, &whole), (Verdict::Running, None));
}

#[test]
fn what_is_being_written_is_starting_while_the_lock_is_held() {
    let scene = populated();
    let whole = fs::read(scene.path(&format!("1/{}", id(0)))).expect("read");
    let handle = scene.store.handle(identity(1)).expect("there");
    let segment = handle.lock().expect("free");
    for length in [0, 3, 8, 16, whole.len() - 1] {
        assert_eq!(verdict_on(&scene, &whole[..length]).0, Verdict::Starting, "{length}");
    }
    assert_eq!(verdict_on(&scene, b"\x00\xfe").0, Verdict::Corrupt);
    segment.unlock().expect("unlocked");
    assert_eq!(verdict_on(&scene, &whole[..16]).0, Verdict::Corrupt);
}

#[test]
fn what_lies_there_in_part_is_not_starting_where_nobody_can_hold_the_lock() {
    let scene = populated();
    let whole = fs::read(scene.path(&format!("1/{}", id(0)))).expect("read");
    fs::remove_file(scene.path("1/lock")).expect("removed");
    assert_eq!(verdict_on(&scene, &whole[..16]).0, Verdict::Corrupt);
}

#[test]
fn a_listing_says_at_its_end_whether_it_was_whole() {
    let scene = populated();
    let count = |scene: &Scene| {
        let mut entries = scene.store.entries().expect("listed");
        let listed = entries.by_ref().count();
        (listed, entries.unreadable())
    };
    assert_eq!(count(&scene), (12, 0));
    fs::write(scene.path("1/stray"), "").expect("written");
    fs::write(scene.path(&format!("2/{}", id(0))), b"damaged").expect("written");
    fs::write(scene.path("stray"), "").expect("written");
    assert_eq!(count(&scene), (14, 3));
    let mut entries = scene.store.entries().expect("listed");
    let flow = entries.visit(|_| ControlFlow::<()>::Continue(()));
    assert!(flow.is_continue());
    assert_eq!(entries.unreadable(), 3);
    // What is being written will be read by the next.
    let handle = scene.store.handle(identity(1)).expect("there");
    let segment = handle.lock().expect("free");
    fs::write(scene.path(&format!("1/{}", id(0))), b"").expect("written");
    assert_eq!(count(&scene), (14, 3));
    segment.unlock().expect("unlocked");
    assert_eq!(count(&scene), (14, 4));
}
