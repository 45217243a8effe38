//! The two formats, and what `run` writes where the Go system is about.

use hakurei_store::Format;

use crate::place::{BINARY, Place, answer, state};

/// The formats of what is listed while CMD runs, by the command itself.
fn formats(place: &Place, store: &str, options: &[&str]) -> (Option<i32>, String, String) {
    let mut command = place.command(&["--store", store, "run"]);
    command.args(options).args(["--identity", "7", "--", "sh", "-c"]);
    // Of each element, the words that name its format.
    let script = r#""$0" ps --json | grep -o '"format":"[a-z]*"'"#;
    let answer = answer(command.arg(script).arg(BINARY));
    (answer.code, answer.stdout, answer.stderr)
}

#[test]
fn the_format_is_cbor_unless_another_is_asked_for() {
    let place = Place::new();
    let store = place.store_path();
    let store = store.to_str().unwrap();
    let cbor = "\"format\":\"cbor\"\n";
    assert_eq!(formats(&place, store, &[]), (Some(0), cbor.into(), String::new()));
    assert_eq!(formats(&place, store, &["--format", "cbor"]).1, cbor);
    assert_eq!(formats(&place, store, &["--format", "gob"]).1, "\"format\":\"gob\"\n");
    assert_eq!(place.output(&["run", "--format", "json", "--", "true"]).code, Some(2));
}

#[test]
fn beside_go_it_is_gob_and_cbor_is_refused() {
    let place = Place::new();
    let gos = place.path().join("hakurei.0/state");
    let gos = gos.to_str().unwrap();
    assert_eq!(formats(&place, gos, &[]).1, "\"format\":\"gob\"\n");
    let (code, stdout, stderr) = formats(&place, gos, &["--format", "cbor"]);
    assert_eq!((code, &*stdout), (Some(125), ""));
    assert!(stderr.contains("save it in gob"), "{stderr}");

    // An entry of Go's in the segment says the same as its path.
    let gob = place.store().in_format(Format::Gob);
    let lease = gob.handle(state(7, 1, 1).config.identity).unwrap();
    let lease = lease.save(&gob.record(&state(7, 1, 1)).unwrap()).unwrap();
    let store = place.store_path();
    let both = "\"format\":\"gob\"\n".repeat(2);
    assert_eq!(formats(&place, store.to_str().unwrap(), &[]).1, both);
    assert_eq!(formats(&place, store.to_str().unwrap(), &["--format", "cbor"]).0, Some(125));
    lease.destroy().unwrap();
}
