//! Locks that somebody holds for too long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hakurei_hst::AppError;
use hakurei_store::{Error, Holder, LockKind, Store};

use super::finding::{Finding, path_of};
use super::progress::Progress;
use super::want;
use crate::report::{Failure, Report};
use crate::sys;

/// For how long it looks.
const LOOK: Duration = Duration::from_secs(2);

/// How often in that time.
const STEP: Duration = Duration::from_millis(50);

/// What nobody should hold for long: the store's lock and those of its segments, by their paths.
/// Leases are held for as long as their instances run, and are no concern.
type Held = BTreeMap<PathBuf, Holder>;

/// Looks for locks that the same process holds each time, that one holds that is stopped, or that
/// cannot be asked.
///
/// A lock that is free at first is not held all the while, so that there may be nothing to look at.
pub(super) fn examine(store: &Store, report: Report) -> Result<Vec<Finding>, Failure> {
    let (held, mut findings) = held_and_broken(store)?;
    let (stopped, mut suspects): (Held, Held) =
        held.into_iter().partition(|(_, holder)| holder.is_stopped());
    findings.extend(stopped.into_iter().map(|(path, holder)| by_stopped(path, &holder)));
    let (start, mut progress) = (Instant::now(), Progress::new(report));
    while !suspects.is_empty() && start.elapsed() < LOOK {
        progress.show(start.elapsed(), LOOK);
        let paused = sys::pause(STEP);
        paused.map_err(|error| Failure::failed(AppError::new("look at locks", error)))?;
        let (now, _) = held_and_broken(store)?;
        suspects.retain(|path, holder| now.get(path).is_some_and(|now| is_same(now, holder)));
    }
    drop(progress);
    findings.extend(suspects.into_iter().map(|(path, holder)| for_long(path, &holder)));
    Ok(findings)
}

/// Who cannot be seen may be the same.
fn is_same(now: &Holder, before: &Holder) -> bool {
    now.pid() == before.pid() || now.pid().is_none() || before.pid().is_none()
}

/// What is held now, and what is wrong with lock files that cannot be asked.
fn held_and_broken(store: &Store) -> Result<(Held, Vec<Finding>), Failure> {
    let (mut held, mut broken) = (Held::new(), Vec::new());
    for item in store.locks().map_err(Failure::failed)? {
        item.as_ref().err().map_or(Ok(()), want::check)?;
        match item {
            Ok(lock) if matches!(lock.kind(), LockKind::Lease(..)) => {}
            Ok(lock) => {
                held.insert(lock.path().as_path().to_owned(), lock.holder().clone());
            }
            // What is wrong with entries and other names is told by who looks at those.
            Err(error) if error.step().starts_with("acquire lock") => broken.push(bad_file(&error)),
            Err(_) => {}
        }
    }
    Ok((held, broken))
}

fn bad_file(error: &Error) -> Finding {
    Finding::new(
        error.message(),
        path_of(error).unwrap_or(Path::new("")),
        "nobody can take the lock, so nothing can be recorded or removed",
        "move what stands there elsewhere, and remove other names of the file; a lock file is made anew",
    )
}

fn by_stopped(path: PathBuf, holder: &Holder) -> Finding {
    Finding::new(
        format!("it is {holder}"),
        path,
        "who is stopped lets go of nothing: whoever needs this lock waits",
        continue_or_end(holder),
    )
}

fn for_long(path: PathBuf, holder: &Holder) -> Finding {
    Finding::new(
        format!("it is {holder}, and was all the while, {} s", LOOK.as_secs()),
        path,
        "the lock is for moments: nothing is recorded or removed there meanwhile",
        match holder.pid() {
            Some(pid) => format!("see what process {pid} is waiting for, and end it if need be"),
            None => "look as the user who runs the launchers, or as root".to_owned(),
        },
    )
}

fn continue_or_end(holder: &Holder) -> String {
    // Who is seen to be stopped has a number.
    let pid = holder.pid().map(|pid| pid.to_string()).unwrap_or_default();
    format!("continue it (kill -CONT {pid}) or end it (kill -KILL {pid})")
}
