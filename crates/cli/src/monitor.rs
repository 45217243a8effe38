//! What `run` and `adopt` share: a program that is held back until the store knows of it, attended
//! while it runs, and its entry taken away after.
//!
//! All of it happens in one thread: the kernel kills the program when the thread that started it
//! ends, and the segment's lock stays in the thread that took it.

mod fd;
mod held;
mod job;
mod signals;

use std::ffi::OsString;
use std::io;
use std::time::{Duration, Instant};

use hakurei_check::PathError;
use hakurei_hst::{AppError, InstanceId};
use hakurei_store::{Error, ErrorKind, Lease, Store, Wait, Waiting};

pub(crate) use self::fd::adopt as adopt_descriptor;
pub(crate) use self::held::{HELD, Held, be_held};
pub(crate) use self::signals::{Signals, ignored_signals};

use self::held::{Failed, SELF};
use crate::exit::Exit;
use crate::report::{Cause, Failure, Report};
use crate::{program, sys, waiting};

/// For how long the segment's lock is waited for at the end, when a program's end hangs on it.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(5);

/// Catches signals, before anything else is started that they should reach.
pub(crate) fn catch_signals() -> Result<Signals, Failure> {
    Signals::catch().map_err(|error| system("catch signals", error))
}

/// Starts a program that waits for the word to begin.
pub(crate) fn hold(
    program: &[OsString],
    id: InstanceId,
    store: &Store,
    report: Report,
) -> Result<Held, Failure> {
    let held = Held::start(program, id, store.base()).map_err(not_started)?;
    report.step(format_args!("process {} is held until it is recorded", held.pid()));
    Ok(held)
}

/// The lease is not had; if a signal is to blame, that is what ends this process.
pub(crate) fn end_waiting(
    error: Error,
    signals: &Signals,
    report: Report,
) -> Result<Exit, Failure> {
    match (error.kind(), signals.ended_by()) {
        (ErrorKind::Cancelled, Some(signal)) => {
            report.step(format_args!("signal {signal} ended the wait"));
            Ok(Exit::Signal(signal))
        }
        _ => Err(failed(error)),
    }
}

/// Lets the program begin, and is there for it until it has ended.
pub(crate) fn attend(
    mut held: Held,
    signals: &mut Signals,
    program: &[OsString],
    report: Report,
) -> Result<Exit, Failure> {
    held.let_go().map_err(|error| system("start program", error))?;
    let exit = signals.attend(&mut held, report).map_err(|error| system("await program", error))?;
    match held.failure() {
        None => Ok(exit),
        Some(Failed::ToBind(error)) => Err(system("bind the program to this process", error)),
        Some(Failed::ToExecute(error)) => Err(not_executed(program, error)),
    }
}

fn not_executed(program: &[OsString], error: io::Error) -> Failure {
    // The first word is always there; clap sees to it.
    let name = program.first().cloned().unwrap_or_default();
    let error = if program::is_nowhere(&name) { sys::no_such_file() } else { error };
    let exit = match error.kind() {
        io::ErrorKind::NotFound => Exit::ProgramNotFound,
        _ => Exit::NotExecutable,
    };
    Failure::new(exit, AppError::new("start program", PathError::new("execute", name, error)))
}

/// Removes the entry, or leaves it to be collected if somebody keeps the lock for too long.
pub(crate) fn remove(lease: Lease, store: &Store, report: Report) {
    let id = lease.id();
    let mut tell = |delay: &Waiting<'_>| report.delay(waiting::words(delay, store));
    let deadline = Instant::now() + PATIENCE_AT_THE_END;
    match lease.destroy_with(Wait::until(deadline).observed_by(&mut tell)) {
        Ok(()) => report.step(format_args!("instance {id} is removed")),
        Err(kept) => {
            let (lease, error) = kept.into_parts();
            lease.release();
            report.note(format_args!(
                "the entry of instance {id} is left to be collected: {}",
                error.message()
            ));
        }
    }
}

/// Something kept the program from being started as it should.
pub(crate) fn failed(cause: impl Into<Cause>) -> Failure {
    Failure::new(Exit::RunFailed, cause)
}

/// This program could not be executed anew, to hold the other one back.
fn not_started(error: io::Error) -> Failure {
    // Too long are the arguments and the environment, which are the program's as well.
    let exit = match error.kind() {
        io::ErrorKind::ArgumentListTooLong => Exit::NotExecutable,
        _ => Exit::RunFailed,
    };
    Failure::new(exit, AppError::new("start program", PathError::new("execute", SELF, error)))
}

fn system(step: &'static str, error: io::Error) -> Failure {
    failed(AppError::new(step, error))
}
