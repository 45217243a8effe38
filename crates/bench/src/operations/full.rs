//! Reading and checking a whole state.

use super::{Setting, reading};
use crate::Result;
use crate::bar::Bar;
use crate::peers::{JSON_FILES, SQLITE};
use crate::rounds::used;
use crate::row::Row;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let bars = vec![Bar::times_floor(1.25), Bar::faster_than(SQLITE), Bar::faster_than(JSON_FILES)];
    reading::measure(
        setting,
        "full, validated",
        bars,
        |entry| used(entry.load()?),
        // Reads, checks the sum, and decodes with the quickest reader of CBOR; no liveness.
        |reader, segment, name| used(reader.full(segment, name)?),
        |peer, instance| peer.full(instance),
    )
}
