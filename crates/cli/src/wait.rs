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
    let left = left_after(store, instances, timeout, report).map_err(Failure::failed)?;
    if left.is_nobody() {
        return Ok(Exit::Done);
    }
    let error = AppError::without_cause("await end").with_message(left.in_words());
    Err(Failure::new(Exit::TimedOut, error))
}

/// Whose ends were not seen in time.
struct Left {
    /// They have not ended.
    waited_for: BTreeSet<Named>,
    /// So many more were not even looked at.
    unseen: usize,
}

impl Left {
    fn is_nobody(&self) -> bool {
        self.waited_for.is_empty() && self.unseen == 0
    }

    fn in_words(&self) -> String {
        let named: Vec<_> = self.waited_for.iter().map(|(_, id)| id.to_string()).collect();
        let verb = if named.len() == 1 { "has" } else { "have" };
        let waited_for = format!("{} {verb} not ended", named.join(", "));
        let verb = if self.unseen == 1 { "was" } else { "were" };
        let unseen = format!("{} {verb} not looked at", self.unseen);
        let left = match (named.len(), self.unseen) {
            (_, 0) => waited_for,
            (0, _) => unseen,
            _ => format!("{waited_for}, and {unseen}"),
        };
        format!("the time is over, and {left}")
    }
}

/// Those that have not ended by then.
fn left_after(
    store: &Store,
    instances: &[Named],
    timeout: Option<Duration>,
    report: Report,
) -> Result<Left, Error> {
    // What does not fit into the clock never comes.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    // No time at all asks how things stand now, which takes a look at each.
    let last_look = deadline.filter(|_| timeout != Some(Duration::ZERO));
    watching::prepare(report);
    let mut ends = store.ends()?;
    let mut waited_for = BTreeSet::new();
    let mut unseen = instances.iter();
    for &(identity, id) in unseen.by_ref() {
        ends.add(identity, id)?;
        waited_for.insert((identity, id));
        if last_look.is_some_and(|time| time <= Instant::now()) {
            break;
        }
    }
    let unseen = unseen.len();
    report.step(format_args!("waiting for the ends of {}", ends.len()));
    while let Some(ended) = ends.next_until(deadline)? {
        report.step(format_args!("instance {} has ended", ended.1));
        waited_for.remove(&ended);
    }
    Ok(Left { waited_for, unseen })
}
