//! `show`: one instance, or the validity of a configuration.

use std::ffi::OsStr;

use hakurei_hst::{AppError, Config};
use hakurei_store::{Store, View};
use serde::Serialize;

use crate::args::Show;
use crate::context::Context;
use crate::describe;
use crate::document;
use crate::exit::Exit;
use crate::json;
use crate::listing::{self, Trouble};
use crate::membership;
use crate::report::{Cause, ErrorObject, Failure, Report, print_result};
use crate::selector::{self, Named};

pub(crate) fn show(context: &Context, arguments: &Show) -> Result<Exit, Failure> {
    if let Some(pid) = arguments.pid {
        let store = context.store_to_read()?;
        let named = membership::find(&store, pid)?;
        return show_instance(&store, named, context.report);
    }
    // Clap sees to it that there is one of them.
    let subject = arguments.subject.as_deref().unwrap_or_default();
    match subject.to_str().and_then(|text| text.parse().ok()) {
        Some(instance) => {
            let store = context.store_to_read()?;
            let named = selector::find(&store, instance)?;
            show_instance(&store, named, context.report)
        }
        None => show_file(subject, context.report),
    }
}

fn show_instance(store: &Store, (identity, id): Named, report: Report) -> Result<Exit, Failure> {
    let view = store.entry(identity, id).map_err(Failure::failed)?;
    // It may have ended since its name was read.
    let view = view.ok_or_else(|| selector::not_found(id, &[]))?;
    let text = if report.json {
        listing::to_json(&view, report).map(|json| json + "\n")
    } else {
        view.state().map(|state| describe::instance(&view, &state)).map_err(Cause::from)
    };
    match text {
        Ok(text) => print_result(&text).map(|()| Exit::Done),
        Err(cause) => show_unreadable(&view, cause, report),
    }
}

/// Says of an entry what can be said without its content.
fn show_unreadable(view: &View<'_>, cause: Cause, report: Report) -> Result<Exit, Failure> {
    if report.json {
        print_result(&(listing::unreadable_to_json(view, &cause) + "\n"))?;
    } else {
        print_result(&describe::unreadable(view))?;
    }
    match Trouble::with(view, cause) {
        Some(trouble) => trouble.tell(report),
        None => report.note(format_args!("instance {} is just being recorded", view.id())),
    }
    Ok(Exit::Incomplete)
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
    let message = format!("{}; {}", error.message(), selector::FORM);
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
