//! The same list again, whenever something has changed.

use std::collections::BTreeSet;
use std::io;

use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_store::{Store, Verdict, Watch};

use super::{is_wanted, read, render};
use crate::args::Ps;
use crate::exit::Exit;
use crate::listing::{Listing, Trouble};
use crate::report::{Failure, Printed, Report, print_on, print_on_in_colour};
use crate::table::Reader;
use crate::{sys, watching};

/// Puts the cursor to the beginning, and takes away what is on the screen (ECMA-48, CUP and ED).
const CLEAR: &str = "\x1b[H\x1b[2J";

/// Lists until nobody reads on, or a signal ends this process.
pub(super) fn follow(store: &Store, arguments: &Ps, report: Report) -> Result<Exit, Failure> {
    watching::prepare(report);
    let mut watch = store.watch().map_err(Failure::failed)?;
    let (mut shown, mut told) = (None, BTreeSet::new());
    loop {
        // What changes from here on makes the watch readable again.
        drain(&mut watch)?;
        let listing = read(store, arguments)?;
        let now = Outline::of(&listing, arguments);
        if shown.as_ref() != Some(&now) {
            shown = Some(now);
            if show(&listing, arguments, &mut told, report)? == Printed::ToNobody {
                return Ok(Exit::Done);
            }
        }
        let is_heard = sys::wait_for_either(&watch, io::stdout());
        if !is_heard.map_err(|error| Failure::failed(AppError::new("await changes", error)))? {
            return Ok(Exit::Done);
        }
    }
}

/// What happened is seen by looking at what is there now.
fn drain(watch: &mut Watch) -> Result<(), Failure> {
    while watch.try_next().map_err(Failure::failed)?.is_some() {}
    Ok(())
}

/// Whatever is worth drawing anew: not the time that has passed.
#[derive(Debug, PartialEq, Eq)]
struct Outline {
    entries: Vec<(Identity, InstanceId, Verdict, bool)>,
    troubles: Vec<String>,
}

impl Outline {
    fn of(listing: &Listing, arguments: &Ps) -> Self {
        let wanted = listing.entries.iter().filter(|view| is_wanted(view.verdict(), arguments));
        let entries = wanted
            .map(|view| (view.identity(), view.id(), view.verdict(), view.is_leased()))
            .collect();
        let troubles = listing.errors.iter().map(|error| Trouble::of(error).message()).collect();
        Self { entries, troubles }
    }
}

/// Draws the list in place of the one before, or prints it again; what is wrong is told once, and on
/// a screen that is cleared each time.
fn show(
    listing: &Listing,
    arguments: &Ps,
    told: &mut BTreeSet<String>,
    report: Report,
) -> Result<Printed, Failure> {
    let (text, troubles) = render(listing, arguments, report);
    if is_screen() {
        told.clear();
        if print_on(CLEAR)? == Printed::ToNobody {
            return Ok(Printed::ToNobody);
        }
    }
    let printed = if report.json || arguments.quiet {
        // Where one list ends and the next begins, ids alone do not say.
        let end = if report.json || is_screen() { "" } else { "\n" };
        print_on(&(text + end))?
    } else {
        print_on_in_colour(&text)?
    };
    for trouble in troubles.iter().filter(|trouble| told.insert(trouble.message())) {
        trouble.tell(report);
    }
    Ok(printed)
}

/// Whether stdout is a terminal that can be cleared.
fn is_screen() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|kind| kind.is_empty() || kind == "dumb");
    Reader::of_stdout() == Reader::Terminal && !is_dumb
}
