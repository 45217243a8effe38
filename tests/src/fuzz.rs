//! What is asked of bytes that anybody may have written. The fuzzer looks for bytes that break it,
//! and the tests see that those of the past no longer do.

mod names;
mod placed;

use hakurei_hst::State;
use hakurei_store::{Format, FormatError, Record, decode};

pub use self::names::names;

/// Whatever stands in an entry's place is an entry, or an error that says something, by itself and in a
/// store; returns whether it is an entry.
///
/// # Panics
///
/// If it is neither.
#[must_use]
pub fn entry(bytes: &[u8]) -> bool {
    let state = decode(bytes);
    placed::check(bytes, &state);
    match &state {
        Ok(state) => survives(state),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    state.is_ok()
}

/// The same of a body in CBOR, within a frame that fits it.
///
/// # Panics
///
/// If it is neither.
#[must_use]
pub fn cbor(body: &[u8]) -> bool {
    behind_its_enablements(|enablements| {
        let mut framed = vec![0x80, 0x01, enablements, !enablements];
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        framed.extend_from_slice(&length.to_be_bytes());
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&framed), body);
        [&MAGIC[..], &framed, &checksum.to_be_bytes(), body].concat()
    })
}

/// The same of a gob, and what follows it, behind a header.
///
/// # Panics
///
/// If it is neither.
#[must_use]
pub fn gob(stream: &[u8]) -> bool {
    behind_its_enablements(|enablements| {
        [&MAGIC[..], &[0x00, 0x00, enablements, !enablements], stream].concat()
    })
}

/// What every entry begins with.
const MAGIC: [u8; 4] = [0x00, 0xff, 0xca, 0xfe];

/// Asks with the enablements that the body says, since the header must repeat them: or else the
/// fuzzer would have to guess a byte of its own input before it came any further.
fn behind_its_enablements(entry_with: impl Fn(u8) -> Vec<u8>) -> bool {
    let first = entry_with(0);
    match decode(&first) {
        Err(FormatError::UnexpectedEnablements(found, _)) => entry(&entry_with(found)),
        _ => entry(&first),
    }
}

/// What can be read can be written, in both formats, and is the same again.
fn survives(state: &State) {
    for format in [Format::Cbor, Format::Gob] {
        // What Go can write and we cannot is refused, and so is what is not valid.
        let Ok(record) = Record::in_format(state, format) else { continue };
        let again = decode(record.as_bytes());
        assert!(again.is_ok(), "{format}: {again:?}");
        let json = |state: &State| crate::lossless(state);
        assert!(again.is_ok_and(|again| json(&again) == json(state)), "{format}: {state:?}");
    }
}
