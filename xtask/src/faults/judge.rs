//! What must hold of a run, by what it told itself.

use super::errnos;
use super::operation::Operation;
use super::plan::{Fault, Planned, Shot};
use super::shot::Told;
use super::sighting::{self, Entry};
use super::window;

/// How an operation came to its end, as far as that tells what is to be left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Failed,
    /// At any point of it, or nobody knows where.
    Killed,
    /// The same, and it has taken back on the way what it could.
    Unwound,
}

impl End {
    /// What the attendant calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Unwound => "unwound",
        }
    }
}

/// What was done to the operation, in the attendant's words.
pub(super) fn disturbance(operation: &Operation, shot: &Shot) -> Vec<&'static str> {
    let mut words = Vec::new();
    if let Fault::Error(errno) = shot.fault {
        words.push("misled");
        words.extend(errnos::is_a_lie(&shot.call.name, errno).then_some("lied-to"));
    }
    words.extend(operation.writes_in_place().then_some("in-place"));
    words
}

/// The numbers of signals (signal(7)).
const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;

/// Rust's library takes it that a directory can be closed, which is so.
const CLOSEDIR: &str = "unexpected error during closedir";

/// Judges a run, and says what may be left of the operation.
pub(super) fn judge(
    planned: &Planned,
    entries: &[Entry],
    shot: &Shot,
    told: &Told,
) -> (End, Vec<String>) {
    let operation = &planned.operation;
    let name = shot.name(operation);
    let complain =
        |what: &str| format!("{name}: {what}: {}", told.output.trim().replace('\n', " | "));
    if told.hung {
        // Who waits for what is said to be there for good, waits for ever.
        let is_excused = operation.waits()
            && matches!(shot.fault, Fault::Error(errno) if errnos::is_a_lie(&shot.call.name, errno));
        let findings = if is_excused { Vec::new() } else { vec![complain("hang")] };
        return (End::Killed, findings);
    }
    match shot.fault {
        Fault::Kill if told.signal == Some(SIGKILL) => (End::Killed, Vec::new()),
        // What it made fewer calls of by chance was not reached, which is seen by its being well.
        Fault::Kill if told.is_as(planned) => (End::Done, Vec::new()),
        Fault::Kill => (End::Killed, vec![complain("it was not killed, and does not end well")]),
        Fault::Error(errno) => {
            if told.signal == Some(SIGABRT) && is_the_allocators(&shot.call.name) {
                return (End::Killed, Vec::new());
            }
            if shot.call.name == "close" && told.output.contains(CLOSEDIR) {
                return (End::Unwound, Vec::new());
            }
            let (end, findings) = match operation.words {
                None => judge_library(operation, shot, errno, told),
                Some(_) => judge_command(planned, entries, shot, errno, told),
            };
            let is_a_lie = errnos::is_a_lie(&shot.call.name, errno);
            let end = if is_a_lie { End::Killed } else { end };
            (end, findings.into_iter().map(|finding| complain(&finding)).collect())
        }
    }
}

/// Where the fault came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    /// Where it was meant to.
    There,
    /// Before the operation began, say.
    Elsewhere,
    Nowhere,
}

/// Where the fault came. What the operation has made is not traced, and so never killed in its place.
pub(super) fn hit(planned: &Planned, shot: &Shot, told: &Told) -> Hit {
    const INJECTED: &str = "(INJECTED)";
    match shot.fault {
        Fault::Kill if told.signal == Some(SIGKILL) => return Hit::There,
        Fault::Kill => return Hit::Nowhere,
        Fault::Error(_) => {}
    }
    let window = window::find(&told.trace, planned.operation.words.is_none());
    let is_it = |call: &window::Call| call.name == shot.call.name && call.line.ends_with(INJECTED);
    if window.is_some_and(|window| window.calls.iter().any(is_it)) {
        Hit::There
    } else if told.trace.contains(INJECTED) {
        Hit::Elsewhere
    } else {
        Hit::Nowhere
    }
}

/// Rust's allocator reports that there is no memory by ending the process, wherever it is; that is as
/// good as a kill.
fn is_the_allocators(call: &str) -> bool {
    matches!(call, "mmap" | "mremap")
}

fn judge_library(
    operation: &Operation,
    shot: &Shot,
    errno: &str,
    told: &Told,
) -> (End, Vec<String>) {
    if told.code != Some(0) {
        return (End::Killed, vec!["it does not end well".into()]);
    }
    let is_a_lie = errnos::is_a_lie(&shot.call.name, errno);
    let mut findings = Vec::new();
    // The injected error keeps the kernel from closing it.
    let excused = usize::from(shot.call.name == "close");
    let left_open = told.output.lines().filter(|line| line.starts_with("left open: "));
    findings.extend(left_open.skip(excused).map(str::to_owned));
    let outcome = told.output.lines().find(|line| matches!(*line, "done" | "failed"));
    let mut end = match outcome {
        Some("done") => End::Done,
        Some(_) => {
            findings.extend(judge_error(operation, shot, errno, &told.output));
            End::Failed
        }
        None => return (End::Killed, vec!["it does not say what came of it".into()]),
    };
    for line in told.output.lines() {
        if line == "again done" {
            end = End::Done;
        }
        let is_finding = (line == "again failed" && !is_upset_again(operation, &told.output))
            || line.starts_with("held: ")
            || line.starts_with("lost: ")
            || (line.starts_with("wrong: ") && !is_a_lie);
        if is_finding {
            findings.push(line.to_owned());
        }
    }
    (end, findings)
}

/// Whether the second attempt failed by what strace does in every run of the operation: it is done at the
/// number of a call, which is another one when the first attempt ended early.
fn is_upset_again(operation: &Operation, output: &str) -> bool {
    let standing = operation.standing_errno().and_then(errnos::number);
    let again = output.split("again failed").nth(1).unwrap_or_default();
    let told = again.lines().find_map(|line| line.strip_prefix("errno ")?.parse().ok());
    standing.is_some() && standing == told
}

/// The error names its step, what it is about, and why.
fn judge_error(operation: &Operation, shot: &Shot, errno: &str, output: &str) -> Vec<String> {
    let first = output.split("again failed").next().unwrap_or(output);
    let field =
        |name: &str| first.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let mut findings = Vec::new();
    // An interrupted close has closed (close(2)).
    if errno == "EINTR" && shot.call.name != "close" {
        findings.push("an interrupted call is not made again".to_owned());
    }
    if field("step").is_none_or(str::is_empty) {
        findings.push("the error names no step".to_owned());
    }
    let is_a_lie = errnos::is_a_lie(&shot.call.name, errno);
    if matches!(field("kind"), Some("NotFound" | "Leased" | "Ended" | "Exists")) && !is_a_lie {
        findings.push("the error is told of as something else".to_owned());
    }
    // What is said of an instance is no error of a call, and names the instance or the store.
    let is_believed = match field("kind") {
        Some("NotFound" | "Leased" | "Ended") => is_a_lie,
        // What may not be read may be Go's.
        Some("ForeignFormat") => is_a_lie || matches!(errno, "EACCES" | "EPERM"),
        // What nothing is known of is not signalled, nor given to another.
        Some("Refused") => matches!(operation.plain_name(), "kill" | "adopt" | "take-over"),
        _ => false,
    };
    if is_believed {
        return findings;
    }
    // Random bytes and processes have no place.
    let has_place = shot.call.name != "getrandom" && field("step") != Some("signal instance");
    if has_place && !field("path").is_some_and(|path| path.starts_with('/')) {
        findings.push("the error names no path".to_owned());
    }
    let told = field("errno").and_then(|number| number.parse().ok());
    if !is_a_lie && told != errnos::number(errno) {
        findings.push(format!("the error is not {errno}"));
    }
    findings
}

/// The exit codes that a command has for what may go wrong with it.
const CODES: [i32; 7] = [0, 1, 3, 4, 125, 126, 127];

/// The command exits with a documented status, says why on stderr, and prints no false verdict.
fn judge_command(
    planned: &Planned,
    entries: &[Entry],
    shot: &Shot,
    errno: &str,
    told: &Told,
) -> (End, Vec<String>) {
    if told.output.contains("panicked") {
        return (End::Killed, vec!["it panics".into()]);
    }
    let is_as_ever = told.is_as(planned);
    let mut findings = if errnos::is_a_lie(&shot.call.name, errno) {
        sighting::lost(&told.printed, entries)
    } else {
        let is_whole = is_as_ever && planned.prints_verdicts;
        sighting::compare(&planned.printed, &told.printed, is_whole)
    };
    // An interrupted close has closed (close(2)).
    if errno == "EINTR" && shot.call.name != "close" && !is_as_ever {
        findings.push("an interrupted call is not made again".into());
    }
    match told.code {
        _ if is_as_ever => return (End::Done, findings),
        // It did what it was told, and has something to say about it.
        Some(0) => {}
        Some(_) if told.output.is_empty() => findings.push("it fails, and does not say why".into()),
        Some(code) if !CODES.contains(&code) => findings.push(format!("it exits with {code}")),
        Some(_) => {}
        None => {
            findings.push(format!("it dies of signal {:?}", told.signal));
            return (End::Killed, findings);
        }
    }
    (End::Failed, findings)
}
