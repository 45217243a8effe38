//! A few seconds of each target, on any machine that compiles C++: what CI runs.
//!
//! cargo-fuzz wants a nightly compiler for its sanitizers, and there is hardly any unsafe code to be
//! watched by one. What guides the fuzzer, LLVM's counters, every compiler can put in.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::{PLACE, Target, files, findings, judge_findings, limits, memory, unusable};
use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::workspace::Workspace;

/// For how many seconds each target is tried.
const SHORT: u64 = 3;

/// The same, if the figures are to be written down.
const LONG: u64 = 60;

/// What makes a program one that tells where it has been, as cargo-fuzz has it.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What libFuzzer says in the end, before the number.
const COUNT: &str = "stat::number_of_executed_units:";

/// Tries the targets, as many at once as there are processors, and keeps nothing but findings.
pub(super) fn run(
    targets: &[Target],
    record: Option<&Section>,
    workspace: &Workspace,
) -> Result<Outcome, Failure> {
    if probe(Command::new("c++").arg("--version")).is_none() {
        return Ok(Outcome::Skipped("there is no C++ compiler, which libFuzzer takes".into()));
    }
    let Some(machine) = probe(Command::new("rustc").arg("-vV")).and_then(|said| host(&said)) else {
        return Ok(Outcome::Skipped("rustc does not say what machine this is".into()));
    };
    let built = workspace.target.join("fuzz-quick");
    build(&machine, &built, workspace)?;
    let programs = built.join(machine).join("debug");
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    let mut failed = None;
    let seconds = if record.is_some() { LONG } else { SHORT };
    let mut table = format!("| target | corpus | inputs in {seconds} s |\n|---|---:|---:|\n");
    for targets in targets.chunks(at_once) {
        let start = |target: &Target| Run::start(*target, seconds, &programs, workspace);
        // Whatever becomes of one, the others are waited for.
        let started: Vec<_> = targets.iter().map(start).collect();
        let ended: Vec<_> = started.into_iter().map(|run| run.and_then(Run::end)).collect();
        for row in ended {
            match row {
                Ok(row) => table.push_str(&row),
                Err(failure) => failed = failed.or(Some(failure)),
            }
        }
        if failed.is_some() {
            break;
        }
    }
    println!("{table}");
    if let Some(failure) = failed {
        return Err(failure);
    }
    if let Some(section) = record {
        section.write(&workspace.root, &table)?;
    }
    Ok(Outcome::Passed)
}

/// The machine that `rustc -vV` says it runs on. Only with its name are build scripts left alone.
fn host(said: &[u8]) -> Option<String> {
    let said = std::str::from_utf8(said).ok()?;
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

fn build(machine: &str, built: &Path, workspace: &Workspace) -> Result<Outcome, Failure> {
    let mut build = cargo(["build", "--quiet", "--locked", "--bins", "--target", machine]);
    build.arg("--manifest-path").arg(workspace.root.join(PLACE).join("Cargo.toml"));
    build.arg("--target-dir").arg(built).env("RUSTFLAGS", FLAGS);
    command::run(&mut build, "mend tests/fuzz; `cargo update` there mends its Cargo.lock")
}

/// One target that is being tried.
struct Run<'a> {
    name: &'static str,
    child: Child,
    log: PathBuf,
    corpus: PathBuf,
    workspace: &'a Workspace,
    /// What it finds on its way, which is not kept.
    _inputs: Scratch,
}

impl<'a> Run<'a> {
    fn start(
        target: Target,
        seconds: u64,
        programs: &Path,
        workspace: &'a Workspace,
    ) -> Result<Self, Failure> {
        let name = target.name();
        let place = workspace.root.join(PLACE);
        let log = programs.join(format!("{name}.log"));
        let inputs = Scratch::new(programs.join(format!("{name}.inputs")))?;
        let artifacts = place.join("artifacts").join(name);
        fs::create_dir_all(&artifacts).map_err(|error| unusable(&artifacts, &error))?;
        let corpus = place.join("corpus").join(name);
        let (output, errors) = writers(&log).map_err(|error| unusable(&log, &error))?;
        let mut command = Command::new(programs.join(name));
        command.arg(&inputs.0).arg(&corpus).args(findings(name, workspace)).args(limits(seconds));
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.env("TMPDIR", memory()).stdin(Stdio::null()).stdout(output).stderr(errors);
        let child = command.spawn().map_err(|error| unusable(&programs.join(name), &error))?;
        Ok(Self { name, child, log, corpus, workspace, _inputs: inputs })
    }

    /// Waits for its end, and says in a row of the table what it has tried.
    fn end(mut self) -> Result<String, Failure> {
        let status = self.child.wait().map_err(|error| unusable(&self.log, &error))?;
        let said = fs::read(&self.log).map_err(|error| unusable(&self.log, &error))?;
        let said = String::from_utf8_lossy(&said);
        if !status.success() {
            println!("{}", last_lines(&said));
        }
        judge_findings(self.name, self.workspace)?;
        if !status.success() {
            let problem = format!("{} ended with {status}: {}", self.name, self.log.display());
            return Err(Failure::new(problem, "mend tests/fuzz"));
        }
        let inputs = said.lines().find_map(|line| line.strip_prefix(COUNT)).unwrap_or("unknown");
        let corpus = files(&self.corpus).map_err(|error| unusable(&self.corpus, &error))?.len();
        Ok(format!("| `{}` | {corpus} | {} |\n", self.name, inputs.trim()))
    }
}

fn writers(log: &Path) -> io::Result<(File, File)> {
    let output = File::create(log)?;
    Ok((output.try_clone()?, output))
}

/// Where a finding is told, in the middle of what else is said.
fn last_lines(said: &str) -> &str {
    const MOST: usize = 60;
    let start = said.rmatch_indices('\n').nth(MOST).map_or(0, |(at, _)| at + 1);
    &said[start..]
}

/// A directory that was empty, and will be gone.
struct Scratch(PathBuf);

impl Scratch {
    fn new(path: PathBuf) -> Result<Self, Failure> {
        // One may be left of a run that was killed.
        let made =
            fs::remove_dir_all(&path).or_else(nothing_there).and_then(|()| fs::create_dir(&path));
        made.map_err(|error| unusable(&path, &error))?;
        Ok(Self(path))
    }
}

fn nothing_there(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // If it stays, the next run removes it.
        let _stays = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_machine_in_what_rustc_says() {
        let said =
            b"rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(host(said).as_deref(), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(host(b"rustc 1.95.0\n"), None);
    }

    #[test]
    fn shows_the_end_of_a_long_log() {
        assert_eq!(last_lines("a\nb\n"), "a\nb\n");
        let long = "x\n".repeat(100);
        assert_eq!(last_lines(&long), "x\n".repeat(60));
    }
}
