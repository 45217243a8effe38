//! What a power cut leaves of a store, in every way that the syncs allow: `cargo xtask powerloss`.
//!
//! The library saves and destroys in real processes, whose system calls strace writes down. A model of
//! the disk says what may be there if the power goes between any two of these calls; each such disk is
//! laid out, as it would be found by the next boot, and the library looks at it. Then each sync is left
//! out in turn, and something must be lost. What is modelled is written down in docs/reliability.md.

mod act;
mod boot;
mod check;
mod claims;
mod disk;
mod look;
mod play;
mod recording;
mod report;
mod scene;
mod trace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use hakurei_check::Absolute;

use crate::look::Looker;
use crate::report::Line;
use crate::scene::{SCENES, Scene};

type Error = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Error>;

/// Memory, for tens of thousands of small directories; else wherever temporary files are.
const IN_MEMORY: &str = "/dev/shm";

/// As many scenes are checked at a time.
const THREADS: usize = 2;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["act", name, number, base, monitor] => act(name, number, base, monitor),
        [] => check_all(),
        _ => Err("it takes no arguments; each scene is recorded by a process of its own".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Plays an act, as the process that strace watches.
fn act(scene: &str, number: &str, base: &str, monitor: &str) -> Result<()> {
    let scene = SCENES.iter().find(|it| it.name == scene).ok_or("no such scene")?;
    let played = scene.acts.get(number.parse::<usize>()?).ok_or("no such act")?;
    let mut actor = act::Actor::new(Absolute::try_from(Path::new(base))?, monitor.parse()?);
    actor.store = actor.store.in_format(scene.format);
    (played.act)(&actor)
}

fn check_all() -> Result<()> {
    if let Some(obstacle) = hakurei_tests::obstacle_to_tracing() {
        println!("skipped: {obstacle}");
        return Ok(());
    }
    let place =
        if Path::new(IN_MEMORY).is_dir() { PathBuf::from(IN_MEMORY) } else { std::env::temp_dir() };
    let place = tempfile::Builder::new().prefix("powerloss").tempdir_in(place)?;
    println!("{}", report::HEAD);
    let mut all = Line::total();
    for line in check_in_turns(place.path())? {
        println!("{line}");
        all.add(&line);
    }
    println!("{all}");
    Ok(())
}

/// Checks the scenes in several threads; their lines come in the order of the scenes.
fn check_in_turns(place: &Path) -> Result<Vec<Line>> {
    let next = AtomicUsize::new(0);
    let lines = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(scene) = SCENES.get(number) else { return };
            // An error cannot leave its thread, for it may hold what cannot.
            let line = check(scene, &place.join(number.to_string()))
                .map_err(|error| format!("“{}”: {error}", scene.name));
            if line.is_err() {
                next.store(SCENES.len(), Ordering::Relaxed);
            }
            lines.lock().unwrap_or_else(PoisonError::into_inner).insert(number, line);
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    let lines = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
    lines.into_values().map(|line| Ok(line?)).collect()
}

fn check(scene: &Scene, place: &Path) -> Result<Line> {
    std::fs::create_dir(place)?;
    let recording = play::record(scene)?;
    let looker = Looker {
        place,
        format: scene.format,
        monitor: std::process::id(),
        may_be_torn: scene.may_be_torn(),
    };
    let checked = check::every_state(&recording, scene.detail(), &looker)?;
    let needs = report::needs(scene, &recording, &looker)?;
    Ok(Line::new(scene, checked, needs))
}
