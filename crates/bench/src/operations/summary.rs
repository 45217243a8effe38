//! Reading what `ps` shows of one instance, with the verdict on it.

use std::os::fd::AsFd as _;

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::{Reader, Segment};
use crate::peers;
use crate::rounds::{Contender, timed, used};
use crate::row::Row;
use crate::scene::Saved;

/// How much decoding and judging may take beside the calls.
const ABOVE: f64 = 4e-6;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let saved = Saved::new(setting.place)?;
    let (this, floor) = (saved.clone(), saved.clone());
    let segment = Segment::open(&saved.scene.base, Saved::IDENTITY)?;
    let mut reader = Reader::new();
    let mut contenders = vec![
        Contender::timing_itself(THIS, move |count| {
            let segment = this.handle.lock()?;
            let entry = segment.entry(this.instance.state.id);
            timed(count, || {
                let view = entry.view().ok_or("the entry is gone")?;
                used((view.verdict(), view.summary().map_err(Clone::clone)?.pid()))
            })
        }),
        // The calls alone: nothing is decoded.
        Contender::new(FLOOR, move || {
            let directory = segment.directory.as_fd();
            used(reader.read_with_lease(directory, &floor.instance.name)?)
        }),
    ];
    let (kept, read) = (saved.clone(), saved);
    contenders.extend(peers::all(
        setting.place,
        move |peer| peer.save(&kept.instance),
        move |peer| used(peer.summary(&read.instance)?),
    )?);
    let bars = vec![Bar::above_floor(ABOVE)];
    Ok(vec![setting.row("summary, with liveness", Unit::Micro, bars, contenders)?])
}
