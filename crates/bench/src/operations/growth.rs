//! Listing more and more instances, 100 to a segment: what each of them costs must not depend on how
//! many there are, nor must the memory that it takes.

use std::ffi::CString;
use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use hakurei_hst::Identity;
use hakurei_store::Record;

use super::{Scale, Setting};
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::{self, Reader};
use crate::rounds::{Contender, Effort, timed};
use crate::row::Row;
use crate::samples::Samples;
use crate::scene::{self, Scene};
use crate::worker::Worker;
use crate::{Result, sys};

/// Entries in a segment.
const EACH: u32 = 100;

/// Segments at each step.
const QUICK: &[u16] = &[100, 1000];
const FULL: &[u16] = &[100, 1000, 10_000];

/// How far this may drift from the floor, in parts of where it was at first.
const DRIFT: f64 = 0.15;

/// How much memory a listing may take, however long it is.
const MEMORY: f64 = 16.0 * 1048576.0;

/// What an entry takes on a tmpfs: a page, an inode and a name, with room to spare.
const SPACE: u64 = 8 * 1024;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let steps = if setting.scale == Scale::Quick { QUICK } else { FULL };
    let effort = Effort { turn: Duration::ZERO, fewest: 3, ..setting.effort };
    let setting = Setting { effort, ..*setting };
    let scene = Rc::new(Scene::new(setting.place)?);
    let (mut rows, mut segments, mut at_first) = (Vec::new(), 0, None);
    for step in steps {
        let count = u32::from(*step) * EACH;
        if u64::from(count) * SPACE > setting.place.free_space()? {
            println!("growth: no room for {count} instances; they are left out");
            break;
        }
        fill(&scene, segments..*step)?;
        segments = *step;
        let bars = at_first.map(|ratio| Bar::steady(ratio, DRIFT)).into_iter().collect();
        let row = listing(&setting, &scene, count, bars)?;
        if let (None, Some(this), Some(floor)) = (at_first, row.fastest(THIS), row.fastest(FLOOR)) {
            at_first = Some(this / floor);
        }
        rows.extend([row, memory(&scene, count)?]);
    }
    Ok(rows)
}

/// Saves instances and lets their leases go; their monitor, this process, lives.
fn fill(scene: &Scene, segments: std::ops::Range<u16>) -> Result<()> {
    for identity in segments {
        let handle = scene.store.handle(Identity::new(identity)?)?;
        for _ in 0..EACH {
            handle.save(&Record::new(&scene::state(identity)?)?)?.release();
        }
    }
    Ok(())
}

/// Seconds for each entry of a whole listing.
fn listing(setting: &Setting<'_>, scene: &Rc<Scene>, count: u32, bars: Vec<Bar>) -> Result<Row> {
    let base = sys::c_path(&scene.base)?;
    let this = Rc::clone(scene);
    let contenders = vec![
        Contender::timing_itself(THIS, move |times| {
            Ok(timed(times, || expect(count, iterate(&this)?))? / count)
        }),
        Contender::timing_itself(FLOOR, move |times| {
            Ok(timed(times, || expect(count, iterate_bare(&base)?))? / count)
        }),
    ];
    setting.row(name("an entry", count), Unit::Micro, bars, contenders)
}

fn iterate(scene: &Scene) -> Result<u32> {
    let mut listed = 0;
    let _visited = scene.store.visit(|view| {
        if view.is_ok_and(|view| black_box(view.summary()).is_ok()) {
            listed += 1;
        }
        ControlFlow::<()>::Continue(())
    })?;
    Ok(listed)
}

fn iterate_bare(base: &CString) -> Result<u32> {
    let mut reader = Reader::new();
    let listed = floor::each_entry(base, |segment, name| {
        black_box(reader.summary(segment, name)?);
        Ok(())
    })?;
    Ok(u32::try_from(listed)?)
}

/// What a process that lists has more at its peak than before.
fn memory(scene: &Scene, count: u32) -> Result<Row> {
    let base = scene.base.to_str().ok_or("the directory is not UTF-8")?;
    let mut worker = Worker::start(&["iterate", base])?;
    worker.begin()?;
    let answer = worker.answer()?;
    let [listed, bytes] = answer[..] else { return Err("a worker is confused".into()) };
    if listed != f64::from(count) {
        return Err(format!("listed {listed} of {count}").into());
    }
    let mut row = Row::new(name("peak memory", count), Unit::Mebibyte, vec![Bar::at_most(MEMORY)]);
    row.add(THIS, Samples::new(vec![bytes]));
    Ok(row)
}

/// Lists a store: how many there are, and by how many bytes the peak has risen.
pub(crate) fn worker(
    base: &Path,
    await_beginning: impl FnOnce() -> Result<()>,
) -> Result<Vec<f64>> {
    let store = scene::store(base)?;
    await_beginning()?;
    let before = peak_memory()?;
    let mut listed = 0.0;
    for view in store.entries()? {
        black_box(view?.verdict());
        listed += 1.0;
    }
    Ok(vec![listed, peak_memory()? - before])
}

/// The most that this process ever had in memory, in bytes.
fn peak_memory() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kibibytes.ok_or("/proc/self/status has no VmHWM")?.parse::<f64>()? * 1024.0)
}

fn expect(count: u32, listed: u32) -> Result<()> {
    if listed == count { Ok(()) } else { Err(format!("listed {listed} of {count}").into()) }
}

/// How a step is called; the plot takes it apart again.
fn name(what: &str, count: u32) -> String {
    format!("growth, {what} of {count}")
}

/// The number of entries of a row of listings.
pub(crate) fn step_of(name: &str) -> Option<f64> {
    name.strip_prefix("growth, an entry of ")?.parse().ok()
}
