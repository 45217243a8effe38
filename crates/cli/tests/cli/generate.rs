//! Completions and manual pages.

use std::fs;

use crate::place::Place;

#[test]
fn every_shell_has_a_script() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = place.output(&["completions", shell]);
        assert_eq!((answer.code, &*answer.stderr), (Some(0), ""), "{shell}");
        assert!(answer.stdout.contains("hakurei-store"), "{shell}");
        assert!(!answer.stdout.contains("__held"), "{shell}");
    }
}

#[test]
fn every_command_has_a_page() {
    let place = Place::new();
    let answer = place.output(&["man"]);
    assert_eq!(answer.code, Some(0));
    assert!(answer.stdout.contains(".TH hakurei-store 1"), "{answer:?}");
    let pages = place.path().join("pages");
    fs::create_dir(&pages).unwrap();
    assert_eq!(place.output(&["man", pages.to_str().unwrap()]).code, Some(0));
    for name in [
        "",
        "-run",
        "-ps",
        "-show",
        "-wait",
        "-kill",
        "-watch",
        "-gc",
        "-adopt",
        "-doctor",
        "-locks",
        "-completions",
        "-man",
    ] {
        let page = fs::read_to_string(pages.join(format!("hakurei-store{name}.1"))).unwrap();
        assert!(page.contains("Exit codes:"), "{name}");
        // Who reads a page of a command wants to see it used.
        assert!(name.is_empty() || page.contains("Examples:"), "{name}");
    }
    assert_eq!(fs::read_to_string(pages.join("hakurei-store.1")).unwrap(), answer.stdout);
    let answer = place.output(&["man", "/nowhere"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.stderr.contains("cannot write to /nowhere: no such file"), "{answer:?}");
}
