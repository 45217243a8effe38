//! `run`: a program with an entry in the store for as long as it runs.
//!
//! The order is what matters. The program exists, held back, before its entry does, so that the
//! entry has its number from the start; it begins only once the entry is visible, so that it finds
//! itself listed; and nothing that is in the way of that lets it begin at all.
//!
//! ```text
//! catch signals → start held → encode → lock → save → unlock → announce → let go
//!   → pass signals on until it has ended → lock → remove → exit as it did
//! ```
//!
//! All of it happens in one thread: the kernel kills the program when the thread that started it
//! ends, and the segment's lock stays in the thread that took it.

mod config;
mod fd;
mod held;
mod job;
mod signals;

use std::ffi::OsString;
use std::io;
use std::time::{Duration, Instant};

use hakurei_check::PathError;
use hakurei_hst::{AppError, Config, Identity, InstanceId, State, Time};
use hakurei_store::{
    Collection, Error, ErrorKind, Format, Lease, Store, Wait, Waiting, new_instance_id,
};

pub(crate) use self::held::{HELD, be_held};

use self::fd::IdFd;
use self::held::{Failed, Held, SELF};
use self::signals::Signals;
use crate::args::{EntryFormat, Run};
use crate::context::Context;
use crate::exit::Exit;
use crate::report::{Cause, Failure, Report};
use crate::sys;

/// At most so many of the dead are collected on the way, so that a start stays quick.
const COLLECTED_ON_THE_WAY: usize = 64;

/// For how long the segment's lock is waited for at the end, when a program's end hangs on it.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(5);

pub(crate) fn run(context: &Context, arguments: &Run) -> Result<Exit, Failure> {
    let report = context.report;
    // Before anything is opened here, or the number could come to mean something of our own.
    let id_fd = arguments.id_fd.map(IdFd::adopt).transpose()?;
    let config = config::of(arguments).map_err(failed)?;
    let store = in_format(context.store()?, arguments.format);
    // Finds the time zone's file, wherever that is; a signal may still end it.
    let time = now();
    let mut signals = Signals::catch().map_err(|error| system("catch signals", error))?;
    let id = new_instance_id().map_err(failed)?;
    let held = Held::start(&arguments.program, id, store.base()).map_err(not_started)?;
    report.step(format_args!("process {} is held until it is recorded", held.pid()));
    let state = state(id, config, &held, time);
    let saved = match save(&store, &state, &signals, report) {
        Err(error) if error.kind() == ErrorKind::ForeignFormat && arguments.format.is_none() => {
            report.step("the Go system uses this segment, so the entry is in gob");
            save(&store.clone().in_format(Format::Gob), &state, &signals, report)
        }
        saved => saved,
    };
    let lease = match saved {
        Ok(lease) => lease,
        Err(error) => return end_waiting(error, &signals, report),
    };
    report.step(format_args!("instance {id} is recorded under identity {}", lease.identity()));
    let announced = id_fd.map_or(Ok(true), |fd| fd.write(id, || signals.end_the_wait()));
    let ended = match (announced, signals.ended_by()) {
        (Ok(false), Some(signal)) => {
            drop(held);
            Ok(Exit::Signal(signal))
        }
        (announced, _) => announced.and_then(|_| attend(held, &mut signals, arguments, report)),
    };
    remove(lease, &store, report);
    ended
}

/// The store, writing as was asked, or else as who uses it can read.
fn in_format(store: Store, asked: Option<EntryFormat>) -> Store {
    match asked {
        Some(format) => store.in_format(format.into()),
        None if store.is_where_go_keeps_its_own() => store.in_format(Format::Gob),
        None => store,
    }
}

/// What is recorded of a program that is held, and of this process, its monitor.
fn state(id: InstanceId, config: Config, held: &Held, time: Time) -> State {
    State { id, pid: i64::from(std::process::id()), shim_pid: i64::from(held.pid()), config, time }
}

/// The time of now, with the offset of this place.
fn now() -> Time {
    let now = jiff::Zoned::now();
    let nanoseconds = u32::try_from(now.timestamp().subsec_nanosecond());
    nanoseconds
        .ok()
        .and_then(|fraction| {
            let seconds = now.timestamp().as_second();
            Time::from_parts(seconds, fraction, now.offset().seconds()).ok()
        })
        // A clock that stands before the epoch.
        .unwrap_or_else(|| std::time::SystemTime::now().into())
}

/// Records the instance under its segment's lock, and takes the dead of that segment away.
fn save(store: &Store, state: &State, signals: &Signals, report: Report) -> Result<Lease, Error> {
    let record = &store.record(state)?;
    let given_up = || signals.end_the_wait();
    let mut tell = |waiting: &Waiting<'_>| report.delay(delay(waiting, store, record.identity()));
    let mut wait = Wait::forever().cancelled_by(&given_up).observed_by(&mut tell);
    let handle = store.handle_with(record.identity(), wait.reborrow())?;
    let segment = handle.lock_with(wait)?;
    let collected = segment.collect(Collection::of_the_dead().at_most(COLLECTED_ON_THE_WAY));
    let lease = segment.save(record)?;
    segment.unlock()?;
    // Told when the lock is free: who reads it may take their time.
    for collected in collected.unwrap_or_else(|error| vec![Err(error)]) {
        match collected {
            Ok(dead) => report.step(format_args!("instance {} was dead", dead.id())),
            // Somebody else's leftovers are no reason not to start.
            Err(error) => report.note(error.message()),
        }
    }
    Ok(lease)
}

/// Which of the two locks is waited for, and who holds it.
fn delay(waiting: &Waiting<'_>, store: &Store, identity: Identity) -> String {
    let is_the_store = store.base().join("lock").is_ok_and(|lock| lock == *waiting.path());
    if is_the_store {
        format!("waiting for the store, {}", waiting.holder())
    } else {
        format!("waiting for segment {identity}, {}", waiting.holder())
    }
}

/// Nothing has been recorded; if a signal is to blame, that is what ends this process.
fn end_waiting(error: Error, signals: &Signals, report: Report) -> Result<Exit, Failure> {
    match (error.kind(), signals.ended_by()) {
        (ErrorKind::Cancelled, Some(signal)) => {
            report.step(format_args!("signal {signal} ended the wait"));
            Ok(Exit::Signal(signal))
        }
        _ => Err(failed(error)),
    }
}

/// Lets the program begin, and is there for it until it has ended.
fn attend(
    mut held: Held,
    signals: &mut Signals,
    arguments: &Run,
    report: Report,
) -> Result<Exit, Failure> {
    held.let_go().map_err(|error| system("start program", error))?;
    let exit = signals.attend(&mut held, report).map_err(|error| system("await program", error))?;
    match held.failure() {
        None => Ok(exit),
        Some(Failed::ToBind(error)) => Err(system("bind the program to this process", error)),
        Some(Failed::ToExecute(error)) => Err(not_executed(&arguments.program, error)),
    }
}

fn not_executed(program: &[OsString], error: io::Error) -> Failure {
    // The first word is always there; clap sees to it.
    let name = program.first().cloned().unwrap_or_default();
    let error = if config::is_nowhere(&name) { sys::no_such_file() } else { error };
    let exit = match error.kind() {
        io::ErrorKind::NotFound => Exit::ProgramNotFound,
        _ => Exit::NotExecutable,
    };
    Failure::new(exit, AppError::new("start program", PathError::new("execute", name, error)))
}

/// Removes the entry, or leaves it to be collected if somebody keeps the lock for too long.
fn remove(lease: Lease, store: &Store, report: Report) {
    let (id, identity) = (lease.id(), lease.identity());
    let mut tell = |waiting: &Waiting<'_>| report.delay(delay(waiting, store, identity));
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
fn failed(cause: impl Into<Cause>) -> Failure {
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
