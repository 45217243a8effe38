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

mod config;
mod id_fd;

use hakurei_hst::{Config, InstanceId, State, Time};
use hakurei_store::{
    Collection, Error, ErrorKind, Format, Lease, Store, Wait, Waiting, new_instance_id,
};

use self::id_fd::IdFd;
use crate::args::{EntryFormat, Run};
use crate::context::Context;
use crate::exit::Exit;
use crate::monitor::{self, Held, Signals, failed};
use crate::report::{Failure, Report};
use crate::waiting;

/// At most so many of the dead are collected on the way, so that a start stays quick.
const COLLECTED_ON_THE_WAY: usize = 64;

pub(crate) fn run(context: &Context, arguments: &Run) -> Result<Exit, Failure> {
    let report = context.report;
    // Before anything is opened here, or the number could come to mean something of our own.
    let id_fd = arguments.id_fd.map(IdFd::adopt).transpose()?;
    let config = config::of(arguments).map_err(failed)?;
    let store = in_format(context.store()?, arguments.format);
    // Finds the time zone's file, wherever that is; a signal may still end it.
    let time = now();
    let mut signals = monitor::catch_signals()?;
    let id = new_instance_id().map_err(failed)?;
    let held = monitor::hold(&arguments.program, id, &store, report)?;
    let state = state(id, config, &held, time);
    let lease = match record(&store, &state, arguments, &signals, report) {
        Ok(lease) => lease,
        Err(error) => return monitor::end_waiting(error, &signals, report),
    };
    report.step(format_args!("instance {id} is recorded under identity {}", lease.identity()));
    let announced = id_fd.map_or(Ok(true), |fd| fd.write(id, || signals.end_the_wait()));
    let ended = match (announced, signals.ended_by()) {
        (Ok(false), Some(signal)) => {
            drop(held);
            Ok(Exit::Signal(signal))
        }
        (announced, _) => {
            announced.and_then(|_| monitor::attend(held, &mut signals, &arguments.program, report))
        }
    };
    monitor::remove(lease, &store, report);
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

/// Records the instance, in gob if nothing else was asked for and the Go system would not count it.
fn record(
    store: &Store,
    state: &State,
    arguments: &Run,
    signals: &Signals,
    report: Report,
) -> Result<Lease, Error> {
    match save(store, state, arguments.durable, signals, report) {
        Err(error) if error.kind() == ErrorKind::ForeignFormat && arguments.format.is_none() => {
            report.step("the Go system uses this segment, so the entry is in gob");
            let store = store.clone().in_format(Format::Gob);
            save(&store, state, arguments.durable, signals, report)
        }
        saved => saved,
    }
}

/// Records the instance under its segment's lock, and takes the dead of that segment away.
fn save(
    store: &Store,
    state: &State,
    is_durable: bool,
    signals: &Signals,
    report: Report,
) -> Result<Lease, Error> {
    let record = &store.record(state)?;
    let given_up = || signals.end_the_wait();
    let mut tell = |delay: &Waiting<'_>| report.delay(waiting::words(delay, store));
    let mut wait = Wait::forever().cancelled_by(&given_up).observed_by(&mut tell);
    let handle = store.handle_with(record.identity(), wait.reborrow())?;
    let segment = handle.lock_with(wait)?;
    let collected = segment.collect(Collection::of_the_dead().at_most(COLLECTED_ON_THE_WAY));
    let lease = if is_durable { segment.save_durably(record)? } else { segment.save(record)? };
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
