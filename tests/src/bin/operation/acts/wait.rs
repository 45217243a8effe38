//! Waiting for ends and changes.

mod monitor;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hakurei_hst::InstanceId;
use hakurei_store::{Change, Error, Event, Lease, Watch};
use hakurei_tests::identity;

use super::{handle, subject};
use crate::ground::{self, BYSTANDERS, OURS, SUBJECT};
use crate::stage::{Stage, complain, complain_of_loss};
use monitor::Monitor;

/// What has not come by then does not come. A fault may leave nothing but a look now and then.
const PATIENCE: Duration = Duration::from_secs(5);

/// For what has ended.
pub(crate) fn ended(stage: &Stage) {
    stage.perform(|| wait(stage).map(drop));
}

/// For what ends while it is waited for.
pub(crate) fn end(stage: &Stage) {
    let monitor = Monitor::start();
    let record = ground::record(&stage.store, identity(OURS), SUBJECT, monitor.pid());
    let lease = handle(stage).save(&record).unwrap_or_else(|error| panic!("{error:?}"));
    lease.release();
    let monitor = monitor.end_when_waited_for();
    stage.perform(|| {
        if wait(stage)? && !monitor.is_told() {
            complain("an end was told of that had not come");
        }
        Ok(())
    });
    monitor.end();
}

/// Answers whether the end has come.
fn wait(stage: &Stage) -> Result<bool, Error> {
    let mut ends = stage.store.ends()?;
    ends.add(identity(OURS), SUBJECT)?;
    let has_ended = ends.next_until(Some(Instant::now() + PATIENCE))?.is_some();
    if !has_ended {
        complain("an end was not noticed");
    }
    Ok(has_ended)
}

/// What is there, and what comes and goes.
pub(crate) fn watch(stage: &Stage) {
    let (handle, record) = (handle(stage), subject(stage, OURS));
    let mut lease: Option<Lease> = None;
    let mut has_failed = false;
    stage.perform(|| {
        let mut watch = stage.store.watch()?;
        let mut missing: BTreeSet<InstanceId> = BYSTANDERS.iter().map(|one| one.id).collect();
        let mut has_come = false;
        // What could not be looked at is looked at again.
        let patience = Some(Instant::now() + PATIENCE);
        while !missing.is_empty()
            && let Some(event) = watch.next_until(patience)?
        {
            match event.change {
                Change::Appeared => {
                    missing.remove(&event.id);
                    has_come |= event.id == SUBJECT;
                }
                _ => judge(&event),
            }
        }
        if !missing.is_empty() {
            complain(&format!("missing {missing:?}"));
        }
        if lease.is_none() {
            lease = Some(handle.save(&record)?);
        }
        // It may be gone, and the attempt before have failed only after that.
        has_come = has_come || (!has_failed && await_change(&mut watch, Change::Appeared)?);
        if let Some(Err(failed)) = lease.take().map(Lease::destroy) {
            let (kept, error) = failed.into_parts();
            lease = Some(kept);
            has_failed = true;
            return Err(error);
        }
        if has_come {
            await_change(&mut watch, Change::Removed)?;
        }
        Ok(())
    });
}

/// The first that is in a store, from before there is one.
pub(crate) fn watch_from_nothing(stage: &Stage) {
    let record = subject(stage, OURS);
    let (mut watch, mut lease): (Option<Watch>, Option<Lease>) = (None, None);
    stage.perform(|| {
        // What has failed once goes on with what it knew before.
        let watch = match &mut watch {
            Some(watch) => watch,
            None => watch.insert(stage.store.watch()?),
        };
        if lease.is_none() {
            lease = Some(stage.store.handle(identity(OURS))?.save(&record)?);
        }
        await_change(watch, Change::Appeared).map(drop)
    });
    lease.into_iter().for_each(Lease::release);
}

/// No bystander ends.
fn judge(event: &Event) {
    if event.change != Change::Ended {
        return;
    }
    match BYSTANDERS.iter().find(|bystander| bystander.id == event.id) {
        Some(one) if one.leased => complain_of_loss("who is leased was said to have ended"),
        Some(one) if one.is_of_processes() => complain("who lives was said to have ended"),
        _ => {}
    }
}

/// Waits until the subject is said to have come or gone.
fn await_change(watch: &mut Watch, change: Change) -> Result<bool, Error> {
    while let Some(event) = watch.next_until(Some(Instant::now() + PATIENCE))? {
        if event.id == SUBJECT && event.change == change {
            return Ok(true);
        }
        judge(&event);
    }
    complain(&format!("missing that the subject has {change:?}"));
    Ok(false)
}
