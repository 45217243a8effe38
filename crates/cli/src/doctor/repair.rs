//! What `--fix` does: only what harms nobody, whoever uses the store meanwhile.

use std::time::{Duration, Instant};

use hakurei_store::{Collection, Store, Wait, Waiting};

use super::finding::{Finding, Remedy};
use crate::report::Report;
use crate::{sys, waiting};

/// For how long a lock is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Gives the directories among these to their owner alone.
pub(super) fn modes(findings: &mut [Finding]) {
    findings.iter_mut().filter(|finding| finding.remedy() == Remedy::Mode).for_each(mode);
}

/// Gives one to its owner alone.
pub(super) fn mode(finding: &mut Finding) {
    match sys::give_to_owner_alone(finding.path()) {
        Ok(()) => finding.repaired("its mode is 0700 now"),
        Err(error) => finding.not_repaired(&error.to_string()),
    }
}

/// Takes the entries of the dead away.
pub(super) fn dead(store: &Store, findings: &mut [Finding], report: Report) {
    if !findings.iter().any(|finding| matches!(finding.remedy(), Remedy::Collect(_))) {
        return;
    }
    let (mut collected, mut failures) = (Vec::new(), Vec::new());
    let mut tell = |delay: &Waiting<'_>| report.delay(waiting::words(delay, store));
    let wait = Wait::until(Instant::now() + PATIENCE).observed_by(&mut tell);
    let done = store.collect(Collection::of_the_dead(), wait, |item| match item {
        Ok(one) => collected.push((one.identity(), one.id())),
        Err(error) => failures.push(error),
    });
    failures.extend(done.err());
    for finding in findings {
        let Remedy::Collect(named) = finding.remedy() else { continue };
        // What has no name any more was removed by somebody else.
        let is_gone =
            collected.contains(&named) || matches!(store.entry(named.0, named.1), Ok(None));
        match failures.first() {
            _ if is_gone => finding.repaired("the entry is removed"),
            Some(failure) => finding.not_repaired(&failure.message()),
            None => finding.not_repaired("it was not dead any more"),
        }
    }
}
