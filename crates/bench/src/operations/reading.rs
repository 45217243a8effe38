//! What the rows have in common that read one instance: of its eight bytes, of what `ps` shows of it, and
//! of the whole of it.

use std::ffi::CStr;
use std::os::fd::{AsFd as _, BorrowedFd};

use hakurei_store::Entry;

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::{Reader, Segment};
use crate::peers::{self, Peer};
use crate::rounds::{Contender, timed};
use crate::row::Row;
use crate::scene::{Instance, Saved};

/// The row of that name: how the store reads it, under the segment's lock, which is taken once a turn;
/// how the floor does, and how each peer.
pub(super) fn measure(
    setting: &Setting<'_>,
    name: &str,
    bars: Vec<Bar>,
    this: impl Fn(&Entry<'_>) -> Result<()> + 'static,
    floor: impl Fn(&mut Reader, BorrowedFd<'_>, &CStr) -> Result<()> + 'static,
    peer: impl Fn(&mut dyn Peer, &Instance) -> Result<()> + 'static,
) -> Result<Vec<Row>> {
    let saved = Saved::new(setting.place)?;
    let (by_this, by_floor) = (saved.clone(), saved.clone());
    let segment = Segment::open(&saved.scene.base, Saved::IDENTITY)?;
    let mut reader = Reader::new();
    let mut contenders = vec![
        Contender::timing_itself(THIS, move |count| {
            let segment = by_this.handle.lock()?;
            let entry = segment.entry(by_this.instance.state.id);
            timed(count, || this(&entry))
        }),
        Contender::new(FLOOR, move || {
            floor(&mut reader, segment.directory.as_fd(), &by_floor.instance.name)
        }),
    ];
    let kept = saved.clone();
    contenders.extend(peers::all(
        setting.place,
        move |peer| peer.save(&kept.instance),
        move |opened| peer(opened, &saved.instance),
    )?);
    Ok(vec![setting.row(name, Unit::Micro, bars, contenders)?])
}
