//! What a process finds out about a store that others use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use hakurei_hst::Identity;
use hakurei_store::{Role, Store, Verdict};
use hakurei_tests::{id, state};

use crate::order::Order;
use crate::{Answer, failed, next_line, signs};

/// Obeys an order that leaves this process as it is; none if it is none.
pub(crate) fn look(store: &Store, order: &mut Order<'_>) -> Option<Answer> {
    Some(match order.name() {
        "verdict" => verdict(store, order),
        "verdicts" => verdicts(store, order.identity()),
        "kill" => kill(store, order),
        "locks" => locks(store),
        "try" => try_lock(store, order.identity()),
        "churn" => churn(store, order.identity(), order.number()),
        "watch" => signs::watch(store, order.number()),
        "ends" => signs::ends(store, Ok),
        "ends-beside-a-child" => signs::ends(store, signs::drop_in_a_child),
        "sees" => Ok(std::fs::metadata(format!("/proc/{}", order.number())).is_ok().to_string()),
        // Where the filesystem has no unnamed files, an entry is seen while it is written.
        "list" => list(store, |verdict| matches!(verdict, Verdict::Running | Verdict::Starting)),
        "list-beside-go" => {
            list(store, |verdict| !matches!(verdict, Verdict::Corrupt | Verdict::Newer))
        }
        _ => return None,
    })
}

fn try_lock(store: &Store, identity: Identity) -> Answer {
    let handle = store.handle(identity).map_err(|e| failed(&e))?;
    let tried = handle.try_lock().map_err(|e| failed(&e))?;
    Ok(tried.map_or("busy", |_| "free").to_owned())
}

fn locks(store: &Store) -> Answer {
    let locks = store.locks().map_err(|e| failed(&e))?.into_iter();
    let told = locks.map(|lock| match lock {
        Ok(lock) => format!("{:?}, {}; ", lock.kind(), lock.holder()),
        Err(error) => failed(&error),
    });
    Ok(told.collect())
}

fn verdict(store: &Store, order: &mut Order<'_>) -> Answer {
    let (identity, id) = (order.identity(), order.word());
    let id = id.parse().map_err(|e| format!("error {id}: {e}"))?;
    let view = store.entry(identity, id).map_err(|e| failed(&e))?;
    Ok(view.map_or("none".to_owned(), |view| view.verdict().to_string()))
}

fn verdicts(store: &Store, identity: Identity) -> Answer {
    let mut words = Vec::new();
    for view in store.entries_of(identity).map_err(|e| failed(&e))? {
        let view = view.map_err(|e| failed(&e))?;
        words.push(format!("{}={}", view.id(), view.verdict()));
    }
    Ok(words.join(" "))
}

/// Saves and destroys; in between, the entry must be there and running for all to see.
fn churn(store: &Store, identity: Identity, count: u32) -> Answer {
    let handle = store.handle(identity).map_err(|e| failed(&e))?;
    for count in 0..count {
        let id = id(std::process::id(), count);
        let record = store.record(&state(identity, id)).map_err(|e| failed(&e))?;
        let lease = handle.lock().and_then(|segment| segment.save(&record));
        let lease = lease.map_err(|e| failed(&e))?;
        match store.entry(identity, id).map_err(|e| failed(&e))? {
            Some(view) if view.verdict() == Verdict::Running && view.state().is_ok() => {}
            found => return Err(format!("error lost: {found:?}")),
        }
        lease.destroy().map_err(|e| failed(e.error()))?;
        if let Some(view) = store.entry(identity, id).map_err(|e| failed(&e))? {
            return Err(format!("error left: {view:?}"));
        }
    }
    Ok("done".to_owned())
}

/// Lists until a line comes. Every listing must show what lies there for good, and no other verdicts
/// than those that are fine.
fn list(store: &Store, is_fine: fn(Verdict) -> bool) -> Answer {
    let enough = AtomicBool::new(false);
    let listed = thread::scope(|scope| {
        scope.spawn(|| {
            let _line = next_line();
            enough.store(true, Ordering::Relaxed);
        });
        let mut listings = 0_u32;
        let permanent = permanent_ones(store, is_fine)?;
        while !enough.load(Ordering::Relaxed) {
            if permanent_ones(store, is_fine)? != permanent {
                return Err("error incomplete listing".to_owned());
            }
            listings += 1;
        }
        Ok(listings)
    });
    listed.map(|count| format!("{count} listings"))
}

/// How many entries of the process that began it all are listed.
fn permanent_ones(store: &Store, is_fine: fn(Verdict) -> bool) -> Result<usize, String> {
    let parent = std::os::unix::process::parent_id().to_be_bytes();
    let mut permanent = 0;
    for view in store.entries().map_err(|e| failed(&e))? {
        let view = view.map_err(|e| failed(&e))?;
        if !is_fine(view.verdict()) {
            return Err(format!("error {}: {view:?}", view.verdict()));
        }
        permanent += usize::from(view.id().as_bytes()[8..12] == parent);
    }
    Ok(permanent)
}

fn kill(store: &Store, order: &mut Order<'_>) -> Answer {
    let (identity, id, signal) = (order.identity(), order.word(), order.word());
    let id = id.parse().map_err(|e| format!("error {id}: {e}"))?;
    let signal = signal.parse().map_err(|e| format!("error {e}"))?;
    let member = store.kill(identity, id, signal).map_err(|e| failed(&e))?;
    let role = if member.role() == Role::Monitor { "monitor" } else { "shim" };
    Ok(format!("sent to {role} {}", member.pid()))
}
