//! What a store is found to hold, in order.

use std::fmt::Write as _;

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

/// What keeps a listing from being whole: a name that does not belong there, a segment or an entry
/// that cannot be read.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// The entry that it is about, where its message does not say so.
    about: Option<String>,
    cause: Cause,
}

impl Trouble {
    /// One that says by itself what it is about.
    pub(crate) fn of(error: &Error) -> Self {
        Self { about: None, cause: error.clone().into() }
    }

    /// One with an entry; none if that is only being written.
    pub(crate) fn with(view: &View<'_>, cause: impl Into<Cause>) -> Option<Self> {
        let about = format!("instance {} of identity {}", view.id(), view.identity());
        let trouble = Self { about: Some(about), cause: cause.into() };
        (view.verdict() != Verdict::Starting).then_some(trouble)
    }

    pub(crate) fn tell(&self, report: Report) {
        match &self.about {
            Some(about) => report.error_about(about, self.cause.error()),
            None => report.error(self.cause.error()),
        }
    }

    /// The line that it is told in, to know it again by.
    pub(crate) fn message(&self) -> String {
        let mut message = self.about.clone().unwrap_or_default();
        // Writing to a String cannot fail.
        let _infallible = write!(message, ": {}", self.cause.error().message());
        message
    }
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
