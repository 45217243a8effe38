//! Round after round, until the time is over or something makes no sense.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::check::{self, Counts};
use crate::plan::Plan;
use crate::{Result, kept, round, shrink};

/// Memory, for it is processes that are tried here, and no disks.
const IN_MEMORY: &str = "/dev/shm";

/// How often a plan that once failed is played: what failed need not come again at once.
const AGAIN: usize = 10;

/// Plays what was kept, and then new plans for so many seconds.
///
/// # Errors
///
/// What made no sense, with the smallest plan that was found for it.
pub(crate) fn run(seconds: u64, seed: Option<u64>) -> Result<()> {
    if fs::read_link("/proc/self")
        .is_ok_and(|pid| pid != Path::new(&std::process::id().to_string()))
    {
        println!("skipped: /proc is of another process namespace, and nobody is known to be dead");
        return Ok(());
    }
    let start = Instant::now();
    let place =
        if Path::new(IN_MEMORY).is_dir() { PathBuf::from(IN_MEMORY) } else { std::env::temp_dir() };
    let place = tempfile::Builder::new().prefix("history").tempdir_in(place)?;
    let place = place.path();
    let (mut all, mut rounds) = (Counts::default(), 0);
    for plan in kept::read()? {
        for _ in 0..AGAIN {
            let failed =
                |error: String| format!("a plan that was kept fails again: {error}\n{plan}");
            all.add(play(&plan, place).map_err(failed)?);
            rounds += 1;
        }
    }
    // Short enough to be typed again.
    let first = seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("seeds from {first} on");
    for seed in first.. {
        if rounds > 0 && start.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        let plan = Plan::by_chance(seed);
        match play(&plan, place) {
            Ok(counts) => all.add(counts),
            Err(error) => return Err(give_up(seed, &plan, &error, place).into()),
        }
        rounds += 1;
    }
    let Counts { calls, pending, verdicts, holders } = all;
    println!("| rounds | calls | cut short by a kill | verdicts | locks held |");
    println!("|---:|---:|---:|---:|---:|");
    println!("| {rounds} | {calls} | {pending} | {verdicts} | {holders} |");
    Ok(())
}

/// Plays a plan once, and checks what came of it.
///
/// # Errors
///
/// What made no sense.
pub(crate) fn play(plan: &Plan, place: &Path) -> std::result::Result<Counts, String> {
    let history = round::play(plan, place).map_err(|error| error.to_string())?;
    check::check(&history)
}

/// Makes a failing plan smaller, and keeps it.
fn give_up(seed: u64, plan: &Plan, error: &str, place: &Path) -> String {
    println!("seed {seed} fails, and is made smaller");
    let (plan, error) = shrink::shrink(plan, error, |smaller| play(smaller, place).err());
    let keeping = match kept::keep(&plan) {
        Ok(file) => format!("kept in {}", file.display()),
        Err(error) => format!("not kept: {error}"),
    };
    format!("seed {seed} (again: --seed {seed}):\n{plan}{error}({keeping})")
}
