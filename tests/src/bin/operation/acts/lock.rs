//! Making, opening and locking.

use std::time::{Duration, Instant};

use hakurei_store::ErrorKind;
use hakurei_tests::identity;

use super::handle;
use crate::ground::OURS;
use crate::stage::{Stage, complain};

/// A segment that there is not; or the whole store.
pub(crate) fn make_segment(stage: &Stage) {
    let number = if stage.store.base().as_path().is_dir() { 0 } else { OURS };
    stage.perform(|| stage.store.handle(identity(number)).map(drop));
}

/// In a process that has opened nothing.
pub(crate) fn lock(stage: &Stage) {
    stage.perform(|| stage.store.handle(identity(OURS))?.lock()?.unlock());
}

/// With what is kept of the time before.
pub(crate) fn lock_again(stage: &Stage) {
    let handle = handle(stage);
    stage.perform(|| handle.lock()?.unlock());
}

/// Another holds it, and is named.
pub(crate) fn wait_in_vain(stage: &Stage) {
    let handle = handle(stage);
    stage.perform(|| {
        match handle.lock_until(Instant::now() + Duration::from_millis(3)).map(drop) {
            Ok(()) => complain("a lock was taken that another held"),
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            Err(error) => return Err(error),
        }
        Ok(())
    });
}

pub(crate) fn holder(stage: &Stage) {
    let handle = handle(stage);
    stage.perform(|| {
        if handle.holder()?.is_none() {
            complain("nobody is said to hold a lock that is held");
        }
        Ok(())
    });
}

pub(crate) fn close(stage: &Stage) {
    let mut handle = Some(handle(stage));
    stage.perform(|| handle.take().map_or(Ok(()), hakurei_store::Handle::close));
}
