//! Reading and checking a whole state.

use std::os::fd::AsFd as _;

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::{Reader, Segment};
use crate::peers::{self, JSON_FILES, SQLITE};
use crate::rounds::{Contender, timed, used};
use crate::row::Row;
use crate::scene::Saved;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let saved = Saved::new(setting.place)?;
    let (this, floor) = (saved.clone(), saved.clone());
    let segment = Segment::open(&saved.scene.base, Saved::IDENTITY)?;
    let mut reader = Reader::new();
    let mut contenders = vec![
        Contender::timing_itself(THIS, move |count| {
            let segment = this.handle.lock()?;
            let entry = segment.entry(this.instance.state.id);
            timed(count, || used(entry.load()?))
        }),
        // Reads, checks the sum, and decodes with the quickest reader of CBOR; no liveness.
        Contender::new(FLOOR, move || {
            used(reader.full(segment.directory.as_fd(), &floor.instance.name)?)
        }),
    ];
    let (kept, read) = (saved.clone(), saved);
    contenders.extend(peers::all(
        setting.place,
        move |peer| peer.save(&kept.instance),
        move |peer| peer.full(&read.instance),
    )?);
    let bars = vec![Bar::times_floor(1.25), Bar::faster_than(SQLITE), Bar::faster_than(JSON_FILES)];
    Ok(vec![setting.row("full, validated", Unit::Micro, bars, contenders)?])
}
