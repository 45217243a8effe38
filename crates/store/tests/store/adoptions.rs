//! What may be adopted, by its verdict.

use std::error::Error as _;
use std::fs;

use hakurei_store::{ErrorKind, Record, Verdict};

use crate::verdicts::{
    CORRUPT, DEAD, MONITORED, Menagerie, NEWER, ORPHANED, RUNNING, TRUNCATED, UNKNOWN,
};
use crate::{id, identity, state};

#[test]
fn an_instance_is_adopted_if_nobody_could_come_back_to_it() {
    let menagerie = Menagerie::new();
    let handle = menagerie.scene.store.handle(identity(7)).expect("there");
    let adopt = |count| handle.lock().expect("free").adopt(id(count));
    // The monitor of the last one is this process.
    for count in [ORPHANED, UNKNOWN, MONITORED] {
        let lease = adopt(count).expect("adopted");
        assert_eq!((lease.id(), lease.identity()), (id(count), identity(7)));
        let view = menagerie.scene.store.entry(identity(7), id(count)).expect("read");
        let view = view.expect("there");
        assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
        assert_eq!(adopt(count).expect_err("adopted before").kind(), ErrorKind::Leased);
        lease.destroy().expect("destroyed");
        assert_eq!(adopt(count).expect_err("gone").kind(), ErrorKind::NotFound);
    }
    for (count, kind, step) in [
        (RUNNING, ErrorKind::Leased, "open state entry"),
        (DEAD, ErrorKind::Ended, "open state entry"),
        (CORRUPT, ErrorKind::Corrupt, "decode state body"),
        (NEWER, ErrorKind::Newer, "decode state header"),
        (TRUNCATED, ErrorKind::Corrupt, "decode state body"),
        (99, ErrorKind::NotFound, "open state entry"),
    ] {
        let error = adopt(count).expect_err("not to be adopted");
        assert_eq!((error.kind(), error.step()), (kind, step), "{}", error.message());
        assert!(count == 99 || menagerie.place(count).is_file());
    }
    fs::create_dir(menagerie.place(99)).expect("made");
    let error = adopt(99).expect_err("a directory");
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    let place = menagerie.place(99).display().to_string();
    assert!(error.message().contains(&place), "{}", error.message());
}

#[test]
fn an_instance_whose_monitor_lives_is_adopted_by_that_alone() {
    let menagerie = Menagerie::new();
    let store = &menagerie.scene.store;
    let orphaned = store.entry(identity(7), id(ORPHANED)).expect("read").expect("there");
    let mut state = state(7, 99);
    // Some other process that lives.
    state.pid = orphaned.state().expect("whole").shim_pid;
    let handle = store.handle(identity(7)).expect("there");
    handle.save(&Record::new(&state).expect("valid")).expect("saved").release();
    let error = handle.lock().expect("free").adopt(id(99)).expect_err("not its own");
    assert_eq!(error.kind(), ErrorKind::Refused);
    let expected = format!("still has its monitor, process {}", state.pid);
    assert!(error.message().ends_with(&expected), "{}", error.message());
}

#[test]
fn an_adopted_instance_is_ended_like_any_other() {
    let menagerie = Menagerie::new();
    let handle = menagerie.scene.store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let lease = segment.adopt(id(ORPHANED)).expect("adopted");
    let left = segment.end_with_account(lease).expect("ended");
    assert_eq!(left.alive(), Some(6));
    // Dropped, it takes its entry away; released, it leaves it.
    segment.adopt(id(UNKNOWN)).expect("adopted").release();
    assert!(menagerie.place(UNKNOWN).is_file());
    drop(segment.adopt(id(UNKNOWN)).expect("adopted"));
    assert!(!menagerie.place(UNKNOWN).is_file());
    segment.unlock().expect("unlocked");
}

#[test]
fn a_lease_that_has_been_let_go_is_adopted_and_not_taken_over() {
    let menagerie = Menagerie::new();
    let store = &menagerie.scene.store;
    for (count, verdict) in [
        (DEAD, Verdict::Dead),
        (ORPHANED, Verdict::Orphaned),
        (UNKNOWN, Verdict::Unknown),
        (MONITORED, Verdict::Running),
    ] {
        let descriptor = fs::File::open(menagerie.place(count)).expect("there");
        let failed = store.take_over(descriptor.into()).expect_err("free");
        let causes = [failed.source(), failed.error().source()];
        let [own, inner] = causes.map(|cause| cause.expect("it has one").to_string());
        assert_eq!((own, failed.to_string()), (inner, failed.error().to_string()));
        let (descriptor, error) = failed.into_parts();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Refused, "open state entry"));
        let expected = "any more; adopt it, if it still runs";
        assert!(error.message().ends_with(expected), "{}", error.message());
        let view = store.entry(identity(7), id(count)).expect("read").expect("there");
        assert_eq!((view.verdict(), view.is_leased()), (verdict, false));
        drop(descriptor);
    }
    let handle = store.handle(identity(7)).expect("there");
    handle.lock().expect("free").adopt(id(ORPHANED)).expect("orphaned").release();
}
