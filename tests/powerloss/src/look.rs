//! What the library makes of a disk after a power cut.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use hakurei_check::Absolute;
use hakurei_hst::InstanceId;
use hakurei_store::{Collection, Format, Store, Verdict, View, Wait};
use hakurei_tests::{identity, lossless};

use crate::Result;
use crate::act::{self, BASE, SEGMENT};
use crate::claims::{Claim, Claims};
use crate::disk::{Node, Tree};

/// The number of an instance that is saved after the machine has started again.
const NEXT: u32 = 99;

/// Nobody holds a lock after a power cut; this is only so that a mistake ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// How each entry was found that somebody had at least begun to save.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    pub(crate) absent: usize,
    pub(crate) whole: usize,
    pub(crate) corrupt: usize,
    pub(crate) newer: usize,
    /// Without what stands behind Go's value: such an entry is judged as Go's own are.
    pub(crate) ownerless: usize,
}

/// What is not there as it was promised; any other error is trouble with looking.
#[derive(Debug)]
pub(crate) struct Lost(String);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lost {}

/// What is needed to look at a disk.
pub(crate) struct Looker<'a> {
    /// A directory that the disk is laid out below.
    pub(crate) place: &'a Path,
    pub(crate) format: Format,
    pub(crate) monitor: u32,
    /// Whether a name may come to the disk before what it names, while nothing is promised.
    pub(crate) may_be_torn: bool,
}

impl Looker<'_> {
    /// Lays a disk out and has the library look at it, save, and clear it up.
    ///
    /// # Errors
    ///
    /// [`Lost`]; or what else is not as it must be.
    pub(crate) fn look(&self, tree: &Tree, claims: &Claims) -> Result<Found> {
        let stage = self.place.join("stage");
        lay_out(&stage, tree)?;
        let seen = self.look_at(&stage, claims);
        fs::remove_dir_all(&stage)?;
        seen
    }

    fn look_at(&self, stage: &Path, claims: &Claims) -> Result<Found> {
        let base = Absolute::try_from(stage.join(BASE))?;
        let store = Store::new(base).in_format(self.format);
        let views = list(&store)?;
        let found = self.judge(&views, claims)?;
        self.save_and_destroy(&store, NEXT)?;
        collect(&store, views.len() - found.ownerless)?;
        if found.ownerless > 0 {
            return Ok(found);
        }
        // Also what could not be saved while something stood in its place.
        for (number, segment) in claims.keys() {
            if *segment == SEGMENT {
                self.save_and_destroy(&store, *number)?;
            }
        }
        Ok(found)
    }

    fn judge(&self, views: &BTreeMap<InstanceId, View<'_>>, claims: &Claims) -> Result<Found> {
        let mut found = Found::default();
        for (&(number, segment), &claim) in claims {
            let view = views.get(&act::subject_id(number));
            let verdict = view.map(View::verdict);
            match (verdict, claim) {
                (None, Claim::Tried | Claim::Ending) => found.absent += 1,
                (Some(Verdict::Corrupt), Claim::Tried) if self.may_be_torn => found.corrupt += 1,
                (Some(Verdict::Newer), Claim::Tried) if self.may_be_torn => found.newer += 1,
                (Some(Verdict::Dead), _) => {
                    self.compare(view, number, segment)?;
                    found.whole += 1;
                }
                (Some(_), Claim::Tried)
                    if self.may_be_torn && view.is_some_and(is_without_owner) =>
                {
                    self.compare(view, number, segment)?;
                    found.ownerless += 1;
                }
                (verdict, claim) => {
                    let lost = format!("instance {number}, {claim:?}, is {verdict:?}");
                    return Err(Lost(lost).into());
                }
            }
        }
        let known =
            |id: &InstanceId| claims.keys().any(|(number, _)| act::subject_id(*number) == *id);
        match views.keys().find(|id| !known(id)) {
            Some(stranger) => Err(format!("nobody saved {stranger}").into()),
            None => Ok(found),
        }
    }

    /// Whether an entry says what was saved.
    fn compare(&self, view: Option<&View<'_>>, number: u32, segment: u16) -> Result<()> {
        let state = view.ok_or("none")?.state()?;
        if lossless(&state) == lossless(&act::subject(number, segment, self.monitor)) {
            return Ok(());
        }
        Err(format!("instance {number} has another state: {state:?}").into())
    }

    fn save_and_destroy(&self, store: &Store, number: u32) -> Result<()> {
        let record = store.record(&act::subject(number, SEGMENT, self.monitor))?;
        let handle = store.handle_with(identity(SEGMENT), patiently())?;
        let segment = handle.lock_with(patiently())?;
        let lease = segment.save(&record)?;
        let verdict = segment.entry(record.id()).view().map(|view| view.verdict());
        if verdict != Some(Verdict::Running) {
            return Err(format!("what was saved next is {verdict:?}").into());
        }
        Ok(segment.end(lease).map_err(hakurei_store::Error::from)?)
    }
}

/// Whether it could be an entry that Go wrote.
fn is_without_owner(view: &View<'_>) -> bool {
    view.format() == Some(Format::Gob) && view.summary().is_ok_and(|it| it.owner().is_none())
}

fn patiently() -> Wait<'static> {
    Wait::until(Instant::now() + PATIENCE)
}

fn list(store: &Store) -> Result<BTreeMap<InstanceId, View<'static>>> {
    let mut views = BTreeMap::new();
    for view in store.entries()? {
        let view = view?;
        if views.insert(view.id(), view).is_some() {
            return Err("an entry stands in two segments".into());
        }
    }
    Ok(views)
}

/// What `gc` does with `--corrupt`; what it does not take is left to people.
fn collect(store: &Store, count: usize) -> Result<()> {
    let mut collected = Vec::new();
    // A newer one goes as well, which the command leaves to whoever has the newer version.
    let all = Collection::of_the_dead().and_corrupt().and_newer();
    store.collect(all, patiently(), |item| collected.push(item))?;
    let collected: std::result::Result<Vec<_>, _> = collected.into_iter().collect();
    let collected = collected?.len();
    if collected == count {
        return Ok(());
    }
    Err(format!("of {count} entries, {collected} were collected").into())
}

/// Makes what is on the disk, as it would be found.
fn lay_out(stage: &Path, tree: &Tree) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700).create(stage)?;
    // A directory comes before what is in it.
    for (path, node) in tree {
        let path = stage.join(path.trim_start_matches('/'));
        match node {
            Node::Directory => builder.create(path)?,
            Node::File(bytes) => {
                let mut options = fs::OpenOptions::new();
                let file = options.write(true).create_new(true).mode(0o600).open(path)?;
                std::io::Write::write_all(&mut &file, bytes)?;
            }
        }
    }
    Ok(())
}
