//! `ps`: a line for each instance.

mod follow;

use hakurei_hst::InstanceId;
use hakurei_store::{Store, Verdict, View};

use crate::args::Ps;
use crate::context::Context;
use crate::escape::escape;
use crate::exit::Exit;
use crate::json;
use crate::listing::{self, Listing, Trouble};
use crate::report::{Failure, Report, print_coloured, print_result};
use crate::table::{self, Cell, Reader, UNKNOWN};
use crate::uptime;

/// What the columns are called; the names are part of the contract with scripts.
const HEADER: [&str; 5] = ["INSTANCE", "PID", "APPLICATION", "STATUS", "UPTIME"];

pub(crate) fn ps(context: &Context, arguments: &Ps) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    let report = context.report;
    if arguments.watch {
        return follow::follow(&store, arguments, report);
    }
    let (text, troubles) = if arguments.quiet && arguments.status.is_empty() {
        names(&store, arguments, report)?
    } else {
        let listing = read(&store, arguments)?;
        render(&listing, arguments, report)
    };
    if report.json || arguments.quiet { print_result(&text) } else { print_coloured(&text) }?;
    troubles.iter().for_each(|trouble| trouble.tell(report));
    Ok(if troubles.is_empty() { Exit::Done } else { Exit::Incomplete })
}

/// Looks at all entries that are asked for by their identity.
fn read(store: &Store, arguments: &Ps) -> Result<Listing, Failure> {
    Listing::read(store, arguments.identity).map_err(Failure::failed)
}

/// Whether a status is asked for.
fn is_wanted(verdict: Verdict, arguments: &Ps) -> bool {
    arguments.status.is_empty() || arguments.status.iter().any(|wanted| wanted.0 == verdict)
}

/// The ids, by the names of the entries alone, and what is no such name.
fn names(store: &Store, arguments: &Ps, report: Report) -> Result<(String, Vec<Trouble>), Failure> {
    let names = match arguments.identity {
        Some(identity) => store.ids_of(identity),
        None => store.ids(),
    };
    let (mut ids, mut troubles) = (Vec::new(), Vec::new());
    for name in names.map_err(Failure::failed)? {
        match name {
            Ok((_, id)) => ids.push(id),
            Err(error) => troubles.push(Trouble::of(&error)),
        }
    }
    ids.sort_unstable();
    Ok((ids_in_lines(&ids, array(arguments), report), troubles))
}

/// A listing in the form that is asked for, and what in it could not be read. That may be anything,
/// and so is told whatever was asked for.
fn render(listing: &Listing, arguments: &Ps, report: Report) -> (String, Vec<Trouble>) {
    let (wanted, others): (Vec<_>, Vec<_>) =
        listing.entries.iter().partition(|view| is_wanted(view.verdict(), arguments));
    let mut troubles = unreadable(&others);
    let text = if arguments.quiet {
        troubles.extend(unreadable(&wanted));
        let ids: Vec<_> = wanted.iter().map(|view| view.id()).collect();
        ids_in_lines(&ids, array(arguments), report)
    } else if report.json {
        array(arguments)(&objects(&wanted, &mut troubles, report))
    } else {
        troubles.extend(unreadable(&wanted));
        table::render(HEADER, wanted.iter().map(|view| row(view)).collect(), Reader::of_stdout())
    };
    troubles.extend(listing.errors.iter().map(Trouble::of));
    (text, troubles)
}

/// Those whose first part cannot be read.
fn unreadable(entries: &[&View<'_>]) -> Vec<Trouble> {
    let trouble = |view: &&View<'_>| Trouble::with(view, view.summary().err()?.clone());
    entries.iter().filter_map(trouble).collect()
}

/// How an array is written: an element a line, or as one line among others.
fn array(arguments: &Ps) -> fn(&[String]) -> String {
    if arguments.watch { json::array_in_line } else { json::array }
}

fn ids_in_lines(ids: &[InstanceId], array: fn(&[String]) -> String, report: Report) -> String {
    if report.json {
        // Digits need no escaping, and cannot fail to be written.
        array(&ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>())
    } else {
        ids.iter().map(|id| format!("{id}\n")).collect()
    }
}

/// An object for each entry; those that could not be read go to the troubles.
fn objects(entries: &[&View<'_>], troubles: &mut Vec<Trouble>, report: Report) -> Vec<String> {
    let object = |view: &&View<'_>| {
        listing::to_json(view, report).unwrap_or_else(|cause| {
            let element = listing::unreadable_to_json(view, &cause);
            troubles.extend(Trouble::with(view, cause));
            element
        })
    };
    entries.iter().map(object).collect()
}

fn row(view: &View<'_>) -> [Cell; 5] {
    let (instance, status) = (view.id().short().to_string(), view.verdict());
    let [instance, pid, application, uptime] = match view.summary() {
        Err(_) => [instance, UNKNOWN.to_owned(), view.identity().to_string(), UNKNOWN.to_owned()],
        Ok(summary) => {
            let application = match summary.app_id() {
                none if none.is_empty() => view.identity().to_string(),
                app_id => format!("{} ({})", view.identity(), escape(app_id)),
            };
            let uptime = match status {
                Verdict::Running | Verdict::Orphaned => uptime::for_people(uptime::of(summary)),
                _ => UNKNOWN.to_owned(),
            };
            [instance, summary.pid().to_string(), application, uptime]
        }
    }
    .map(Cell::new);
    [instance, pid, application, table::verdict(status), uptime]
}
