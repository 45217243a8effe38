//! Entries under the lock.

use std::fs;

use hakurei_check::Absolute;
use hakurei_hst::{Config, Filesystem, Overlay, Text, Time};
use hakurei_store::{ErrorKind, Format, Process, Record, Revision, Store, Verdict};

use crate::{Scene, id, identity, record, state};

#[test]
fn what_was_saved_is_loaded() {
    let scene = Scene::new();
    let lease = scene.store.handle(identity(9)).expect("made").save(&record(9, 1)).expect("saved");
    assert_eq!((lease.id(), lease.identity()), (id(1), identity(9)));
    let handle = scene.store.handle(identity(9)).expect("there");
    let segment = handle.lock().expect("free");
    let entry = segment.entry(id(1));
    assert_eq!(entry.load().expect("loaded"), state(9, 1));
    let header = entry.header().expect("read");
    assert_eq!(header.revision(), Revision::CURRENT);
    assert_eq!(Some(header.enablements()), state(9, 1).config.enablements);
    let view = entry.view().expect("there");
    assert_eq!(view.verdict(), Verdict::Running);
    assert_eq!(view.summary().expect("read").pid(), i64::from(std::process::id()));
    assert_eq!((segment.len().expect("counted"), segment.is_empty().expect("counted")), (1, false));
    segment.end(lease).expect("ended");
    assert!(segment.is_empty().expect("counted"));
    assert_eq!(entry.load().expect_err("gone").kind(), ErrorKind::NotFound);
    assert_eq!(entry.header().expect_err("gone").kind(), ErrorKind::NotFound);
    assert!(entry.view().is_none());
    let error = entry.destroy().expect_err("gone");
    assert_eq!((error.kind(), error.step()), (ErrorKind::NotFound, "destroy state entry"));
}

#[test]
fn an_error_leads_to_what_is_wrong_in_the_bytes() {
    let scene = Scene::new();
    drop(scene.store.handle(identity(1)).expect("made"));
    let header = [0x00, 0xff, 0xca, 0xfe, 0x00, 0x00, 0x00, 0xff];
    let place = scene.path(&format!("1/{}", id(1)));
    fs::write(place, [&header[..], b"\x03no gob"].concat()).expect("written");
    let view = scene.store.entry(identity(1), id(1)).expect("read").expect("there");
    let error = view.summary().expect_err("no gob");
    let first: &dyn std::error::Error = error;
    let causes: Vec<_> = std::iter::successors(first.source(), |cause| cause.source())
        .map(ToString::to_string)
        .collect();
    let [of_the_entry, of_the_gob] = &causes[..] else { panic!("{causes:?}") };
    assert_eq!(of_the_entry, "state entry body is malformed");
    assert!(of_the_gob.ends_with("at byte 2"), "{of_the_gob}");
}

#[test]
fn an_id_is_saved_once() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let lease = handle.save(&record(1, 1)).expect("saved");
    let error = handle.save(&record(1, 1)).expect_err("it is there");
    assert_eq!((error.kind(), error.step()), (ErrorKind::Exists, "open state entry"));
    let view = scene.store.entry(identity(1), id(1)).expect("read").expect("there");
    assert!(view.is_leased());
    lease.destroy().expect("destroyed");
}

#[test]
fn entries_are_destroyed_while_they_are_iterated() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let segment = handle.lock().expect("free");
    for count in 0..50 {
        segment.save(&record(1, count)).expect("saved").release();
    }
    let entries = segment.entries().expect("read");
    assert_eq!(entries.len(), 50);
    for (count, entry) in entries.enumerate() {
        if count % 2 == 0 {
            entry.expect("an entry").destroy().expect("destroyed");
        }
    }
    assert_eq!(segment.len().expect("counted"), 25);
}

#[test]
fn one_bad_entry_hides_no_other() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let segment = handle.lock().expect("free");
    for count in 0..3 {
        segment.save(&record(1, count)).expect("saved").release();
    }
    let path = scene.path(&format!("1/{}", id(1)));
    let mut bytes = fs::read(&path).expect("read");
    bytes[100] ^= 1;
    fs::write(&path, bytes).expect("written");
    fs::write(scene.path("1/stray"), "").expect("written");
    let states = segment.load_all().expect("loaded");
    assert_eq!(states.len(), 3);
    for (loaded, state) in states {
        assert_eq!(state.is_err(), loaded == id(1));
    }
}

#[test]
fn a_state_that_does_not_belong_there_is_refused_and_nothing_is_written() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let segment = handle.lock().expect("free");
    let error = segment.save(&record(2, 1)).expect_err("another identity's");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.message(), "identity 2 does not belong into segment 1");
    let mut invalid = state(1, 1);
    invalid.config.container = None;
    let error = Record::new(&invalid).expect_err("invalid");
    assert_eq!((error.kind(), error.step()), (ErrorKind::Refused, "validate configuration"));
    assert_eq!(error.message(), "configuration missing container state");
    invalid.config = Config::default();
    assert_eq!(Record::new(&invalid).expect_err("invalid").kind(), ErrorKind::Refused);
    assert!(segment.is_empty().expect("counted"));
}

#[test]
fn strings_need_not_be_text() {
    let scene = Scene::new();
    let mut odd = state(1, 1);
    odd.config.id = Text::from(&b"org.\xff\x1b[31m"[..]);
    let lease = scene
        .store
        .handle(identity(1))
        .expect("made")
        .save(&Record::new(&odd).expect("valid"))
        .expect("saved");
    let view = scene.store.entry(identity(1), id(1)).expect("read").expect("there");
    assert_eq!(view.summary().expect("read").app_id().as_bytes(), b"org.\xff\x1b[31m");
    assert_eq!(view.state().expect("whole"), odd);
    lease.destroy().expect("destroyed");
}

#[test]
fn beside_what_go_may_read_only_gob_is_saved() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let gob = scene.store.clone().in_format(Format::Gob);
    let gos = handle.save(&gob.record(&state(1, 1)).expect("valid")).expect("saved");
    let refused = |message: &str| {
        let error = handle.save(&record(1, 2)).expect_err("Go would not count it");
        assert_eq!(error.kind(), ErrorKind::ForeignFormat, "{}", error.message());
        assert!(error.message().contains("save it in gob"), "{message}: {}", error.message());
    };
    refused("by its header");
    // It could not be looked at, and Go reads it all the same.
    let copy = scene.directory.path().join("copy");
    fs::hard_link(scene.path(&format!("1/{}", id(1))), &copy).expect("linked");
    refused("with another name");
    fs::remove_file(copy).expect("removed");
    gos.destroy().expect("destroyed");
    handle.save(&record(1, 2)).expect("saved").destroy().expect("destroyed");

    let scene = Scene::new();
    let base = Absolute::try_from(scene.directory.path().join("hakurei.0/state")).expect("a path");
    let store = Store::new(base);
    assert!(store.is_where_go_keeps_its_own() && !scene.store.is_where_go_keeps_its_own());
    let handle = store.handle(identity(1)).expect("made");
    let error = handle.save(&record(1, 2)).expect_err("it is Go's store");
    assert_eq!(error.kind(), ErrorKind::ForeignFormat);
}

#[test]
fn what_is_saved_in_gob_is_like_any_other() {
    let scene = Scene::new();
    let store = scene.store.clone().in_format(Format::Gob);
    let handle = store.handle(identity(1)).expect("made");
    let record = store.record(&state(1, 1)).expect("valid");
    assert_eq!(record.format(), Format::Gob);
    let lease = handle.save(&record).expect("saved");
    let view = scene.store.entry(identity(1), id(1)).expect("read").expect("there");
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    assert_eq!(view.format(), Some(Format::Gob));
    assert_eq!(view.state().expect("whole"), state(1, 1));
    assert_eq!(view.as_bytes(), fs::read(scene.path(&format!("1/{}", id(1)))).expect("read"));
    let segment = handle.lock().expect("free");
    assert_eq!(segment.entry(id(1)).header().expect("read").revision(), Revision::GO);
    segment.end(lease).expect("ended");
    let mut null = state(1, 1);
    let overlay = Overlay { lower: Some(vec![None]), ..Overlay::default() };
    if let Some(container) = &mut null.config.container {
        container.filesystem = Some(vec![Filesystem::Overlay(overlay)]);
    }
    let error = store.record(&null).expect_err("gob has no null in a list");
    assert_eq!((error.kind(), error.step()), (ErrorKind::Refused, "encode state body"));
    assert!(error.message().contains("null"), "{}", error.message());
    Record::new(&null).expect("CBOR has");
}

#[test]
fn an_owner_is_recorded_with_what_tells_it_apart() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    let mut state = state(1, 1);
    state.shim_pid = state.pid;
    state.time = Time::from_parts(1_700_000_000, 1, 3600).expect("a time");
    let lease = handle.save(&Record::new(&state).expect("valid")).expect("saved");
    let view = scene.store.entry(identity(1), id(1)).expect("read").expect("there");
    let summary = view.summary().expect("read");
    assert_eq!(summary.time(), state.time);
    let owner = summary.owner().expect("recorded");
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("read");
    assert_eq!(owner.boot().map(|boot| boot.to_string()).as_deref(), Some(boot.trim()));
    let me = i32::try_from(std::process::id()).ok();
    assert_eq!([owner.monitor(), owner.shim()].map(|it| it.map(Process::pid)), [me; 2]);
    assert!(owner.uptime().is_some_and(|uptime| !uptime.is_zero()));
    lease.destroy().expect("destroyed");
}

#[test]
fn what_go_could_not_read_either_keeps_nobody_from_saving() {
    let scene = Scene::new();
    let handle = scene.store.handle(identity(1)).expect("made");
    fs::write(scene.path(&format!("1/{}", id(1))), "neither here nor there").expect("written");
    handle.save(&record(1, 2)).expect("saved").release();
    // A second name keeps us from reading it, and not Go.
    let place = scene.path(&format!("1/{}", id(3)));
    fs::write(&place, "whatever").expect("written");
    fs::hard_link(&place, scene.directory.path().join("second")).expect("linked");
    let error = handle.save(&record(1, 4)).expect_err("it may be Go's");
    assert_eq!(error.kind(), ErrorKind::ForeignFormat);
}
