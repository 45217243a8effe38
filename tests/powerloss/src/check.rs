//! Every state of every moment of a recording, looked at; and again without each sync.

use std::collections::BTreeSet;

use crate::Result;
use crate::claims::{self, Claims, Held};
use crate::disk::{Detail, Disk, Tree};
use crate::look::{Found, Looker, Lost};
use crate::recording::{Recording, Step};

/// What was looked at.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Moments: before the first step, and after each.
    pub(crate) moments: usize,
    /// States of all moments.
    pub(crate) states: usize,
    /// Those that differ in what is there or in what has been said.
    pub(crate) looked_at: usize,
    pub(crate) found: Found,
}

/// Looks at every state that a power cut may leave at any moment.
///
/// # Errors
///
/// The first that is not as it must be.
pub(crate) fn every_state(
    recording: &Recording,
    detail: Detail,
    looker: &Looker<'_>,
) -> Result<Checked> {
    let steps = &recording.steps;
    let mut checked = Checked::default();
    let mut seen = BTreeSet::new();
    for moment in 0..=steps.len() {
        let claims = claims::after(&steps[..moment], Held::ToItsWord)?;
        let states = Disk::after(recording, &steps[..moment]).states(detail)?;
        checked.moments += 1;
        checked.states += states.len();
        for tree in states {
            let state = (tree, claims.clone());
            if seen.contains(&state) {
                continue;
            }
            let found =
                looker.look(&state.0, &claims).map_err(|e| explain(&e, steps, moment, &state.0))?;
            checked.found.add(found);
            checked.looked_at += 1;
            seen.insert(state);
        }
    }
    Ok(checked)
}

/// What is lost at worst; none if nothing is. The last moments come first: there is most to lose.
///
/// # Errors
///
/// If it cannot be found out.
pub(crate) fn loss(
    recording: &Recording,
    steps: &[Step],
    held: Held,
    looker: &Looker<'_>,
) -> Result<Option<Lost>> {
    let mut seen: BTreeSet<(Tree, Claims)> = BTreeSet::new();
    for moment in (0..=steps.len()).rev() {
        let claims = claims::after(&steps[..moment], held)?;
        for tree in Disk::after(recording, &steps[..moment]).states(Detail::Coarse)? {
            if !seen.insert((tree.clone(), claims.clone())) {
                continue;
            }
            if let Err(error) = looker.look(&tree, &claims) {
                return error.downcast().map(|lost| Some(*lost));
            }
        }
    }
    Ok(None)
}

impl Checked {
    pub(crate) fn add(&mut self, other: &Self) {
        self.moments += other.moments;
        self.states += other.states;
        self.looked_at += other.looked_at;
        self.found.add(other.found);
    }
}

impl Found {
    fn add(&mut self, other: Self) {
        self.absent += other.absent;
        self.whole += other.whole;
        self.corrupt += other.corrupt;
        self.newer += other.newer;
        self.ownerless += other.ownerless;
    }
}

fn explain(error: &crate::Error, steps: &[Step], moment: usize, tree: &Tree) -> String {
    let steps: String = steps[..moment].iter().map(|step| format!("  {step:?}\n")).collect();
    format!("{error}\nafter\n{steps}with this on the disk: {tree:?}")
}
