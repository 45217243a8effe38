//! The clock that all processes of a machine share, and no user can set.

use rustix::time::{ClockId, clock_gettime};

use crate::history::Instant;

/// Nanoseconds since some time in the past (`CLOCK_MONOTONIC`).
pub(crate) fn now() -> Instant {
    let time = clock_gettime(ClockId::Monotonic);
    // Neither is ever negative.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
