//! Asking, with and without a lock.

use std::collections::BTreeMap;

use hakurei_hst::InstanceId;
use hakurei_store::{Account, Collection, Error, LockKind, Verdict, View};
use hakurei_tests::identity;

use super::handle;
use crate::ground::{BYSTANDERS, OURS, SUBJECT};
use crate::stage::{Stage, complain, complain_of_loss};

/// Every state of a locked segment.
pub(crate) fn load(stage: &Stage) {
    let handle = handle(stage);
    let loaded = stage.perform(|| {
        let segment = handle.lock()?;
        let loaded = segment.load_all()?;
        segment.unlock()?;
        Ok(loaded)
    });
    let ours = BYSTANDERS.iter().filter(|bystander| bystander.identity == OURS);
    for id in ours.map(|bystander| bystander.id).chain([SUBJECT]) {
        if loaded.as_ref().is_some_and(|loaded| !loaded.contains_key(&id)) {
            complain(&format!("missing {id}"));
        }
    }
}

/// Every entry with its verdict. A fault may make it unknown, or an error, but not another.
pub(crate) fn list(stage: &Stage) {
    let listed = stage.perform(|| Ok(stage.store.entries()?.collect::<Vec<_>>()));
    let Some(listed) = listed else { return };
    let is_complete = listed.iter().all(Result::is_ok);
    let views = listed.into_iter().flatten().map(|view: View<'_>| (view.id(), view.verdict()));
    let views: BTreeMap<InstanceId, Verdict> = views.collect();
    for (id, expected) in expected() {
        match views.get(&id) {
            // Its segment could not be read, and the listing said so.
            None if !is_complete => {}
            None => complain(&format!("missing {id}")),
            Some(found) => judge(id, expected, *found),
        }
    }
}

fn expected() -> impl Iterator<Item = (InstanceId, Verdict)> {
    let bystanders = BYSTANDERS.iter().map(|bystander| (bystander.id, bystander.verdict));
    bystanders.chain([(SUBJECT, Verdict::Dead)])
}

fn judge(id: InstanceId, expected: Verdict, found: Verdict) {
    let what = format!("{id} is {expected}, and was called {found}");
    if is_leased(id) && matches!(found, Verdict::Dead | Verdict::Orphaned) {
        complain_of_loss(&what);
    } else if found != expected && found != Verdict::Unknown {
        complain(&what);
    }
}

fn is_leased(id: InstanceId) -> bool {
    BYSTANDERS.iter().any(|bystander| bystander.leased && bystander.id == id)
}

pub(crate) fn list_nothing(stage: &Stage) {
    stage.perform(|| {
        if stage.store.entries()?.next().is_some() {
            complain("there was an entry where there is no store");
        }
        Ok(())
    });
}

/// One entry of one that runs.
pub(crate) fn entry(stage: &Stage) {
    let Some(running) = BYSTANDERS.first() else { return };
    let found =
        stage.perform(|| -> Result<_, Error> { stage.store.entry(identity(OURS), running.id) });
    match found {
        Some(Some(view)) => judge(running.id, running.verdict, view.verdict()),
        Some(None) => complain(&format!("missing {}", running.id)),
        None => {}
    }
}

pub(crate) fn new_id(stage: &Stage) {
    stage.perform(hakurei_store::new_instance_id);
}

/// What would be collected.
pub(crate) fn collectable(stage: &Stage) {
    let found = stage.perform(|| stage.store.collectable(Collection::of_the_dead()));
    let dead = |id| expected().any(|expected| expected == (id, Verdict::Dead));
    for collected in found.into_iter().flatten().flatten() {
        if is_leased(collected.id()) {
            complain_of_loss(&format!("{} would be collected, which is leased", collected.id()));
        } else if !dead(collected.id()) || collected.verdict() != Verdict::Dead {
            complain(&format!("{} would be collected, which is not dead", collected.id()));
        }
    }
}

/// Who lives, and what they use.
pub(crate) fn account(stage: &Stage) {
    let handle = handle(stage);
    let account = stage.perform(|| {
        let segment = handle.lock()?;
        let account = segment.account()?;
        segment.unlock()?;
        Ok(account)
    });
    account.iter().for_each(judge_account);
}

/// A fault makes nobody dead, but may make somebody seem alive.
pub(crate) fn judge_account(account: &Account) {
    let ours = BYSTANDERS.iter().filter(|bystander| bystander.identity == OURS);
    let alive = ours.filter(|bystander| bystander.verdict.counts_as_alive()).count();
    if account.alive().is_some_and(|counted| counted < alive) {
        complain(&format!("missing of {alive}: {account:?}"));
    }
}

/// The one that is held on purpose, and the leases.
pub(crate) fn locks(stage: &Stage) {
    let Some(found) = stage.perform(|| stage.store.locks()) else { return };
    let is_complete = found.iter().all(Result::is_ok);
    let held = found.iter().flatten().filter(|lock| lock.kind() != LockKind::Store).count();
    let expected = 1 + BYSTANDERS.iter().filter(|bystander| bystander.leased).count();
    if is_complete && held < expected {
        complain(&format!("missing of {expected} locks: {found:?}"));
    }
}
