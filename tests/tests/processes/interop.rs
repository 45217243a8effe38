//! One store, two languages: beside a Go program that reads and writes as the Go system does.
//!
//! `cargo xtask interop` builds it, and names it in `GOPEER`; without that these tests skip, and say
//! so. How long the last one goes on is `INTEROP_SECONDS`, 3 unless it is set.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use hakurei_hst::{Identity, InstanceId, State};
use hakurei_store::{Collection, ErrorKind, Format, Record, Store, Verdict, decode};
use hakurei_tests::{Peer, Scene, identity, lossless, random_state, skipped, state};
use serde_json::Value;

use crate::{gos_numbers_mean_something, peer};

/// Starts the Go program, if there is one.
fn go(scene: &Scene) -> Option<Peer> {
    match std::env::var_os("GOPEER") {
        Some(program) => Some(Peer::start(program, &scene.base(), None)),
        None => {
            skipped!("takes a Go, which `cargo xtask interop` looks for");
            None
        }
    }
}

/// The entries in a file of records.
fn records(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).expect("the Go program has written it");
    let mut rest = &bytes[..];
    let mut records = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (record, next) = behind.split_at(u32::from_be_bytes(*length) as usize);
        records.push(record.to_vec());
        rest = next;
    }
    records
}

fn write_records(path: &Path, records: impl Iterator<Item = Vec<u8>>) {
    let mut bytes = Vec::new();
    for record in records {
        bytes.extend_from_slice(&u32::try_from(record.len()).expect("short").to_be_bytes());
        bytes.extend_from_slice(&record);
    }
    fs::write(path, bytes).expect("written");
}

/// The states beside a file of records, as Go has them.
fn states_beside(path: &Path) -> Vec<Value> {
    let file = fs::File::open(path.with_extension("records.json")).expect("it is there");
    let lines = BufReader::new(file).lines().map(|line| line.expect("read"));
    lines.map(|line| serde_json::from_str(&line).expect("JSON")).collect()
}

fn encode(state: &State) -> Vec<u8> {
    let record = Record::in_format(state, Format::Gob);
    record.unwrap_or_else(|error| panic!("{}: {state:?}", error.message())).as_bytes().to_vec()
}

#[test]
fn ten_thousand_states_of_gos_are_read_and_rewritten() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    let path = scene.path().join("go.records");
    let order = format!("gen {} 1 10000", path.display());
    assert_eq!(go.ask(&order), "generated 10000");
    let expected = states_beside(&path);
    let states: Vec<State> =
        records(&path).iter().map(|entry| decode(entry).expect("it is Go's")).collect();
    assert_eq!(states.len(), 10_000);
    for (state, expected) in states.iter().zip(&expected) {
        assert_eq!(lossless(state), *expected);
    }
    let rewritten = scene.path().join("rewritten.records");
    write_records(&rewritten, states.iter().map(encode));
    assert_eq!(go.ask(&format!("check {}", rewritten.display())), "checked 10000");
    assert_eq!(states_beside(&rewritten), expected);
}

#[test]
fn ten_thousand_states_of_ours_are_read_by_go() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    let states: Vec<State> = (0..10_000).map(random_state).collect();
    let path = scene.path().join("rust.records");
    write_records(&path, states.iter().map(encode));
    assert_eq!(go.ask(&format!("check {}", path.display())), "checked 10000");
    for (state, read) in states.iter().zip(states_beside(&path)) {
        assert_eq!(lossless(state), read);
    }
}

fn saved(answer: &str) -> InstanceId {
    let words: Vec<&str> = answer.split(' ').collect();
    assert_eq!(words[0], "saved", "{answer}");
    words[1].parse().expect("an id")
}

fn entry(store: &Store, identity: Identity, id: InstanceId) -> hakurei_store::View<'static> {
    store.entry(identity, id).expect("read").expect("there")
}

#[test]
fn each_sees_what_the_other_saves() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    let (base, store) = (scene.base(), scene.store());
    let gos = saved(&go.ask(&format!("save {base} 7 42")));
    let view = entry(&store, identity(7), gos);
    assert_eq!(view.format(), Some(Format::Gob));
    assert!(view.summary().expect("read").owner().is_none());
    let json: Value = serde_json::from_str(&go.ask(&format!("json {base} 7 {gos}"))).expect("JSON");
    assert_eq!(lossless(&view.state().expect("whole")), json);

    let ours = state(identity(7), hakurei_tests::id(1, 1));
    let handle = store.handle(identity(7)).expect("there");
    let refused = handle.save(&Record::new(&ours).expect("valid")).expect_err("beside Go");
    assert_eq!(refused.kind(), ErrorKind::ForeignFormat);
    assert!(refused.message().contains("save it in gob"), "{}", refused.message());
    let lease = handle.save(&store.in_format(Format::Gob).record(&ours).expect("valid"));
    let lease = lease.expect("saved");
    let store = scene.store();
    let view = entry(&store, identity(7), ours.id);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    assert!(view.summary().expect("read").owner().is_some());
    let json = go.ask(&format!("json {base} 7 {}", ours.id));
    assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON"), lossless(&ours));
    assert!(go.ask(&format!("list {base}")).starts_with("listed 2 "));

    lease.destroy().expect("destroyed");
    handle.lock().expect("free").entry(gos).destroy().expect("destroyed");
    assert_eq!(go.ask(&format!("list {base}")), "listed 0");
    handle.save(&Record::new(&ours).expect("valid")).expect("Go is gone").destroy().expect("done");
}

#[test]
fn a_launcher_of_gos_is_seen_to_live_and_to_end() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    if !gos_numbers_mean_something() {
        return;
    }
    let store = scene.store();
    let id = saved(&go.ask(&format!("launch {} 7 42", scene.base())));
    let view = entry(&store, identity(7), id);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, false));
    go.kill();
    // Its shim is not of the identity's user, as no program in these tests is.
    assert_eq!(entry(&store, identity(7), id).verdict(), Verdict::Dead);
    let handle = store.handle(identity(7)).expect("there");
    let segment = handle.lock().expect("free");
    let collected = segment.collect(Collection::of_the_dead()).expect("collected");
    let ids: Vec<_> = collected.into_iter().map(|item| item.expect("taken away").id()).collect();
    assert_eq!(ids, [id]);
}

#[test]
fn locks_exclude_the_other_language() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    let handle = scene.store().handle(identity(7)).expect("made");
    assert_eq!(go.ask(&format!("lock {} 7", scene.base())), "locked");
    assert!(handle.try_lock().expect("no failure").is_none());
    let soon = Instant::now() + Duration::from_millis(20);
    let error = handle.lock_until(soon).expect_err("held");
    assert_eq!(error.holder().and_then(hakurei_store::Holder::pid), Some(go.pid()));
    assert_eq!(go.ask("unlock"), "unlocked");
    handle.lock().expect("free").unlock().expect("unlocked");
}

#[test]
fn a_go_process_and_three_of_ours_share_a_store() {
    let scene = Scene::new();
    let Some(mut go) = go(&scene) else { return };
    let seconds = std::env::var("INTEROP_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(3));
    let mut savers = [peer(&scene.base()), peer(&scene.base())];
    let mut lister = peer(&scene.base());
    lister.tell("list-beside-go");
    for saver in &mut savers {
        assert_eq!(saver.ask("format gob"), "gob");
    }
    let base = scene.base();
    for round in 0_u32.. {
        if Instant::now() >= end {
            break;
        }
        let segment = round % 3;
        for saver in &mut savers {
            saver.tell(&format!("churn {segment} 50"));
        }
        assert_eq!(go.ask(&format!("churn {base} {segment} 50")), "done");
        for saver in &mut savers {
            assert_eq!(saver.hear(), "done");
        }
        let listed = go.ask(&format!("list {base}"));
        assert_eq!(listed, "listed 0");
    }
    let answer = lister.ask("enough");
    assert!(answer.ends_with(" listings"), "{answer}");
}
