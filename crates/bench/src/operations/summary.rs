//! Reading what `ps` shows of one instance, with the verdict on it.

use super::{Setting, reading};
use crate::Result;
use crate::bar::Bar;
use crate::rounds::used;
use crate::row::Row;

/// How much decoding and judging may take beside the calls.
const ABOVE: f64 = 4e-6;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    reading::measure(
        setting,
        "summary, with liveness",
        vec![Bar::above_floor(ABOVE)],
        |entry| {
            let view = entry.view().ok_or("the entry is gone")?;
            used((view.verdict(), view.summary().map_err(Clone::clone)?.pid()))
        },
        // The calls alone: nothing is decoded.
        |reader, segment, name| used(reader.read_with_lease(segment, name)?),
        |peer, instance| used(peer.summary(instance)?),
    )
}
