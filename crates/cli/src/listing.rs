//! What a store is found to hold, in order.

use hakurei_hst::{AppError, Identity};
use hakurei_store::{Error, Format, Store, Verdict, View};
use serde::Serialize;

use crate::json;
use crate::report::{Cause, ErrorObject, Report};

/// All entries of a store or a segment, in the order of their making, and what is no entry.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<View<'static>>,
    /// Names that do not belong there, and segments that cannot be read.
    pub(crate) errors: Vec<Error>,
}

impl Listing {
    /// Looks at every entry, without waiting for any lock.
    pub(crate) fn read(store: &Store, identity: Option<Identity>) -> Result<Self, Error> {
        let found = match identity {
            Some(identity) => store.entries_of(identity)?,
            None => store.entries()?,
        };
        let mut listing = Self { entries: Vec::new(), errors: Vec::new() };
        for item in found {
            match item {
                Ok(view) => listing.entries.push(view),
                Err(error) => listing.errors.push(error),
            }
        }
        // The first half of an id is when it was made. One id in two segments is possible.
        listing.entries.sort_by_key(|view| (view.id(), view.identity()));
        Ok(listing)
    }
}

/// Whether an entry counts as one that could not be read. One that is being written does not.
pub(crate) fn is_unreadable(view: &View<'_>) -> bool {
    view.summary().is_err() && view.verdict() != Verdict::Starting
}

/// Tells which entry could not be read, and why.
pub(crate) fn tell_unreadable(view: &View<'_>, error: &AppError, report: Report) {
    report
        .error_about(format_args!("instance {} of identity {}", view.id(), view.identity()), error);
}

/// An entry as JSON: all of its state, and what was found out about it.
///
/// Text that is not UTF-8 becomes U+FFFD there, and the reader is told where.
pub(crate) fn to_json(view: &View<'_>, report: Report) -> Result<String, Cause> {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(flatten)]
        state: &'a hakurei_hst::State,
        status: &'a str,
        leased: bool,
        format: Option<&'a str>,
    }
    let state = view.state()?;
    // What has a state has a format.
    let format = view.format().map(Format::as_str);
    let (status, leased) = (view.verdict().as_str(), view.is_leased());
    let object = Object { state: &state, status, leased, format };
    let json = json::line(&object).map_err(|error| match state.to_json() {
        // It knows the place of the path that is to blame.
        Err(error) => error,
        Ok(_) => AppError::new("encode state", error),
    })?;
    for place in state.non_utf8() {
        report.note(format_args!(
            "instance {}: {place} is not UTF-8, and has U+FFFD in its place in JSON",
            view.id()
        ));
    }
    Ok(json)
}

/// An entry as JSON whose state cannot be had.
pub(crate) fn unreadable_to_json(view: &View<'_>, cause: &Cause) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        instance: hakurei_hst::InstanceId,
        identity: Identity,
        status: &'a str,
        error: ErrorObject,
    }
    // An entry can be judged by its first part while the second is damaged.
    let verdict = match cause {
        Cause::Store(_) if view.summary().is_ok() => Verdict::Corrupt,
        _ => view.verdict(),
    };
    let object = Object {
        instance: view.id(),
        identity: view.identity(),
        status: verdict.as_str(),
        error: ErrorObject::from(cause.error()),
    };
    // Nothing in it is anything but a string or a number.
    json::line(&object).unwrap_or_default()
}
