//! One run of an operation under the tracer, with an end to the patience.

use std::fs::{self, File};
use std::io::{PipeReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use super::listener;
use super::operation::Operation;
use super::plan::{Fault, Planned, Programs, Shot};
use super::tracer::Tracer;
use crate::outcome::Failure;

/// What takes longer hangs: an operation takes some milliseconds, and waits for nobody.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a run came to.
#[derive(Debug)]
pub(super) struct Told {
    /// What the helper program said, or the command on stderr.
    pub(super) output: String,
    /// What the command said on stdout, unless it is listened to.
    pub(super) printed: String,
    pub(super) trace: String,
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) hung: bool,
}

impl Told {
    /// Whether it is what the operation says undisturbed.
    pub(super) fn is_as(&self, planned: &Planned) -> bool {
        self.code == planned.code && self.output == planned.output
    }
}

/// Runs an operation with something happening to it, and waits for its end.
pub(super) fn fire(
    shot: &Shot,
    planned: &Planned,
    base: &Path,
    programs: &Programs,
    tracer: &Tracer,
) -> Result<Told, Failure> {
    let injection = shot.injection();
    let standing = planned.operation.standing_injection();
    let injections = [standing, Some(&*injection)].into_iter().flatten();
    run(&planned.operation, base, programs, |trace| {
        // A filter makes strace stop too late to kill at a call's entry.
        if planned.is_alone && shot.fault != Fault::Kill {
            let calls = [Some(&*shot.call.name), planned.operation.standing_call()];
            tracer.inject_alone(trace, injections, calls.into_iter().flatten())
        } else {
            tracer.inject(trace, injections)
        }
    })
}

/// Runs an operation on a store by a tracer, and waits for its end and that of all that it started.
pub(super) fn run(
    operation: &Operation,
    base: &Path,
    programs: &Programs,
    traced: impl FnOnce(&Path) -> Command,
) -> Result<Told, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("{}: {error}", operation.name), "see whether strace works here")
    };
    // Beside the directory that the store lies in.
    let scene = base.ancestors().nth(2).unwrap_or(base);
    let [trace, printed] = ["trace", "printed"].map(|name| scene.join(name));
    let mut traced = traced(&trace);
    let (output, end) = std::io::pipe().map_err(failed)?;
    let mut listener = None;
    match (&operation.words, operation.lines) {
        (None, _) => {
            traced.arg(&programs.helper).args(["perform", operation.plain_name()]).arg(base);
            traced.stdout(end.try_clone().map_err(failed)?);
        }
        (Some(words), None) => {
            traced
                .arg(&programs.command)
                .args(words)
                .stdout(File::create(&printed).map_err(failed)?);
        }
        (Some(words), Some(lines)) => {
            let (heard, end) = std::io::pipe().map_err(failed)?;
            traced.arg(&programs.command).args(words).stdout(end);
            listener = Some(listener::listen(heard, lines));
        }
    }
    surround(&mut traced, base);
    let mut child = traced.stdin(Stdio::null()).stderr(end).spawn().map_err(failed)?;
    // It holds the ends of the pipes that the child was given.
    drop(traced);
    let (output, hung) = hear(output, &mut child);
    let status = child.wait().map_err(failed)?;
    // It ends with who it listens to.
    drop(listener.map(JoinHandle::join));
    // Each run has a scene of its own, and is compared with another.
    let output = String::from_utf8_lossy(&output).replace(&*scene.to_string_lossy(), "/scene");
    let [trace, printed] = [trace, printed]
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned());
    Ok(Told { output, printed, trace, code: status.code(), signal: status.signal(), hung })
}

/// The same surroundings for everyone, so that the same calls are made.
fn surround(command: &mut Command, base: &Path) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HAKUREI_STORE", base);
    // A library looks for its time zones in all of a directory.
    command.env("TZ", "UTC").env("TZDIR", "/nonexistent").env("HOME", "/").current_dir("/");
    // So that all of it can be ended at once.
    command.process_group(0);
}

/// Listens until all who could speak are gone, or for too long; then it ends them.
fn hear(mut from: PipeReader, child: &mut Child) -> (Vec<u8>, bool) {
    let deadline = Instant::now() + PATIENCE;
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 0, tv_nsec: 0 });
        let mut ready = [PollFd::new(&from, PollFlags::IN)];
        match poll(&mut ready, Some(&left)) {
            Ok(0) => break,
            Err(_) => continue,
            Ok(_) => {}
        }
        match from.read(&mut buffer) {
            Ok(0) => return (heard, false),
            Ok(length) => heard.extend_from_slice(&buffer[..length]),
            Err(_) => {}
        }
    }
    // The child leads a group of its own, and has not been waited for: the number is its.
    let _killed = kill_process_group(Pid::from_child(child), Signal::KILL);
    (heard, true)
}
