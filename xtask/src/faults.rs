//! A fault at every system call, and a kill at every system call, of each operation of the library
//! and of the command; and nothing lost.
//!
//! `strace` makes the calls fail. An operation runs once undisturbed, which tells its calls; then once
//! for each of them and each error that this call can give, and once for each of them with a kill at
//! its entry. After each run another process looks around, see `tests/src/bin/operation`.
//!
//! A kill at a call's entry comes before the kernel has done anything of that call. Since a process
//! changes nothing outside of itself but by calls, that is also the exit of the call before, so the
//! kills at each entry, and at the mark behind the last call, are those at each exit too.

mod attendant;
mod errnos;
mod figures;
mod found;
mod judge;
mod listener;
mod machine;
mod operation;
mod plan;
mod shot;
mod sighting;
mod table;
mod tracer;
mod variants;
mod window;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::Args;

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;
use attendant::Attendant;
use figures::Figures;
use judge::Hit;
use plan::{Programs, Shot, Wanted};
use tracer::Tracer;

/// How many operations run at a time.
const WORKERS: usize = 2;

/// After this long a sample is not gone on with; what runs then still ends.
const QUICKLY: Duration = Duration::from_secs(44);

/// But it is given this long, however long the programs took to build and to be watched undisturbed: a
/// sample of nothing would pass.
const AT_LEAST: Duration = Duration::from_secs(15);

/// After how many runs of a whole run it says how far it has come.
const PROGRESS: usize = 1000;

/// How often it is tried to make a fault come where it is meant to.
const ATTEMPTS: u32 = 4;

/// One fault of so many may come where it was not meant to.
const MOST_MISSED: usize = 100;

/// More than anybody wants to read.
const MOST_FINDINGS: usize = 50;

#[derive(Args, Default)]
pub(crate) struct Options {
    /// A sample, drawn by chance, that takes no more than 50 seconds once all is built.
    #[arg(long)]
    quick: bool,
    /// The chance by which a sample was drawn before.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// One run alone, as a finding names it; or all that begin so.
    #[arg(long, value_name = "OPERATION[:CALL[:N[:ERRNO]]]")]
    only: Option<Wanted>,
    /// Writes the figures into docs/reliability.md: those of a whole run, or of one whole operation.
    #[arg(long, conflicts_with = "quick")]
    record: bool,
}

impl Options {
    /// What CI runs.
    pub(crate) fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }
}

pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let tracer = match Tracer::find()? {
        Ok(tracer) => tracer,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let workspace = Workspace::read()?;
    let mut build = cargo(["build", "--quiet", "--package", "hakurei-tests"]);
    command::run(build.args(["--package", "hakurei-cli", "--bins"]), "mend what does not compile")?;
    let programs = Programs::copy(&workspace.target)?;
    let mut plan = plan::draw(&programs, &tracer, options.only.as_ref())?;
    if options.quick {
        // Short enough to be typed again.
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000));
        println!("a sample by --seed {seed}, of {} runs", plan.shots.len());
        fastrand::Rng::with_seed(seed).shuffle(&mut plan.shots);
        plan.take_turns();
    }
    let enough = (start + QUICKLY).max(Instant::now() + AT_LEAST);
    let deadline = options.quick.then_some(enough);
    let figures = shoot_all(&plan, &programs, &tracer, deadline)?;
    println!("{}", figures.table());
    if options.record {
        figures.record(&workspace.root, options.only.as_ref())?;
    }
    let outcome = judge_findings(&figures, plan.findings)?;
    judge_misses(&figures)?;
    Ok(outcome)
}

/// Runs them, several at a time, until they are over or the time is.
fn shoot_all(
    plan: &plan::Plan,
    programs: &Programs,
    tracer: &Tracer,
    deadline: Option<Instant>,
) -> Result<Figures, Failure> {
    let left = Mutex::new(plan.shots.iter().enumerate());
    let next = || {
        let (before, shot) = left.lock().ok()?.next()?;
        if deadline.is_none() && before > 0 && before.is_multiple_of(PROGRESS) {
            println!("{before} of {} runs", plan.shots.len());
        }
        deadline.is_none_or(|end| Instant::now() < end).then_some(shot)
    };
    let worker = || -> Result<Figures, Failure> {
        let mut attendant = Attendant::start(programs)?;
        let mut figures = Figures::of(&plan.operations);
        while let Some(shot) = next() {
            let (was_hit, findings) = shoot(shot, plan, &mut attendant, programs, tracer)?;
            for finding in &findings {
                println!("{finding}");
            }
            figures.count(shot, was_hit, findings);
        }
        Ok(figures)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        let mut all = Figures::of(&plan.operations);
        for worker in workers {
            let done = worker.join().map_err(|_| Failure::new("a worker panicked", "see above"))?;
            all.add(done?);
        }
        Ok(all)
    })
}

/// Runs it, and again if the process made other calls than undisturbed, by chance.
fn shoot(
    shot: &Shot,
    plan: &plan::Plan,
    attendant: &mut Attendant,
    programs: &Programs,
    tracer: &Tracer,
) -> Result<(bool, Vec<String>), Failure> {
    let mut findings = Vec::new();
    for _ in 0..ATTEMPTS {
        let (hit, found) = shoot_once(shot, plan, attendant, programs, tracer)?;
        match hit {
            Hit::There => return Ok((true, [findings, found].concat())),
            // Whatever comes of a run that was not disturbed is a finding, too.
            Hit::Nowhere => findings.extend(found),
            Hit::Elsewhere => {}
        }
    }
    Ok((false, findings))
}

fn shoot_once(
    shot: &Shot,
    plan: &plan::Plan,
    attendant: &mut Attendant,
    programs: &Programs,
    tracer: &Tracer,
) -> Result<(Hit, Vec<String>), Failure> {
    let planned = &plan.operations[shot.operation];
    let operation = &planned.operation;
    let base = attendant.prepare(operation.plain_name())?;
    let told = shot::fire(shot, planned, &base, programs, tracer)?;
    let (end, mut findings) = judge::judge(planned, &plan.entries, shot, &told);
    let disturbance = judge::disturbance(operation, shot);
    findings.extend(attendant.check(operation.plain_name(), end, &disturbance)?);
    let repeat = format!("cargo xtask faults --only {}", shot.name(operation));
    let findings = findings.into_iter().map(|finding| format!("{finding}\n    again: {repeat}"));
    Ok((judge::hit(planned, shot, &told), findings.collect()))
}

/// A few come at the wrong moment by chance; if many do, nobody can rely on the rest.
fn judge_misses(figures: &Figures) -> Result<(), Failure> {
    let (missed, runs) = (figures.missed(), figures.runs());
    if missed * MOST_MISSED <= runs {
        return Ok(());
    }
    Err(Failure::new(
        format!("of {runs} faults {missed} did not come where they were meant to"),
        "see whether strace(1) works here, and what it says of an injection; or try again",
    ))
}

fn judge_findings(figures: &Figures, mut findings: Vec<String>) -> Result<Outcome, Failure> {
    findings.extend(figures.findings().cloned());
    if findings.is_empty() {
        return Ok(Outcome::Passed);
    }
    let count = findings.len();
    findings.truncate(MOST_FINDINGS);
    Err(Failure::new(
        format!("{count} findings\n{}", findings.join("\n")),
        "mend the code; or if the table asks for what cannot be, xtask/src/faults/errnos.rs",
    ))
}
