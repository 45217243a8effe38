//! `wait`: until instances have ended.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hakurei_hst::AppError;
use hakurei_store::{Error, Store};

use crate::args::Wait;
use crate::context::Context;
use crate::exit::Exit;
use crate::report::{Failure, Report};
use crate::selector::{self, Named};
use crate::watching;

pub(crate) fn wait(context: &Context, arguments: &Wait) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    let instances = selector::find_all(&store, &arguments.instances, context.report)?;
    for_ends(&store, &instances, arguments.timeout, context.report)
}

/// Waits until all of these have ended, for so long at most.
pub(crate) fn for_ends(
    store: &Store,
    instances: &[Named],
    timeout: Option<Duration>,
    report: Report,
) -> Result<Exit, Failure> {
    // What does not fit into the clock never comes.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let left = left_at(store, instances, deadline, report).map_err(Failure::failed)?;
    if left.is_empty() {
        return Ok(Exit::Done);
    }
    let named: Vec<_> = left.iter().map(|(_, id)| id.to_string()).collect();
    let verb = if named.len() == 1 { "has" } else { "have" };
    let message = format!("the time is over, and {} {verb} not ended", named.join(", "));
    let error = AppError::without_cause("await end").with_message(message);
    Err(Failure::new(Exit::TimedOut, error))
}

/// Those that have not ended by then.
fn left_at(
    store: &Store,
    instances: &[Named],
    deadline: Option<Instant>,
    report: Report,
) -> Result<BTreeSet<Named>, Error> {
    watching::prepare(report);
    let mut ends = store.ends()?;
    for (identity, id) in instances {
        ends.add(*identity, *id)?;
    }
    report.step(format_args!("waiting for the ends of {}", ends.len()));
    let mut left: BTreeSet<_> = instances.iter().copied().collect();
    while let Some(ended) = ends.next_until(deadline)? {
        report.step(format_args!("instance {} has ended", ended.1));
        left.remove(&ended);
    }
    Ok(left)
}
