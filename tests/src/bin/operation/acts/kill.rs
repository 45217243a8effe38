//! Signals.

use hakurei_store::{Lease, Signal};
use hakurei_tests::identity;

use super::saved;
use crate::ground::{OURS, SUBJECT};
use crate::stage::{Stage, complain};

/// To this process, which is the subject's monitor, and goes on.
pub(crate) fn kill(stage: &Stage) {
    let lease = saved(stage);
    let Ok(go_on) = "CONT".parse::<Signal>() else { return };
    let member = stage.perform(|| stage.store.kill(identity(OURS), SUBJECT, go_on));
    if member.is_some_and(|member| member.pid().unsigned_abs() != std::process::id()) {
        complain("another process was signalled");
    }
    Lease::release(lease);
}
