//! Leases that change hands.

use hakurei_store::Lease;

use super::{handle, saved};
use crate::ground::SUBJECT;
use crate::stage::Stage;

/// Of a supervisor that is gone.
pub(crate) fn adopt(stage: &Stage) {
    let handle = handle(stage);
    let lease = stage.perform(|| handle.lock()?.adopt(SUBJECT));
    // It is to be found by who looks around.
    lease.into_iter().for_each(Lease::release);
}

/// To nobody: the descriptor is closed.
pub(crate) fn hand_over(stage: &Stage) {
    let mut lease = Some(saved(stage));
    stage.perform(|| {
        let Some(held) = lease.take() else { return Ok(()) };
        held.hand_over().map(drop).map_err(|failed| {
            let (kept, error) = failed.into_parts();
            lease = Some(kept);
            error
        })
    });
    lease.into_iter().for_each(Lease::release);
}

/// By the descriptor that another, or this one before, has handed over.
pub(crate) fn take_over(stage: &Stage) {
    let mut handed = saved(stage).hand_over().ok();
    let lease = stage.perform(|| {
        let Some(descriptor) = handed.take() else { return Ok(None) };
        stage.store.take_over(descriptor).map(Some).map_err(|failed| {
            let (kept, error) = failed.into_parts();
            handed = Some(kept);
            error
        })
    });
    lease.flatten().into_iter().for_each(Lease::release);
}
