//! How late something is noticed: a listing while somebody holds the lock, and an end.
//!
//! A row of a command that waits takes a few lines: [`noticing`] sees it asleep, makes happen what it
//! waits for, and measures how long it takes to notice.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use hakurei_hst::Identity;

use super::{Setting, process};
use crate::Result;
use crate::bar::THIS;
use crate::figure::Unit;
use crate::rounds::{Contender, timed, used};
use crate::row::Row;
use crate::scene::Scene;

/// Somebody holds the locks of all segments.
const HELD: &str = "locks held";

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    Ok(vec![ps_behind_a_lock(setting)?, run_after_its_program(setting)?])
}

/// `ps` must not wait for a launcher that hangs while it holds its segment's lock.
fn ps_behind_a_lock(setting: &Setting<'_>) -> Result<Row> {
    let (scene, _leases) = process::twelve(setting.place)?;
    let (mut free, mut held) = (process::ps(&scene.base)?, process::ps(&scene.base)?);
    let locked = scene.store.handle(Identity::new(1)?)?;
    let contenders = vec![
        Contender::new(THIS, move || process::to_its_end(&mut free)),
        Contender::timing_itself(HELD, move |count| {
            let segment = locked.lock()?;
            let taken = timed(count, || process::to_its_end(&mut held))?;
            segment.unlock()?;
            Ok(taken)
        }),
    ];
    setting.row("latency: ps", Unit::Milli, Vec::new(), contenders)
}

/// `run` is asleep until its program ends; then it takes the entry away and exits.
fn run_after_its_program(setting: &Setting<'_>) -> Result<Row> {
    let scene = Scene::new(setting.place)?;
    let base = scene.base.clone();
    let this = noticing("cat", move || {
        let mut run = process::command(&base)?;
        run.args(["run", "--identity", "9", "--", "cat"]).stdin(Stdio::piped());
        let mut process = run.spawn()?;
        let input = process.stdin.take();
        let close = move || used(input);
        Ok(Watcher { process, happens: Box::new(close), notices: ended_well })
    });
    setting.row("latency: run, after its program", Unit::Milli, Vec::new(), vec![this])
}

/// A process that sleeps until something happens, and then does something that can be seen.
struct Watcher {
    process: Child,
    /// Makes it happen.
    happens: Box<dyn FnOnce() -> Result<()>>,
    /// Waits until the process has noticed: it has ended, or printed a line.
    notices: fn(&mut Child) -> Result<()>,
}

/// From when it happens until it is noticed. The process that sleeps, which is the one that is started
/// or its child, is known by its name.
fn noticing(name: &'static str, start: impl Fn() -> Result<Watcher> + 'static) -> Contender {
    Contender::timing_itself(THIS, move |count| {
        let mut taken = Duration::ZERO;
        for _ in 0..count {
            let Watcher { mut process, happens, notices } = start()?;
            until_asleep(name, &mut process)?;
            let happened = Instant::now();
            happens()?;
            notices(&mut process)?;
            taken += happened.elapsed();
        }
        Ok(taken)
    })
}

fn ended_well(process: &mut Child) -> Result<()> {
    let status = process.wait()?;
    if status.success() { Ok(()) } else { Err(format!("it has failed: {status}").into()) }
}

/// Looks again and again; nothing tells of another's falling asleep.
fn until_asleep(name: &str, process: &mut Child) -> Result<()> {
    let pid = process.id();
    let children = format!("/proc/{pid}/task/{pid}/children");
    loop {
        let children = fs::read_to_string(&children)?;
        let own = pid.to_string();
        let mut family = children.split_whitespace().chain([own.as_str()]);
        if family.any(|pid| is_asleep(name, pid).unwrap_or(false)) {
            return Ok(());
        }
        if let Some(status) = process.try_wait()? {
            return Err(format!("it did not wait: {status}").into());
        }
        std::thread::yield_now();
    }
}

/// Whether a process of that name sleeps, by field 3 of its stat.
fn is_asleep(name: &str, pid: &str) -> Option<bool> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (begin, end) = (stat.find('(')?, stat.rfind(')')?);
    Some(&stat[begin + 1..end] == name && stat[end + 1..].trim_start().starts_with('S'))
}
