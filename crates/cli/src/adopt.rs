//! `adopt`: a program in whose hands an orphaned instance is for as long as it runs.
//!
//! As with `run`, the order is what matters: the program exists, held back, before the lease is
//! taken, and begins only if it was.

use hakurei_hst::AppError;
use hakurei_store::{Error, Lease, Store, Verdict, Wait, Waiting};

use crate::args::Adopt;
use crate::context::Context;
use crate::exit::Exit;
use crate::monitor::{self, Signals};
use crate::report::{Failure, Report};
use crate::selector::{self, Named};
use crate::waiting;

pub(crate) fn adopt(context: &Context, arguments: &Adopt) -> Result<Exit, Failure> {
    let report = context.report;
    let store = context.store_to_read()?;
    let named = selector::find(&store, arguments.instance)?;
    refuse_unknown(&store, named)?;
    let mut signals = monitor::catch_signals()?;
    let held = monitor::hold(&arguments.program, named.1, &store, report)?;
    let lease = match take_over(&store, named, &signals, report) {
        Ok(lease) => lease,
        Err(error) => return monitor::end_waiting(error, &signals, report),
    };
    report.step(format_args!("instance {} of identity {} is adopted", named.1, named.0));
    if signals.end_the_wait() {
        drop(held);
        lease.release();
        return Ok(signals.ended_by().map_or(Exit::RunFailed, Exit::Signal));
    }
    let ended = monitor::attend(held, &mut signals, &arguments.program, report);
    if ended.is_ok() {
        monitor::remove(lease, &store, report);
    } else {
        // Whom nobody has looked after is as orphaned as before.
        lease.release();
    }
    ended
}

/// Refuses what may run without this process being able to tell: two would look after it.
fn refuse_unknown(store: &Store, (identity, id): Named) -> Result<(), Failure> {
    let found = store.entry(identity, id).map_err(monitor::failed)?;
    if found.is_none_or(|view| view.verdict() != Verdict::Unknown) {
        return Ok(());
    }
    let message = format!(
        "cannot adopt instance {id}: it cannot be told from here whether it runs; adopt it where it \
         was started, as the same user and in the same process namespace"
    );
    Err(monitor::failed(AppError::without_cause("adopt instance").with_message(message)))
}

/// Takes the lease under the segment's lock.
fn take_over(
    store: &Store,
    (identity, id): Named,
    signals: &Signals,
    report: Report,
) -> Result<Lease, Error> {
    let given_up = || signals.end_the_wait();
    let mut tell = |delay: &Waiting<'_>| report.delay(waiting::words(delay, store));
    let mut wait = Wait::forever().cancelled_by(&given_up).observed_by(&mut tell);
    let handle = store.handle_with(identity, wait.reborrow())?;
    let segment = handle.lock_with(wait)?;
    let lease = segment.adopt(id)?;
    segment.unlock()?;
    Ok(lease)
}
