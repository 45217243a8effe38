//! Which instance a process belongs to.

use std::collections::BTreeMap;

use hakurei_store::{Life, Role, Store};

use crate::listing::Listing;
use crate::report::Failure;
use crate::selector::{self, Named};
use crate::standing::Standing;

/// No line of ancestors is longer: numbers are given again while one climbs, and must not lead in
/// circles.
const LONGEST_LINE: usize = 4096;

/// The instance that a process belongs to: it, or the nearest of its ancestors, is the program or the
/// monitor that was recorded, and still lives.
///
/// A process that is the program of one instance and the monitor of another, as a `run` within a
/// `run` is, belongs to the first: there it lives.
pub(crate) fn find(store: &Store, pid: i32) -> Result<Named, Failure> {
    let listing = Listing::read(store, None).map_err(Failure::failed)?;
    let members = Members::of(&listing);
    let Some(line) = line_of(pid) else {
        return Err(selector::failure(format!(
            "process {pid} does not exist, or is not visible from here"
        )));
    };
    for ancestor in line {
        match members.at(ancestor) {
            [] => {}
            [only] => return Ok(*only),
            several => return Err(selector::ambiguous(format_args!("process {pid}"), several)),
        }
    }
    let mut message = format!("process {pid} belongs to no instance");
    for error in &listing.errors {
        message.push_str(&format!("; {}", error.message()));
    }
    Err(selector::failure(message))
}

/// Living processes of instances, by their numbers.
#[derive(Default)]
struct Members {
    programs: BTreeMap<i32, Vec<Named>>,
    monitors: BTreeMap<i32, Vec<Named>>,
}

impl Members {
    fn of(listing: &Listing) -> Self {
        let mut members = Self::default();
        for view in &listing.entries {
            for member in view.members().iter().filter(|member| member.life() == Life::Alive) {
                let with_this_role = match member.role() {
                    Role::Shim => &mut members.programs,
                    Role::Monitor => &mut members.monitors,
                };
                with_this_role.entry(member.pid()).or_default().push((view.identity(), view.id()));
            }
        }
        members
    }

    fn at(&self, pid: i32) -> &[Named] {
        let found = self.programs.get(&pid).or_else(|| self.monitors.get(&pid));
        found.map_or(&[], Vec::as_slice)
    }
}

/// The process and its ancestors, the nearest first; none if there is no such process to be seen.
fn line_of(pid: i32) -> Option<impl Iterator<Item = i32>> {
    let first = Standing::of(pid)?;
    let line = std::iter::successors(Some(first), |standing| Standing::of(standing.parent));
    Some(line.map(|standing| standing.pid).take(LONGEST_LINE))
}
