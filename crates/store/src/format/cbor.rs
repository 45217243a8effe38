//! Revision 80 01, this project's own.
//!
//! ```text
//! 8   4   body length, big-endian
//! 12  4   CRC-32C over bytes 4..12 and the body, big-endian
//! 16  …   body: two CBOR items, the summary and the rest of the configuration
//! ```
//!
//! Nothing stands twice in the body, and a listing never decodes the second item.

use hakurei_hst::State;

use super::{FormatError, Front, Header, PREFIX, Revision, Summary, summary, wire};
use crate::owner::Owner;

/// Bytes before the body.
pub(super) const FRAME: usize = 16;

pub(super) fn encode(state: &State, owner: &Owner) -> Result<Vec<u8>, FormatError> {
    let mut entry = Vec::with_capacity(2048);
    let header = Header::new(Revision::CURRENT, state.config.enablements);
    entry.extend_from_slice(&header.to_bytes());
    entry.extend_from_slice(&[0; FRAME - PREFIX]);
    wire::write(&summary::Wire::new(state, owner), &mut entry)?;
    wire::write(&wire::RestOf(&state.config), &mut entry)?;
    wire::check_weight(&entry[FRAME..])?;
    let length = u32::try_from(entry.len() - FRAME)
        .map_err(|_| FormatError::TooLong { length: entry.len() as u64 })?;
    entry[8..12].copy_from_slice(&length.to_be_bytes());
    let checksum = checksum(&entry[4..12], &entry[FRAME..]);
    entry[12..FRAME].copy_from_slice(&checksum.to_be_bytes());
    Ok(entry)
}

/// Checks length and checksum, and decodes the first item; the second begins at the offset.
pub(super) fn decode_summary(entry: &[u8]) -> Result<(Summary, usize), FormatError> {
    let body = checked_body(entry)?;
    wire::check_weight(body)?;
    let (wire, length): (summary::Wire<_>, usize) = wire::read_first(body)?;
    Ok((Summary::try_from(wire)?, FRAME + length))
}

/// Decodes the second item.
pub(super) fn decode_state(entry: &[u8], front: &Front) -> Result<State, FormatError> {
    let rest: wire::Rest = wire::read_last(&entry[front.rest..])?;
    Ok(front.summary.to_state(rest))
}

/// The body, once its length and checksum are those of the header.
fn checked_body(entry: &[u8]) -> Result<&[u8], FormatError> {
    let Some((frame, body)) = entry.split_first_chunk::<FRAME>() else {
        return Err(FormatError::Truncated { length: entry.len(), expected: FRAME });
    };
    let [_, _, _, _, revision @ .., c0, c1, c2, c3] = frame;
    let [_, _, _, _, l0, l1, l2, l3] = revision;
    let length = u32::from_be_bytes([*l0, *l1, *l2, *l3]);
    let recorded = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
    FormatError::check_length(entry.len(), FRAME, length)?;
    let computed = checksum(revision, body);
    if computed != recorded {
        return Err(FormatError::Checksum { recorded, computed });
    }
    Ok(body)
}

/// CRC-32C over bytes 4..12 of the entry and its body.
pub(super) fn checksum(revision_to_length: &[u8], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(revision_to_length), body)
}
