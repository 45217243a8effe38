//! Which operations there are, which calls they make, and so which runs there are to be.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use super::attendant::Attendant;
use super::errnos;
use super::found;
use super::judge::End;
use super::operation::Operation;
use super::shot::{self, Told};
use super::sighting::{self, Entry};
use super::tracer::Tracer;
use super::variants::Variant;
use super::window::{self, Call, Window};
use crate::command;
use crate::outcome::Failure;

/// What is run.
pub(super) struct Programs {
    pub(super) helper: PathBuf,
    pub(super) command: PathBuf,
}

/// An operation, and what it does undisturbed.
pub(super) struct Planned {
    pub(super) operation: Operation,
    pub(super) window: Window,
    /// Whether it makes no other process, and no thread.
    pub(super) is_alone: bool,
    /// What it exits with, and what it says on stderr and on stdout.
    pub(super) code: Option<i32>,
    pub(super) output: String,
    pub(super) printed: String,
    /// Whether it has printed a verdict on every instance that it should print one on, of which there
    /// are some.
    pub(super) prints_verdicts: bool,
}

/// Everything that is to be run.
pub(super) struct Plan {
    /// What lies there before.
    pub(super) entries: Vec<Entry>,
    pub(super) operations: Vec<Planned>,
    pub(super) shots: Vec<Shot>,
    /// What was found while it was drawn.
    pub(super) findings: Vec<String>,
}

/// One run: which call of which operation, and what happens to it.
pub(super) struct Shot {
    /// Its place among the plan's operations.
    pub(super) operation: usize,
    pub(super) call: Call,
    pub(super) fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not executed, and gives this error.
    Error(&'static str),
    /// It is not executed, and the process is killed.
    Kill,
}

/// The runs that somebody asks for by name.
#[derive(Clone, Debug)]
pub(super) struct Wanted(Vec<String>);

impl FromStr for Wanted {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.split(':').map(str::to_owned).collect()))
    }
}

impl Wanted {
    fn includes(&self, name: &str) -> bool {
        name.split(':').zip(&self.0).all(|(part, wanted)| part == wanted)
    }

    /// Whether that is everything that can happen to an operation, and not to another.
    pub(super) fn is_all_of(&self, operation: &str) -> bool {
        self.0 == [operation]
    }

    fn is_about(&self, operation: &str) -> bool {
        self.0.first().is_some_and(|name| name.split('@').next() == Some(operation))
    }
}

impl Programs {
    /// Copies them, so that whoever builds meanwhile does not exchange them.
    pub(super) fn copy(target: &Path) -> Result<Self, Failure> {
        let place = target.join("faults");
        let names = ["operation", "hakurei-store"];
        // Not by this process: a child that another thread forks meanwhile would inherit the
        // descriptor that is written to, and nobody can execute a file that is open for writing.
        let mut copy = Command::new("cp");
        copy.arg("--remove-destination").args(names.map(|name| target.join("debug").join(name)));
        let made = std::fs::create_dir_all(&place);
        made.map_err(|error| Failure::new(format!("{}: {error}", place.display()), "make it"))?;
        command::capture(copy.arg("--target-directory").arg(&place))?;
        let [helper, command] = names.map(|name| place.join(name));
        Ok(Self { helper, command })
    }

    fn operations(&self) -> Result<Vec<Operation>, Failure> {
        let listed = command::capture(Command::new(&self.helper).arg("list"))?;
        Ok(String::from_utf8_lossy(&listed).lines().filter_map(Operation::parse).collect())
    }

    fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let listed = command::capture(Command::new(&self.helper).arg("entries"))?;
        Ok(String::from_utf8_lossy(&listed).lines().filter_map(Entry::parse).collect())
    }
}

impl Plan {
    /// Adds an operation, and all that can happen to it.
    fn add(&mut self, planned: Planned) {
        let Planned { operation, window, .. } = &planned;
        let place = self.operations.len();
        let shot = |call: &Call, fault| Shot { operation: place, call: call.clone(), fault };
        for call in window.calls.iter().filter(|call| operation.leaves_free(&call.name)) {
            let Some(errnos) = errnos::of(&call.name, &call.line) else {
                self.findings.push(format!(
                    "{}: the tables lack the call {}; add it to xtask/src/faults/errnos.rs",
                    operation.name, call.name
                ));
                continue;
            };
            self.shots.push(shot(call, Fault::Kill));
            if call.name != "close" || !operation.has_pipes() {
                let given = errnos.into_iter().filter(|errno| !operation.is_upset_by(errno));
                self.shots.extend(given.map(|errno| shot(call, Fault::Error(errno))));
            }
        }
        self.shots.extend(window.end.iter().map(|end| shot(end, Fault::Kill)));
        self.operations.push(planned);
    }

    /// Puts the first run of each operation first, so that a sample has of all; then what is like
    /// anything that was found before; then the second run of each, and so on.
    pub(super) fn take_turns(&mut self) {
        let mut taken = vec![0_usize; self.operations.len()];
        let mut turns: Vec<(usize, Shot)> = Vec::new();
        for shot in self.shots.drain(..) {
            let turn = &mut taken[shot.operation];
            *turn += 1;
            turns.push((*turn, shot));
        }
        let was_found =
            |shot: &Shot| found::is_like(&self.operations[shot.operation].operation, shot);
        turns.sort_by_key(|(turn, shot)| (*turn > 1, !was_found(shot), *turn));
        self.shots = turns.into_iter().map(|(_, shot)| shot).collect();
    }
}

impl Shot {
    /// What it is called in findings, and on the command line.
    pub(super) fn name(&self, operation: &Operation) -> String {
        let Call { name, nth, .. } = &self.call;
        format!("{}:{name}:{nth}:{}", operation.name, self.fault.name())
    }

    /// What strace is told to do.
    pub(super) fn injection(&self) -> String {
        let Call { name, number, .. } = &self.call;
        match self.fault {
            Fault::Error(errno) => format!("inject={name}:error={errno}:when={number}"),
            Fault::Kill => format!("inject={name}:signal=KILL:when={number}"),
        }
    }
}

impl Fault {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error(errno) => errno,
            Self::Kill => "KILL",
        }
    }
}

/// Runs every operation undisturbed, and lists what can go wrong with it.
pub(super) fn draw(
    programs: &Programs,
    tracer: &Tracer,
    only: Option<&Wanted>,
) -> Result<Plan, Failure> {
    let mut plan = Plan {
        entries: programs.entries()?,
        operations: Vec::new(),
        shots: Vec::new(),
        findings: Vec::new(),
    };
    let mut attendant = Attendant::start(programs)?;
    for operation in programs.operations()? {
        let wanted =
            |operation: &Operation| only.is_none_or(|only| only.is_about(operation.plain_name()));
        if !wanted(&operation) {
            continue;
        }
        let planned = watch(operation, &plan.entries, &mut attendant, programs, tracer)?;
        let varied = |variant| planned.operation.varied(variant, &planned.window);
        let variants: Vec<_> = Variant::of(&planned.operation.name).filter_map(varied).collect();
        plan.add(planned);
        for operation in variants {
            let planned = watch(operation, &plan.entries, &mut attendant, programs, tracer)?;
            plan.add(planned);
        }
    }
    let Some(only) = only else {
        let runs = plan.shots.iter().map(|shot| (&plan.operations[shot.operation].operation, shot));
        plan.findings.extend(found::gone(runs));
        return Ok(plan);
    };
    plan.shots.retain(|shot| only.includes(&shot.name(&plan.operations[shot.operation].operation)));
    if plan.shots.is_empty() {
        return Err(Failure::new("no such run", "see `operation list`, and strace(1)"));
    }
    Ok(plan)
}

/// Runs an operation undisturbed, and looks around after it.
fn watch(
    operation: Operation,
    entries: &[Entry],
    attendant: &mut Attendant,
    programs: &Programs,
    tracer: &Tracer,
) -> Result<Planned, Failure> {
    let base = attendant.prepare(operation.plain_name())?;
    let told = shot::run(&operation, &base, programs, |trace| {
        tracer.inject(trace, operation.standing_injection())
    })?;
    let mut findings = attendant.check(operation.plain_name(), End::Done, &[])?;
    let shown = entries.iter().filter(|entry| operation.prints(entry.id())).count();
    let prints_verdicts = shown > 0;
    let seen = sighting::sightings(&told.printed).len();
    if prints_verdicts && seen != shown {
        findings.push(format!("{seen} verdicts are told apart, of {shown} entries"));
    }
    let window = window::find(&told.trace, operation.words.is_none());
    // A listing that meets what it cannot read says so, and exits with 4.
    let is_well = match operation.words {
        None => told.code == Some(0) && told.output == "done\n",
        Some(_) => matches!(told.code, Some(0 | 4)),
    };
    match window.filter(|window| window.end.is_some()) {
        Some(window) if is_well && findings.is_empty() => {
            let is_alone = window::is_of_one(&told.trace);
            let Told { code, output, printed, .. } = told;
            Ok(Planned { operation, window, is_alone, code, output, printed, prints_verdicts })
        }
        _ => Err(Failure::new(
            format!(
                "{} fails undisturbed: {} {}",
                operation.name,
                findings.join("; "),
                told.output
            ),
            "mend it first",
        )),
    }
}
