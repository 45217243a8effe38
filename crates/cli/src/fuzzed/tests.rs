use std::fs;
use std::path::Path;

/// Asks it of each file that is kept for a target, and counts those that it can be made sense of.
fn replay(target: &str, ask: fn(&[u8]) -> bool) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz");
    if !fuzz.is_dir() {
        eprintln!("skipped: the corpus is in the repository alone");
        return;
    }
    let mut understood = 0_usize;
    for kept in ["corpus", "findings"] {
        // There may never have been a finding.
        for file in fs::read_dir(fuzz.join(kept).join(target)).into_iter().flatten() {
            let path = file.unwrap().path();
            eprintln!("{}", path.display());
            understood += usize::from(ask(&fs::read(&path).unwrap()));
        }
    }
    // If there were none, the fuzzer would never come any further than the first checks.
    assert!(understood > 0, "no file of {target} can be made sense of");
}

#[test]
fn command_lines_that_the_fuzzer_keeps() {
    replay("command_line", super::command_line);
}

#[test]
fn configurations_that_the_fuzzer_keeps() {
    replay("configuration", super::configuration);
}
