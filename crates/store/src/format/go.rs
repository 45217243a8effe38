//! Revision 00 00, the Go system's: one gob value behind the prefix, and, where this project wrote
//! it, a trailer that Go does not look at.
//!
//! ```text
//! 8   …   the state as one gob stream (hakurei-gob)
//! t   8   magic of the trailer, "hkowner" and its revision 01
//! +8  4   length of the owner, big-endian
//! +12 4   CRC-32C over bytes 4..t+12 and the owner, big-endian
//! +16 …   the owner: one CBOR item, as in revision 80 01
//! ```

mod schema;
mod time;

use std::sync::Arc;

use hakurei_gob::{GobError, decode, encode as encode_gob};
use hakurei_hst::{Enablements, Identity, InstanceId, State, Time};

use self::schema::{StateCodec, SummaryCodec};
use super::{FormatError, Front, Header, PREFIX, Revision, Summary, wire};
use crate::owner::{Owner, OwnerWire};

const MAGIC: [u8; 8] = *b"hkowner\x01";

/// Bytes of the trailer before the owner.
const FRAME: usize = 16;

/// What a listing shows of a state, and what of it the decoder looks at; the rest is passed over.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) id: InstanceId,
    pub(super) pid: i64,
    pub(super) shim_pid: i64,
    pub(super) config: ShownConfig,
    pub(super) time: Time,
}

/// The same of a configuration.
#[derive(Debug)]
pub(super) struct ShownConfig {
    pub(super) id: hakurei_hst::Text,
    pub(super) enablements: Option<Enablements>,
    pub(super) identity: Identity,
}

pub(super) fn encode(state: &State, owner: &Owner) -> Result<Vec<u8>, FormatError> {
    let mut entry = Vec::with_capacity(4096);
    let header = Header::new(Revision::GO, state.config.enablements);
    entry.extend_from_slice(&header.to_bytes());
    encode_gob::<StateCodec>(state, &mut entry)
        .map_err(|error| FormatError::Malformed(describe(&error)))?;
    // The reader grants memory by the length: what it would refuse must not be written.
    decode::<StateCodec>(&entry[PREFIX..])?;
    append_trailer(owner, &mut entry)?;
    Ok(entry)
}

/// Decodes what is shown. The state is decoded from the same bytes, from behind the prefix on.
pub(super) fn decode_summary(entry: &[u8]) -> Result<(Summary, usize), FormatError> {
    let (shown, behind) = decode::<SummaryCodec>(&entry[PREFIX..])?;
    let trailer = read_trailer(entry, entry.len() - behind.len())?;
    let owner = trailer.map(|wire| wire.into_owner(shown.pid, shown.shim_pid));
    Ok((Summary::of_go(shown, owner), PREFIX))
}

pub(super) fn decode_state(entry: &[u8], front: &Front) -> Result<State, FormatError> {
    Ok(decode::<StateCodec>(&entry[front.rest..])?.0)
}

fn append_trailer(owner: &Owner, entry: &mut Vec<u8>) -> Result<(), FormatError> {
    let at = entry.len();
    entry.extend_from_slice(&MAGIC);
    entry.extend_from_slice(&[0; FRAME - MAGIC.len()]);
    wire::write(&OwnerWire::from(owner), entry)?;
    let length = u32::try_from(entry.len() - at - FRAME)
        .map_err(|_| FormatError::TooLong { length: entry.len() as u64 })?;
    entry[at + 8..at + 12].copy_from_slice(&length.to_be_bytes());
    let checksum = checksum(entry, at);
    entry[at + 12..at + FRAME].copy_from_slice(&checksum.to_be_bytes());
    Ok(())
}

/// The owner behind the value; none where Go wrote the entry, and nothing is there.
fn read_trailer(entry: &[u8], at: usize) -> Result<Option<OwnerWire>, FormatError> {
    let trailer = &entry[at..];
    if trailer.is_empty() {
        return Ok(None);
    }
    if !MAGIC.starts_with(&trailer[..trailer.len().min(MAGIC.len())]) {
        return Err(FormatError::LeftOver { count: trailer.len() });
    }
    let Some(([.., l0, l1, l2, l3, c0, c1, c2, c3], owner)) = trailer.split_first_chunk::<FRAME>()
    else {
        return Err(FormatError::Truncated { length: entry.len(), expected: at + FRAME });
    };
    let length = u32::from_be_bytes([*l0, *l1, *l2, *l3]);
    FormatError::check_length(entry.len(), at + FRAME, length)?;
    let recorded = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
    let computed = checksum(entry, at);
    if computed != recorded {
        return Err(FormatError::Checksum { recorded, computed });
    }
    wire::read_last(owner).map(Some)
}

/// Over all but the magic number and the checksum itself.
fn checksum(entry: &[u8], trailer: usize) -> u32 {
    let before = crc32c::crc32c(&entry[4..trailer + 12]);
    crc32c::crc32c_append(before, &entry[trailer + FRAME..])
}

/// The error and what it comes from, in one line.
fn describe(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", describe(source)),
        None => error.to_string(),
    }
}

impl From<GobError> for FormatError {
    fn from(error: GobError) -> Self {
        Self::Gob(Arc::new(error))
    }
}
