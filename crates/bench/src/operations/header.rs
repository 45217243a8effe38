//! Reading the eight bytes that all formats share.

use super::{Setting, reading};
use crate::Result;
use crate::bar::Bar;
use crate::rounds::used;
use crate::row::Row;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    reading::measure(
        setting,
        "header",
        vec![Bar::times_floor(1.25)],
        |entry| used(entry.header()?),
        |reader, segment, name| used(reader.header(segment, name)?),
        |peer, instance| used(peer.header(instance)?),
    )
}
