//! Fuzzing of what reads bytes: docs/reliability.md. A few seconds are a step of CI; what longer runs
//! have come to is in the corpus, which the tests read.

mod corpus;
mod quick;
mod tool;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::command;
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::workspace::Workspace;
use tool::Tool;

/// The longest input that is tried; entries that people make are shorter.
const LONGEST: u64 = 8192;

/// Where the targets, their corpus and what they find stand.
const PLACE: &str = "tests/fuzz";

/// Where the figures stand for people.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask fuzz --record" };

#[derive(Args, Default)]
pub(crate) struct Options {
    /// What is to be fuzzed [default: each, one after another].
    #[arg(value_name = "TARGET")]
    targets: Vec<Target>,
    /// For how long, each, with cargo-fuzz on a nightly Rust, keeping what is worth it; without this
    /// option for a few seconds, keeping nothing.
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// Tries each for a minute instead of a few seconds, and writes the figures into
    /// docs/reliability.md.
    #[arg(long, conflicts_with_all = ["targets", "seconds"])]
    record: bool,
}

/// What can be fuzzed, by the names in tests/fuzz/Cargo.toml.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Target {
    /// The body of an entry of revision 80 01.
    Cbor,
    /// The words of a command.
    CommandLine,
    /// A configuration in JSON.
    Configuration,
    /// Anything in an entry's place.
    Entry,
    /// The gob of an entry of revision 00 00.
    Gob,
    /// The texts of /proc that tell of locks.
    Locks,
    /// Names in the directories of a store.
    Names,
    /// The texts of /proc that tell of a process.
    Stat,
}

/// Fuzzes each target, for a few seconds or for as long as is asked.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let chosen =
        if options.targets.is_empty() { Target::value_variants() } else { &options.targets };
    let Some(seconds) = options.seconds else {
        return quick::run(chosen, options.record.then_some(&SECTION), &workspace);
    };
    let tool = match Tool::find(&workspace) {
        Ok(tool) => tool,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    for target in chosen {
        fuzz(*target, seconds, &tool, &workspace)?;
    }
    Ok(Outcome::Passed)
}

/// Fuzzes one target, and keeps what is worth keeping of the inputs that led somewhere new.
fn fuzz(target: Target, seconds: u64, tool: &Tool, workspace: &Workspace) -> Result<(), Failure> {
    let name = target.name();
    let corpus = workspace.root.join(PLACE).join("corpus").join(name);
    corpus::sow(target, &corpus, &workspace.root).map_err(|error| unusable(&corpus, &error))?;
    let mut run = tool.run(name);
    run.arg(&corpus).args(findings(name, workspace)).arg("--");
    run.args(limits(seconds)).env("TMPDIR", memory());
    let ended = command::run(&mut run, "");
    // The fuzzer fails when it finds something; where that stands says more than its status.
    judge_findings(name, workspace)?;
    ended.map_err(|Failure { problem, .. }| Failure::new(problem, "mend tests/fuzz"))?;
    command::run(tool.minimize(name).arg(&corpus), "mend tests/fuzz")?;
    let kept = corpus::prune(&corpus).map_err(|error| unusable(&corpus, &error))?;
    println!("{name}: {} inputs of {} bytes are kept, and the entries", kept.count, kept.bytes);
    // These stay, however long: they are what everything else can grow from.
    corpus::sow(target, &corpus, &workspace.root).map_err(|error| unusable(&corpus, &error))
}

/// Where what was found before is kept, if anything was.
fn findings(target: &str, workspace: &Workspace) -> Option<PathBuf> {
    Some(workspace.root.join(PLACE).join("findings").join(target)).filter(|path| path.is_dir())
}

/// What libFuzzer is told of any target. A machine that is busy elsewhere may take seconds for nothing,
/// so only a minute is a hang.
fn limits(seconds: u64) -> [String; 6] {
    [
        format!("-max_total_time={seconds}"),
        "-timeout=60".into(),
        "-report_slow_units=60".into(),
        "-rss_limit_mb=2048".into(),
        format!("-max_len={LONGEST}"),
        "-print_final_stats=1".into(),
    ]
}

/// Where targets make what directories they need: in memory, if that has a place, for speed.
fn memory() -> PathBuf {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() { shared.into() } else { std::env::temp_dir() }
}

/// Fails if anything was found, in this run or before.
fn judge_findings(target: &str, workspace: &Workspace) -> Result<(), Failure> {
    let directory = workspace.root.join(PLACE).join("artifacts").join(target);
    let findings = files(&directory).map_err(|error| unusable(&directory, &error))?;
    if findings.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = findings.iter().map(|path| path.display().to_string()).collect();
    Err(Failure::new(
        paths.join("\n"),
        format!(
            "move each to {PLACE}/findings/{target}/, where `cargo test` asks it for good, and mend \
             the code"
        ),
    ))
}

/// The files in a directory, in the order of their names; none if it is not there.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot use {}: {error}", path.display()), "see who may write there")
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Cbor => "cbor",
            Self::CommandLine => "command_line",
            Self::Configuration => "configuration",
            Self::Entry => "entry",
            Self::Gob => "gob",
            Self::Locks => "locks",
            Self::Names => "names",
            Self::Stat => "stat",
        }
    }
}
