//! What was looked at, in a table; and which syncs nothing can do without.

use std::fmt;

use crate::Result;
use crate::check::{self, Checked};
use crate::claims::Held;
use crate::look::{Found, Looker};
use crate::recording::{Inode, Recording, Step};
use crate::scene::{Scene, Syncs};

/// The head of the table.
pub(crate) const HEAD: &str = concat!(
    "| saved | moments | states | looked at | absent | whole | corrupt | newer | as Go's | syncs | of them needed |\n",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
);

/// The line of a scene, or of all.
pub(crate) struct Line {
    name: &'static str,
    checked: Checked,
    needs: Needs,
}

/// How many syncs there are on the stage, and without how many of them something is lost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    syncs: usize,
    needed: usize,
}

/// Leaves out one sync after the other. If there is none, sees that something can be lost at all.
///
/// # Errors
///
/// A sync that is not needed where each is, or nothing lost without any.
pub(crate) fn needs(scene: &Scene, recording: &Recording, looker: &Looker<'_>) -> Result<Needs> {
    let mut needs = Needs::default();
    for (at, step) in recording.steps.iter().enumerate() {
        let Step::Sync { what, .. } = step else { continue };
        needs.syncs += 1;
        let mut without = recording.steps.clone();
        let sync = without.remove(at);
        let lost = check::loss(recording, &without, Held::ToItsWord, looker)?;
        needs.needed += usize::from(lost.is_some());
        if lost.is_none() && scene.syncs == Syncs::Each {
            return Err(format!("without the {what} nothing is lost").into());
        }
        // Whoever looks between the two finds a name of nothing.
        if let Some(late) = behind_the_name(without, at, sync)
            && !looker.may_be_torn
            && check::loss(recording, &late, Held::ToItsWord, looker)?.is_none()
        {
            return Err(format!("after a late {what} nothing is torn").into());
        }
    }
    if scene.syncs == Syncs::None {
        let lost = check::loss(recording, &recording.steps, Held::ToMore, looker)?;
        lost.ok_or("nothing is lost although nothing is synced")?;
    }
    let as_expected = match scene.syncs {
        Syncs::Each => needs.syncs > 0,
        Syncs::Some(needed) => needs.needed == needed,
        Syncs::None => needs.syncs == 0,
    };
    if as_expected {
        Ok(needs)
    } else {
        Err(format!("other syncs than expected: {needs:?}").into())
    }
}

/// The steps with a sync of a file only after the file has its name; none if it has none later.
fn behind_the_name(mut steps: Vec<Step>, at: usize, sync: Step) -> Option<Vec<Step>> {
    let Step::Sync { of, .. } = sync else { return None };
    let names_it = |step: &Step| matches!(step, Step::Name { to, .. } if *to == Some::<Inode>(of));
    let named = steps[at..].iter().position(names_it)?;
    steps.insert(at + named + 1, sync);
    Some(steps)
}

impl Line {
    pub(crate) fn new(scene: &Scene, checked: Checked, needs: Needs) -> Self {
        Self { name: scene.name, checked, needs }
    }

    pub(crate) fn total() -> Self {
        Self { name: "all", checked: Checked::default(), needs: Needs::default() }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.checked.add(&other.checked);
        self.needs.syncs += other.needs.syncs;
        self.needs.needed += other.needs.needed;
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checked { moments, states, looked_at, found } = &self.checked;
        let Found { absent, whole, corrupt, newer, ownerless } = found;
        let Needs { syncs, needed } = self.needs;
        let counts = [
            *moments, *states, *looked_at, *absent, *whole, *corrupt, *newer, *ownerless, syncs,
            needed,
        ];
        write!(f, "| {} |", self.name)?;
        counts.iter().try_for_each(|count| write!(f, " {count} |"))
    }
}
