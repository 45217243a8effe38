//! What the fuzzer has found, in the past and on its way, asked again of the code as it is.

use std::fs;
use std::path::Path;

use hakurei_tests::fuzz;

/// Asks it of each file that is kept for a target, and counts those that are entries.
fn replay(target: &str, ask: fn(&[u8]) -> bool) {
    let mut entries = 0_usize;
    for kept in ["corpus", "findings"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kept).join(target);
        // There may never have been a finding.
        for file in fs::read_dir(directory).into_iter().flatten() {
            let path = file.expect("read").path();
            eprintln!("{}", path.display());
            entries += usize::from(ask(&fs::read(&path).expect("read")));
        }
    }
    // If there were none, the fuzzer would never come any further than the first checks.
    assert!(entries > 0, "no file of {target} is an entry");
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
