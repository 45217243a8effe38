//! What the fuzzer has found, in the past and on its way, asked again of the code as it is.

use std::fs;
use std::path::Path;

use hakurei_tests::fuzz;

/// Asks it of each file that is kept for a target, and counts those that something can be made of.
fn replay(target: &str, ask: fn(&[u8]) -> bool) {
    let mut understood = 0_usize;
    for kept in ["corpus", "findings"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kept).join(target);
        // There may never have been a finding.
        for file in fs::read_dir(directory).into_iter().flatten() {
            let path = file.expect("read").path();
            eprintln!("{}", path.display());
            understood += usize::from(ask(&fs::read(&path).expect("read")));
        }
    }
    // If there were none, the fuzzer would never come any further than the first checks.
    assert!(understood > 0, "nothing can be made of any file of {target}");
}

#[test]
fn cbor_that_the_fuzzer_keeps() {
    replay("cbor", fuzz::cbor);
}

#[test]
fn entries_that_the_fuzzer_keeps() {
    replay("entry", fuzz::entry);
}

#[test]
fn gob_that_the_fuzzer_keeps() {
    replay("gob", fuzz::gob);
}

#[test]
fn names_that_the_fuzzer_keeps() {
    replay("names", fuzz::names);
}
