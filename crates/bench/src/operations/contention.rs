//! Eight processes that save and destroy in one segment, as fast as they can: how much they get done
//! together, and how long the unluckiest waited once.

use std::path::Path;
use std::time::{Duration, Instant};

use hakurei_hst::Identity;
use hakurei_store::Record;

use super::{Scale, Setting};
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::Segment;
use crate::peers::{self, SQLITE};
use crate::row::Row;
use crate::samples::Samples;
use crate::scene::{self, Instance, Scene};
use crate::worker::Worker;

const PROCESSES: usize = 8;

/// The segment that all want.
const IDENTITY: u16 = 9;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let (rounds, seconds) = match setting.scale {
        // One long run: how long somebody starves shows late.
        Scale::Quick => (1, 1.7),
        Scale::Full => (5, 3.0),
    };
    setting.until_met(|| measured(setting, rounds, seconds)).map(Vec::from)
}

/// The cycles and the waits of everybody, in turns.
fn measured(setting: &Setting<'_>, rounds: usize, seconds: f64) -> Result<[Row; 2]> {
    let names: Vec<&'static str> =
        [THIS, FLOOR].into_iter().chain(peers::SHARED_BY_PROCESSES.iter().copied()).collect();
    let mut figures = vec![(Vec::new(), Vec::new()); names.len()];
    for round in 0..rounds {
        for turn in 0..names.len() {
            let at = (round + turn) % names.len();
            let (cycle, worst) = contended(names[at], setting, seconds)?;
            figures[at].0.push(cycle);
            figures[at].1.push(worst);
        }
    }
    let faster = Bar::times(1.0 / 0.8, FLOOR);
    let mut cycles = Row::new("8 processes, one segment", Unit::PerSecond, vec![faster]);
    let fairer = Bar::times(1.0 / 20.0, SQLITE);
    let mut waits = Row::new("8 processes, worst wait", Unit::Milli, vec![fairer]);
    for (name, (cycle, wait)) in names.into_iter().zip(figures) {
        cycles.add(name, Samples::new(cycle));
        waits.add(name, Samples::new(wait));
    }
    Ok([cycles, waits])
}

/// Has all processes run at once; the seconds for one cycle of any, and the longest wait of all.
fn contended(who: &str, setting: &Setting<'_>, seconds: f64) -> Result<(f64, f64)> {
    let scene = Scene::new(setting.place)?;
    drop(scene.store.handle(Identity::new(IDENTITY)?)?);
    let beside = setting.place.directory()?;
    let directory = if matches!(who, THIS | FLOOR) { &*scene.base } else { beside.path() };
    let directory = directory.to_str().ok_or("the directory is not UTF-8")?;
    let mut workers = Vec::new();
    for _ in 0..PROCESSES {
        workers.push(Worker::start(&["contend", who, directory, &seconds.to_string()])?);
    }
    workers.iter_mut().try_for_each(Worker::begin)?;
    let (mut cycles, mut worst) = (0.0, 0.0_f64);
    for worker in workers {
        let answer = worker.answer()?;
        let [count, taken, wait] = answer[..] else { return Err("a worker is confused".into()) };
        cycles += count / taken;
        worst = worst.max(wait);
    }
    Ok((1.0 / cycles, worst))
}

/// One of the processes: how many cycles it made, in how many seconds, and its worst wait.
pub(crate) fn worker(
    who: &str,
    directory: &Path,
    seconds: f64,
    await_beginning: impl FnOnce() -> Result<()>,
) -> Result<Vec<f64>> {
    let mut cycle = cycle(who, directory)?;
    await_beginning()?;
    let start = Instant::now();
    let (mut count, mut worst) = (0.0, Duration::ZERO);
    while start.elapsed().as_secs_f64() < seconds {
        worst = worst.max(cycle()?);
        count += 1.0;
    }
    Ok(vec![count, start.elapsed().as_secs_f64(), worst.as_secs_f64()])
}

/// Encodes, waits for the lock, saves, destroys, and lets the lock go; says how long it waited.
type Cycle = Box<dyn FnMut() -> Result<Duration>>;

fn cycle(who: &str, directory: &Path) -> Result<Cycle> {
    let instance = Instance::new(IDENTITY)?;
    match who {
        THIS => this(directory, instance),
        FLOOR => floor(directory, instance),
        other => {
            let mut peer = peers::open(other, directory)?;
            Ok(Box::new(move || peer.cycle(&instance)))
        }
    }
}

fn this(base: &Path, instance: Instance) -> Result<Cycle> {
    let handle = scene::store(base)?.handle(Identity::new(IDENTITY)?)?;
    Ok(Box::new(move || {
        let record = Record::new(&instance.state)?;
        let start = Instant::now();
        let segment = handle.lock()?;
        let waited = start.elapsed();
        let lease = segment.save(&record)?;
        segment.end(lease)?;
        segment.unlock()?;
        Ok(waited)
    }))
}

fn floor(base: &Path, instance: Instance) -> Result<Cycle> {
    let segment = Segment::open(base, IDENTITY)?;
    let mut entry = Vec::new();
    Ok(Box::new(move || {
        instance.mirror.write(&mut entry)?;
        let start = Instant::now();
        segment.lock()?;
        let waited = start.elapsed();
        let lease = segment.publish(&instance.name, &entry)?;
        segment.withdraw(&instance.name)?;
        segment.unlock()?;
        drop(lease);
        Ok(waited)
    }))
}
