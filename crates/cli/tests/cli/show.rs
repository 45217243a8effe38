//! `show`: one instance, or a configuration.

use std::fs;

use hakurei_hst::template;

use crate::place::{Place, answer, keys, state};

#[test]
fn an_instance_is_found_by_its_whole_id_and_by_its_random_half() {
    let place = Place::new();
    let saved = state(9, 1, 0x1234_5678_9abc_def0);
    let lease = place.save(&saved);
    for id in [saved.id.to_string().as_str(), "12345678", "123456789a", "123456789abcdef0"] {
        let answer = place.output(&["show", id]);
        assert_eq!((answer.code, &*answer.stderr), (Some(0), ""), "{id}");
        for line in [
            &*format!("instance:     {}", saved.id),
            "status:       running",
            "leased:       yes",
            "application:  org.example.Atelier",
            "started:      2025-11-03T04:05:06.07+09:00",
        ] {
            assert!(answer.stdout.lines().any(|found| found == line), "{line}: {answer:?}");
        }
        let mut object = place.output(&["show", id, "--json"]).json();
        for added in ["status", "leased", "format"] {
            assert!(object.as_object_mut().unwrap().remove(added).is_some());
        }
        assert_eq!(object, serde_json::json!(saved));
    }
    lease.destroy().unwrap();
}

#[test]
fn an_instance_that_is_not_there() {
    let place = Place::new();
    let lease = place.save(&state(9, 1, 1));
    for id in ["12345678", "00000000000000000000000000000000", "0000000000000002"] {
        let answer = place.output(&["show", id]);
        assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
        assert_eq!(answer.stderr, format!("hakurei-store: there is no instance {id}\n"));
        let error = place.output(&["show", id, "--json"]).error_json();
        assert_eq!(keys(&error), ["err", "message", "step"]);
    }
    lease.destroy().unwrap();
}

#[test]
fn an_ambiguous_id_names_all_that_match() {
    let place = Place::new();
    let states = [state(9, 2, 0x1234_5678_0000_0001), state(3, 1, 0x1234_5678_0000_0002)];
    let leases = states.each_ref().map(|state| place.save(state));
    let answer = place.output(&["show", "12345678"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
    let [later, earlier] = states.each_ref().map(|state| state.id);
    let named = format!("{earlier} (identity 3), {later} (identity 9)");
    assert!(answer.stderr.contains(&named), "{answer:?}");
    assert_eq!(place.output(&["show", "1234567800000001"]).code, Some(0));

    // The same id twice is possible, if somebody wants it.
    let mut twin = states[0].clone();
    twin.config.identity = states[1].config.identity;
    let twin = place.save(&twin);
    assert_eq!(place.output(&["show", &later.to_string()]).code, Some(3));
    twin.destroy().unwrap();
    for lease in leases {
        lease.destroy().unwrap();
    }
}

#[test]
fn an_entry_that_cannot_be_read() {
    let place = Place::new();
    let lease = place.save(&state(9, 1, 1));
    let id = state(9, 2, 0xff).id;
    fs::write(place.entry(9, id), "nonsense").unwrap();
    let answer = place.output(&["show", &id.to_string()]);
    assert_eq!(answer.code, Some(4));
    assert!(answer.stdout.contains("status:       corrupt\n"), "{answer:?}");
    assert!(answer.stderr.contains("invalid header 6e6f6e73"), "{answer:?}");
    let answer = place.output(&["show", "--json", &id.to_string()]);
    assert_eq!(answer.code, Some(4));
    assert_eq!(keys(&answer.json()), ["error", "identity", "instance", "status"]);
    lease.destroy().unwrap();
}

#[test]
fn a_valid_configuration() {
    let place = Place::new();
    let file = place.file("config.json", template().to_json().unwrap());
    let answer = place.output(&["show", file.to_str().unwrap()]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    assert!(answer.stdout.starts_with("valid\napplication:  org.example.Atelier\n"), "{answer:?}");
    let answer = place.output(&["show", "--json", file.to_str().unwrap()]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), "{\"valid\":true}\n"));

    let mut command = place.command(&["show", "-"]);
    let from_stdin = crate::place::answer(command.stdin(fs::File::open(file).unwrap()));
    assert_eq!(from_stdin.code, Some(0));
    // No store was needed.
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn what_is_amiss_with_a_valid_configuration_is_warned_of() {
    let place = Place::new();
    let file = place.file(
        "config.json",
        r#"{"container": {"home": "/", "shell": "/bin/sh", "path": "/bin/true",
            "filesystem": [{"type": "ephemeral"}]}}"#,
    );
    let file = file.to_str().unwrap();
    let answer = place.output(&["show", file]);
    assert_eq!(answer.code, Some(0));
    let warning = "container.filesystem[0]: dst is missing";
    assert!(answer.stdout.contains(&format!("warnings:     {warning}\n")), "{answer:?}");
    let answer = place.output(&["show", "--json", file]);
    assert_eq!(answer.json(), serde_json::json!({"valid": true, "warnings": [warning]}));
}

#[test]
fn an_invalid_configuration() {
    let place = Place::new();
    let file = place.file("config.json", r#"{"container": {"args": ["sh", 7]}}"#);
    let file = file.to_str().unwrap();
    let answer = place.output(&["show", file]);
    assert_eq!((answer.code, &*answer.stdout), (Some(1), ""));
    assert!(answer.stderr.contains("container.args[1]: invalid type: integer `7`"), "{answer:?}");
    let answer = place.output(&["show", "--json", file]);
    assert_eq!((answer.code, &*answer.stderr), (Some(1), ""));
    let object = answer.json();
    assert_eq!(keys(&object), ["error", "valid"]);
    assert_eq!(object["valid"], false);
    assert_eq!(keys(&object["error"]), ["err", "message", "step"]);
}

#[test]
fn a_file_that_is_not_there() {
    let place = Place::new();
    for (name, words) in [
        ("/nowhere/config.json", "cannot read /nowhere/config.json: no such file or directory\n"),
        ("1234567", "an instance has 32 digits, or 8 to 16"),
        ("12345678A", "in lower case"),
        ("/", "is a directory"),
    ] {
        let answer = place.output(&["show", name]);
        assert_eq!((answer.code, &*answer.stdout), (Some(1), ""), "{name}");
        assert!(answer.stderr.contains(words), "{answer:?}");
        let error = answer_json(&place, name);
        assert_eq!(keys(&error), ["err", "message", "step"]);
    }
}

fn answer_json(place: &Place, name: &str) -> serde_json::Value {
    answer(&mut place.command(&["show", "--json", name])).error_json()
}
