//! `show`: one instance, or the validity of a configuration.

use std::ffi::OsStr;

use hakurei_hst::{AppError, Config, Identity, InstanceId, Prefix};
use hakurei_store::{Error, Store, Verdict, View};
use serde::Serialize;

use crate::args::Show;
use crate::context::Context;
use crate::describe;
use crate::document;
use crate::exit::Exit;
use crate::json;
use crate::listing;
use crate::report::{Cause, ErrorObject, Failure, Report, print_result};

/// The step of not finding the one that is meant.
const STEP: &str = "find instance";

pub(crate) fn show(context: &Context, arguments: &Show) -> Result<Exit, Failure> {
    match Selector::parse(&arguments.subject) {
        Some(selector) => show_instance(context, selector),
        None => show_file(&arguments.subject, context.report),
    }
}

/// What people type for an instance.
#[derive(Clone, Copy, Debug)]
enum Selector {
    Whole(InstanceId),
    Short(Prefix),
}

impl Selector {
    /// None if it is no instance's id, and so a file's name.
    fn parse(subject: &OsStr) -> Option<Self> {
        let text = subject.to_str()?;
        let whole = text.parse().map(Self::Whole);
        whole.or_else(|_| text.parse().map(Self::Short)).ok()
    }

    fn matches(self, id: &InstanceId) -> bool {
        match self {
            Self::Whole(whole) => whole == *id,
            Self::Short(prefix) => prefix.matches(id),
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(id) => id.fmt(f),
            Self::Short(prefix) => prefix.fmt(f),
        }
    }
}

fn show_instance(context: &Context, selector: Selector) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    let (identity, id) = find(&store, selector)?;
    // It may have ended since its name was read.
    let view = store.entry(identity, id).map_err(Failure::failed)?;
    let view = view.ok_or_else(|| not_found(selector, &[]))?;
    let text = if context.report.json {
        listing::to_json(&view, context.report).map(|json| json + "\n")
    } else {
        view.state().map(|state| describe::instance(&view, &state)).map_err(Cause::from)
    };
    match text {
        Ok(text) => print_result(&text).map(|()| Exit::Done),
        Err(cause) => show_unreadable(&view, &cause, context.report),
    }
}

/// Says of an entry what can be said without its content.
fn show_unreadable(view: &View<'_>, cause: &Cause, report: Report) -> Result<Exit, Failure> {
    if report.json {
        print_result(&(listing::unreadable_to_json(view, cause) + "\n"))?;
    } else {
        print_result(&describe::unreadable(view))?;
    }
    if view.verdict() == Verdict::Starting {
        report.note(format_args!("instance {} is just being recorded", view.id()));
    } else {
        listing::tell_unreadable(view, cause.error(), report);
    }
    Ok(Exit::Incomplete)
}

/// Finds the one instance that is meant, by the names of the entries alone.
fn find(store: &Store, selector: Selector) -> Result<(Identity, InstanceId), Failure> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for name in store.ids().map_err(Failure::failed)? {
        match name {
            Ok((identity, id)) if selector.matches(&id) => found.push((identity, id)),
            Ok(_) => {}
            Err(error) => errors.push(error),
        }
    }
    found.sort_unstable_by_key(|(identity, id)| (*id, *identity));
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(not_found(selector, &errors)),
        several => Err(ambiguous(selector, several)),
    }
}

/// If part of the store could not be read, the instance may be there.
fn not_found(selector: Selector, errors: &[Error]) -> Failure {
    let mut message = format!("there is no instance {selector}");
    for error in errors {
        message.push_str(&format!("; {}", error.message()));
    }
    Failure::new(Exit::NotFound, AppError::without_cause(STEP).with_message(message))
}

fn ambiguous(selector: Selector, several: &[(Identity, InstanceId)]) -> Failure {
    let named: Vec<_> =
        several.iter().map(|(identity, id)| format!("{id} (identity {identity})")).collect();
    let message = format!("{} instances match {selector}: {}", named.len(), named.join(", "));
    Failure::new(Exit::NotFound, AppError::without_cause(STEP).with_message(message))
}

/// Says whether a configuration is valid. A file that cannot be read is a failure, and not invalid.
fn show_file(name: &OsStr, report: Report) -> Result<Exit, Failure> {
    let json = document::read(name).map_err(|error| unread(name, error))?;
    let checked = Config::from_json(&json).and_then(|config| config.validate().map(|()| config));
    if report.json {
        return print_validity(&checked);
    }
    let config = checked.map_err(Failure::failed)?;
    print_result(&describe::valid(&config))?;
    Ok(Exit::Done)
}

/// A word that is nearly an id is more likely a mistake than a file.
fn unread(name: &OsStr, error: AppError) -> Failure {
    let bytes = name.as_encoded_bytes();
    if !bytes.iter().all(u8::is_ascii_hexdigit) {
        return Failure::failed(error);
    }
    let message = format!(
        "{}; an instance has 32 digits, or 8 to 16 of its random half, in lower case",
        error.message()
    );
    Failure::failed(error.with_message(message))
}

fn print_validity(checked: &Result<Config, AppError>) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Validity {
        valid: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<ErrorObject>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
    }
    let validity = match checked {
        Ok(config) => {
            let warnings = config.warnings().iter().map(ToString::to_string).collect();
            Validity { valid: true, error: None, warnings }
        }
        Err(error) => Validity { valid: false, error: Some(error.into()), warnings: Vec::new() },
    };
    let json = json::line(&validity)
        .map_err(|error| Failure::failed(AppError::new("encode the result", error)))?;
    print_result(&(json + "\n"))?;
    Ok(if validity.valid { Exit::Done } else { Exit::Failed })
}
