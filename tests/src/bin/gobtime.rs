//! How long reading an entry of the Go system's takes: Go's own time beside ours.
//!
//! `cargo xtask interop` builds it, and calls it with the Go program: `gobtime GOPEER`.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hakurei_tests::{Peer, Scene};

/// How often the two take turns, so that what else the machine does slows both.
const ROUNDS: usize = 9;

/// How often the entry is read in a round.
const COUNT: u32 = 2000;

/// What is wanted: this many times as fast as Go.
const WANTED: f64 = 5.0;

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1) else {
        eprintln!("gobtime GOPEER");
        return ExitCode::FAILURE;
    };
    match compare(Path::new(&program)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gobtime: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(program: &Path) -> io::Result<()> {
    let scene = Scene::new();
    let mut go = Peer::start(program, &scene.base(), None);
    let records = scene.path().join("full.records");
    expect(&go.ask(&format!("gen {} 42 1", records.display())), "generated ")?;
    let entry = scene.path().join("full");
    let length = write_first(&records, &entry)?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let answer = go.ask(&format!("bench {} {COUNT}", records.display()));
        theirs.push(expect(&answer, "nanoseconds ")?);
        ours.push(read_again_and_again(&entry)?);
    }
    let (theirs, ours) = (median(theirs), median(ours));
    let verdict = if theirs >= WANTED * ours { "met" } else { "missed" };
    println!("an entry of {length} bytes, opened, read and decoded, in µs:");
    println!(
        "  Go {:.1}, here {:.1}: {:.1} times as fast",
        theirs / 1e3,
        ours / 1e3,
        theirs / ours
    );
    println!("  wanted is {WANTED:.0} times: {verdict}");
    Ok(())
}

/// Opens, reads and decodes it as the Go program does; nanoseconds for each time.
fn read_again_and_again(path: &Path) -> io::Result<f64> {
    let mut buffer = Vec::new();
    let start = Instant::now();
    for _ in 0..COUNT {
        buffer.clear();
        File::open(path)?.read_to_end(&mut buffer)?;
        black_box(hakurei_store::decode(&buffer)).map_err(io::Error::other)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(COUNT))
}

/// Writes the first entry of a file of records to a file of its own; returns its length.
fn write_first(records: &Path, entry: &Path) -> io::Result<usize> {
    let bytes = std::fs::read(records)?;
    let first = bytes
        .split_first_chunk()
        .and_then(|(length, rest)| rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?));
    let first = first.ok_or_else(|| io::Error::other("there is no record"))?;
    std::fs::write(entry, first)?;
    Ok(first.len())
}

/// The number behind a word that an answer must begin with.
fn expect(answer: &str, word: &str) -> io::Result<f64> {
    let number = answer.strip_prefix(word).and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("the Go program says: {answer}")))
}

/// The middle one of an odd number of times.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
