//! Taking entries away.

use hakurei_store::{Collection, Error, ErrorKind, Lease, LeaseError, Wait};

use super::{handle, read, saved};
use crate::ground::SUBJECT;
use crate::stage::Stage;

pub(crate) fn destroy(stage: &Stage) {
    end_by(stage, Lease::destroy);
}

pub(crate) fn end(stage: &Stage) {
    let handle = handle(stage);
    end_by(stage, |lease| match handle.lock() {
        Ok(segment) => {
            segment.end(lease)?;
            // The entry is gone; that the lock is let go is what `lock` is about.
            drop(segment);
            Ok(())
        }
        Err(error) => Err(Failed::Before(lease, error)),
    });
}

/// Why an entry is still there.
enum Failed {
    Leased(LeaseError),
    Before(Lease, Error),
}

impl From<LeaseError> for Failed {
    fn from(error: LeaseError) -> Self {
        Self::Leased(error)
    }
}

/// The lease comes back with the error.
fn end_by<E: Into<Failed>>(stage: &Stage, way: impl Fn(Lease) -> Result<(), E>) {
    let mut lease = Some(saved(stage));
    stage.perform(|| match lease.take().map(&way) {
        Some(Err(failed)) => {
            let (kept, error) = match failed.into() {
                Failed::Leased(failed) => failed.into_parts(),
                Failed::Before(lease, error) => (lease, error),
            };
            lease = Some(kept);
            Err(error)
        }
        Some(Ok(())) | None => Ok(()),
    });
}

pub(crate) fn drop_lease(stage: &Stage) {
    let mut lease = Some(saved(stage));
    stage.perform(|| {
        drop(lease.take());
        Ok(())
    });
}

pub(crate) fn release(stage: &Stage) {
    let mut lease = Some(saved(stage));
    stage.perform(|| {
        lease.take().into_iter().for_each(Lease::release);
        Ok(())
    });
}

pub(crate) fn destroy_entry(stage: &Stage) {
    let handle = handle(stage);
    let mut attempts = 0;
    stage.perform(|| {
        attempts += 1;
        let segment = handle.lock()?;
        match segment.entry(SUBJECT).destroy() {
            // It was gone before the first attempt failed.
            Err(error) if error.kind() == ErrorKind::NotFound && attempts > 1 => {}
            destroyed => destroyed?,
        }
        segment.unlock()
    });
}

pub(crate) fn collect(stage: &Stage) {
    let handle = handle(stage);
    stage.perform(|| {
        let segment = handle.lock()?;
        let collected = segment.collect(Collection::of_the_dead().at_most(64))?;
        collected.into_iter().collect::<Result<Vec<_>, _>>()?;
        segment.unlock()
    });
}

/// In every segment, each by itself.
pub(crate) fn collect_all(stage: &Stage) {
    stage.perform(|| {
        let mut failed = None;
        let mut each = |collected: Result<_, Error>| failed = collected.err().or(failed.take());
        stage.store.collect(Collection::of_the_dead(), Wait::forever(), &mut each)?;
        failed.map_or(Ok(()), Err)
    });
}

/// And who else uses what it used.
pub(crate) fn end_with_account(stage: &Stage) {
    end_by(stage, |lease| {
        let account = lease.destroy_with_account(Wait::forever())?;
        read::judge_account(&account);
        Ok::<(), LeaseError>(())
    });
}
