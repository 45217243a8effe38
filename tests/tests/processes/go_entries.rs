//! Entries that Go wrote, whole and harmed; `fixtures/go/README.md` says where they come from.

use std::fs;
use std::path::PathBuf;

use hakurei_store::{FormatError, Verdict, decode};
use hakurei_tests::{Scene, lossless};
use serde_json::Value;

/// The entries, with what they say.
fn fixtures() -> Vec<(PathBuf, Vec<u8>, Value)> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/go");
    let entries = fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("read"));
    let paths = entries.map(|entry| entry.path()).filter(|path| path.extension().is_none());
    let fixtures: Vec<_> = paths
        .map(|path| {
            let json = fs::read(path.with_extension("json")).expect("its JSON");
            let bytes = fs::read(&path).expect("read");
            (path, bytes, serde_json::from_slice(&json).expect("JSON"))
        })
        .collect();
    assert_eq!(fixtures.len(), 5);
    fixtures
}

/// What is wrong, with its place.
fn told(error: &FormatError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[test]
fn they_are_read() {
    for (path, entry, expected) in fixtures() {
        let state = decode(&entry).unwrap_or_else(|error| panic!("{path:?}: {}", told(&error)));
        assert_eq!(lossless(&state), expected, "{path:?}");
    }
}

#[test]
fn every_truncation_says_so_and_at_which_byte() {
    for (path, entry, _) in fixtures() {
        for length in 0..entry.len() {
            let error = decode(&entry[..length]).expect_err("cut short");
            let told = told(&error);
            assert!(length < 8 || told.contains("at byte "), "{path:?} at {length}: {told}");
        }
    }
}

#[test]
fn every_changed_byte_is_an_error_with_its_place_or_another_value() {
    for (path, entry, expected) in fixtures() {
        let mut equal = 0_u32;
        for at in 0..entry.len() {
            for change in [0x01, 0x02, 0x40, 0x80, 0xff] {
                let mut changed = entry.clone();
                changed[at] ^= change;
                match decode(&changed) {
                    Ok(state) => equal += u32::from(lossless(&state) == expected),
                    Err(error) => assert!(!told(&error).is_empty(), "{path:?} at {at}"),
                }
            }
        }
        // The names and ids of types may be anything.
        assert!(equal > 0, "{path:?}");
    }
}

#[test]
fn what_go_is_still_writing_is_starting_while_the_lock_is_held() {
    for (path, entry, _) in fixtures() {
        let state = decode(&entry).expect("it is whole");
        let scene = Scene::new();
        let store = scene.store();
        let handle = store.handle(state.config.identity).expect("made");
        let place = scene.base().as_path().join(state.config.identity.to_string());
        let place = place.join(state.id.to_string());
        let look = || {
            let view = store.entry(state.config.identity, state.id).expect("read");
            view.expect("there").verdict()
        };
        let segment = handle.lock().expect("free");
        for length in 0..entry.len() {
            fs::write(&place, &entry[..length]).expect("written");
            assert_eq!(look(), Verdict::Starting, "{path:?} at {length}");
        }
        segment.unlock().expect("unlocked");
        assert_eq!(look(), Verdict::Corrupt, "{path:?}");
        fs::write(&place, &entry).expect("written");
        assert!(!matches!(look(), Verdict::Starting | Verdict::Corrupt), "{path:?}");
    }
}
