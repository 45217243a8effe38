//! `ps`: a line for each instance.

use std::io::{self, IsTerminal as _};

use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Error, Store, Verdict, View};

use crate::args::Ps;
use crate::context::Context;
use crate::escape::escape;
use crate::exit::Exit;
use crate::json;
use crate::listing::{self, Listing};
use crate::report::{Failure, Report, print_coloured, print_result};
use crate::table::{self, Reader, Row};
use crate::uptime;

/// What stands in a column that nothing is known for.
const UNKNOWN: &str = "-";

pub(crate) fn ps(context: &Context, arguments: &Ps) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    let report = context.report;
    if arguments.quiet {
        return list_ids(&store, arguments.identity, report);
    }
    let listing = Listing::read(&store, arguments.identity).map_err(Failure::failed)?;
    let is_complete =
        if report.json { print_objects(&listing, report)? } else { print_table(&listing, report)? };
    tell_strays(&listing.errors, report);
    Ok(if is_complete && listing.errors.is_empty() { Exit::Done } else { Exit::Incomplete })
}

/// Prints the ids, by the names of the entries alone.
fn list_ids(store: &Store, identity: Option<Identity>, report: Report) -> Result<Exit, Failure> {
    let names = match identity {
        Some(identity) => store.ids_of(identity),
        None => store.ids(),
    };
    let (mut ids, mut errors) = (Vec::<InstanceId>::new(), Vec::new());
    for name in names.map_err(Failure::failed)? {
        match name {
            Ok((_, id)) => ids.push(id),
            Err(error) => errors.push(error),
        }
    }
    ids.sort_unstable();
    if report.json {
        // Digits need no escaping, and cannot fail to be written.
        let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        print_result(&json::array(&ids))?;
    } else {
        print_result(&ids.iter().map(|id| format!("{id}\n")).collect::<String>())?;
    }
    tell_strays(&errors, report);
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Incomplete })
}

fn tell_strays(errors: &[Error], report: Report) {
    for error in errors {
        report.error(error.as_app_error());
    }
}

/// Prints an object for each entry, and tells which could not be read; false if there were any.
fn print_objects(listing: &Listing, report: Report) -> Result<bool, Failure> {
    let mut unreadable = Vec::new();
    let mut elements = Vec::with_capacity(listing.entries.len());
    for view in &listing.entries {
        elements.push(listing::to_json(view, report).unwrap_or_else(|cause| {
            let element = listing::unreadable_to_json(view, &cause);
            if view.verdict() != Verdict::Starting {
                unreadable.push((view, cause));
            }
            element
        }));
    }
    print_result(&json::array(&elements))?;
    for (view, cause) in &unreadable {
        listing::tell_unreadable(view, cause.error(), report);
    }
    Ok(unreadable.is_empty())
}

/// Prints a line for each entry, and tells which could not be read; false if there were any.
fn print_table(listing: &Listing, report: Report) -> Result<bool, Failure> {
    let reader = if io::stdout().is_terminal() { Reader::Terminal } else { Reader::Program };
    let rows = listing.entries.iter().map(row).collect();
    print_coloured(&table::render(rows, reader))?;
    let mut is_complete = true;
    for view in listing.entries.iter().filter(|view| listing::is_unreadable(view)) {
        is_complete = false;
        if let Err(error) = view.summary() {
            listing::tell_unreadable(view, error.as_app_error(), report);
        }
    }
    Ok(is_complete)
}

fn row(view: &View<'_>) -> Row {
    let (instance, status) = (view.id().short().to_string(), view.verdict());
    let Ok(summary) = view.summary() else {
        let (pid, uptime) = (UNKNOWN.to_owned(), UNKNOWN.to_owned());
        return Row { instance, pid, application: view.identity().to_string(), status, uptime };
    };
    let application = match summary.app_id() {
        none if none.is_empty() => view.identity().to_string(),
        app_id => format!("{} ({})", view.identity(), escape(app_id)),
    };
    let uptime = match status {
        Verdict::Running | Verdict::Orphaned => uptime::for_people(uptime::of(summary)),
        _ => UNKNOWN.to_owned(),
    };
    Row { instance, pid: summary.pid().to_string(), application, status, uptime }
}
