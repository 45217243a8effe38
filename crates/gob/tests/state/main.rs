//! A schema in full: the state of a running instance, as the Go system hakurei records it.
//!
//! The types and the table are a model for whoever has such types to read; the streams in
//! `fixtures` were written by Go.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod corruption;
mod fixtures;
mod memory;
mod model;
mod nested;
mod oracle;
mod round_trip;
mod schema;
mod time;

use std::path::{Path, PathBuf};

use hakurei_gob::{GobError, decode};

use crate::model::State;

/// Reads a fixture.
fn fixture(name: &str) -> Vec<u8> {
    let path = fixtures_directory().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fixtures_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Reads a stream of nothing but a State.
fn read(stream: &[u8]) -> Result<State, GobError> {
    let (state, rest) = decode::<schema::State>(stream)?;
    assert_eq!(rest, b"");
    Ok(state)
}

/// Writes a State.
fn write(state: &State) -> Vec<u8> {
    let mut stream = Vec::new();
    hakurei_gob::encode::<schema::State>(state, &mut stream).expect("it holds no null");
    stream
}
