//! How late something is noticed: a listing while somebody holds the lock, and an end.
//!
//! A row of a command that waits takes a few lines: [`noticing`] sees it asleep, makes happen what it
//! waits for, and measures how long it takes to notice.

use std::cell::Cell;
use std::fs;
use std::io::Read as _;
use std::process::{Child, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use hakurei_hst::{Identity, InstanceId};

use super::{Setting, process};
use crate::Result;
use crate::bar::THIS;
use crate::figure::Unit;
use crate::rounds::{Contender, timed, used};
use crate::row::Row;
use crate::scene::{Instance, Scene};

/// What the command's processes are called.
const COMMAND: &str = "hakurei-store";

/// A program that waits without the command, by `Ends`.
const LIBRARY: &str = "library";

/// Whose the instances are.
const IDENTITY: u16 = 9;

/// Somebody holds the locks of all segments.
const HELD: &str = "locks held";

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    Ok(vec![
        ps_behind_a_lock(setting)?,
        run_after_its_program(setting)?,
        wait_for_a_killed_monitor(setting)?,
        wait_for_an_entry_to_go(setting)?,
        watch_an_entry_appear(setting)?,
    ])
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

/// `wait`, and a program that waits by itself, are asleep until the instance's monitor is killed, of
/// which the kernel tells.
fn wait_for_a_killed_monitor(setting: &Setting<'_>) -> Result<Row> {
    let scene = Rc::new(Scene::new(setting.place)?);
    let instance = Rc::new(move || {
        // What the round before has killed is still there.
        if scene.base.try_exists()? {
            process::to_its_end(process::command(&scene.base)?.arg("gc"))?;
        }
        let mut run = process::command(&scene.base)?;
        // The program outlives nobody: its input ends with the monitor.
        run.args(["run", "--identity", "9", "--", "cat"]).stdin(Stdio::piped());
        let mut monitor = run.spawn()?;
        let id = until_recorded(&scene, &mut monitor)?;
        let end = move || Ok(monitor.kill().and_then(|()| monitor.wait().map(drop))?);
        Ok(Ending { scene: Rc::clone(&scene), id, end: Box::new(end) })
    });
    wait(setting, "latency: wait, monitor killed", &instance)
}

/// The same until the entry is taken away.
fn wait_for_an_entry_to_go(setting: &Setting<'_>) -> Result<Row> {
    let scene = Rc::new(Scene::new(setting.place)?);
    let instance = Rc::new(move || {
        let lease = scene.save(&Instance::new(IDENTITY)?)?;
        let id = lease.id();
        Ok(Ending { scene: Rc::clone(&scene), id, end: Box::new(move || Ok(lease.destroy()?)) })
    });
    wait(setting, "latency: wait, entry removed", &instance)
}

/// An instance that is about to end.
struct Ending {
    scene: Rc<Scene>,
    id: InstanceId,
    end: Box<dyn FnOnce() -> Result<()>>,
}

fn wait(
    setting: &Setting<'_>,
    name: &str,
    instance: &Rc<impl Fn() -> Result<Ending> + 'static>,
) -> Result<Row> {
    let (process, library) = (Rc::clone(instance), Rc::clone(instance));
    let process = noticing(COMMAND, move || {
        let Ending { scene, id, end } = process()?;
        let mut wait = process::command(&scene.base)?;
        let process = wait.arg("wait").arg(id.to_string()).spawn()?;
        Ok(Watcher { process, happens: end, notices: ended_well })
    });
    let library = Contender::timing_itself(LIBRARY, move |count| {
        let mut taken = Duration::ZERO;
        for _ in 0..count {
            let Ending { scene, id, end } = library()?;
            let mut ends = scene.store.ends()?;
            ends.add(Identity::new(IDENTITY)?, id)?;
            let happened = Instant::now();
            end()?;
            ends.next_until(None)?.ok_or("nothing has ended")?;
            taken += happened.elapsed();
        }
        Ok(taken)
    });
    setting.row(name, Unit::Milli, Vec::new(), vec![process, library])
}

/// `watch` is asleep until an instance is recorded, and prints a line.
fn watch_an_entry_appear(setting: &Setting<'_>) -> Result<Row> {
    let scene = Rc::new(Scene::new(setting.place)?);
    // What one round has recorded lasts until the next one begins, and is not seen by it.
    let recorded = Rc::new(Cell::new(None));
    let this = noticing(COMMAND, move || {
        drop(recorded.take());
        let mut watch = process::command(&scene.base)?;
        let process = watch.arg("watch").stdout(Stdio::piped()).spawn()?;
        let (scene, recorded) = (Rc::clone(&scene), Rc::clone(&recorded));
        let record = move || {
            recorded.set(Some(scene.save(&Instance::new(IDENTITY)?)?));
            Ok(())
        };
        Ok(Watcher { process, happens: Box::new(record), notices: printed_a_line })
    });
    setting.row("latency: watch, appeared", Unit::Milli, Vec::new(), vec![this])
}

/// The id of the one instance that is recorded in a store.
fn until_recorded(scene: &Scene, monitor: &mut Child) -> Result<InstanceId> {
    loop {
        if let Some(id) = scene.store.ids()?.next() {
            return Ok(id?.1);
        }
        if let Some(status) = monitor.try_wait()? {
            return Err(format!("it recorded nothing: {status}").into());
        }
        std::thread::yield_now();
    }
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
            // Whoever goes on after that is not needed any more.
            process.kill()?;
            process.wait()?;
        }
        Ok(taken)
    })
}

fn ended_well(process: &mut Child) -> Result<()> {
    let status = process.wait()?;
    if status.success() { Ok(()) } else { Err(format!("it has failed: {status}").into()) }
}

fn printed_a_line(process: &mut Child) -> Result<()> {
    let printed = process.stdout.as_mut().ok_or("its output goes elsewhere")?;
    let mut some = [0; 256];
    if printed.read(&mut some)? == 0 {
        return Err("it has ended".into());
    }
    Ok(())
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
