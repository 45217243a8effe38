//! Configurations, as `run --config` and `show FILE` read them.

use std::error::Error as _;

use hakurei_hst::{AppError, Config, InstanceId, JsonError, State};
use hakurei_store::{Format, Record, decode};
use serde::de::IgnoredAny;

use crate::{describe, json};

/// Whatever is handed in is a configuration that can be written, shown and recorded, and is the same
/// again, or an error that says where; returns whether it is one.
///
/// # Panics
///
/// If it is neither.
#[must_use]
pub fn configuration(document: &[u8]) -> bool {
    match Config::from_json(document) {
        Ok(config) => {
            let syntax = serde_json::from_slice::<IgnoredAny>(document);
            assert!(syntax.is_ok(), "no JSON: {syntax:?}");
            check_written(&config);
            check_shown(&config);
            check_recorded(config);
            true
        }
        Err(error) => {
            check_refusal(document, &error);
            false
        }
    }
}

/// Each form of it is the same configuration, and the one for a terminal cannot drive it.
fn check_written(config: &Config) {
    let shown = json::line(config).map_err(|error| AppError::new("show", error));
    assert!(shown.as_ref().is_ok_and(|text| text.chars().all(is_harmless)), "{shown:?}");
    for text in [config.to_json(), config.to_json_pretty(), shown] {
        let again = text.and_then(|text| Config::from_json(text.as_bytes()));
        assert!(again.as_ref().is_ok_and(|again| again == config), "{config:?} becomes {again:?}");
    }
}

/// What people read of it stays on its lines, and says which identity it is for.
fn check_shown(config: &Config) {
    let text = describe::valid(config);
    assert!(text.lines().all(|line| line.chars().all(is_harmless)), "{text:?}");
    let identity = format!("identity:     {}", config.identity);
    assert!(text.lines().any(|line| line == identity), "{text}");
}

/// Whether a character is none that controls a terminal, turns the direction of writing, or hides. The
/// program's own idea of that is not asked.
fn is_harmless(character: char) -> bool {
    let hides = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !hides && !character.is_control()
}

/// A valid one comes out of an entry as it went in, an invalid one is never recorded.
fn check_recorded(config: Config) {
    let is_valid = config.validate().is_ok();
    let state =
        State { id: InstanceId::from_bytes(*b"\x17sixteen bytes !"), config, ..State::default() };
    for format in [Format::Cbor, Format::Gob] {
        let recorded = Record::in_format(&state, format);
        assert!(is_valid || recorded.is_err(), "{format}: {:?} is recorded", state.config);
        assert!(!is_valid || recorded.is_ok() || format == Format::Gob, "{recorded:?}");
        let Ok(record) = recorded else { continue };
        let again = decode(record.as_bytes());
        // Gob does not tell what is empty from what is unset.
        let is_same = |again: &State| format == Format::Gob || again.config == state.config;
        assert!(again.as_ref().is_ok_and(is_same), "{format}: {state:?} becomes {again:?}");
    }
}

/// An error is a line that begins with what was done, and its position lies in the document.
fn check_refusal(document: &[u8], error: &AppError) {
    let message = error.message();
    assert!(!message.is_empty() && !error.step().is_empty(), "{error:?}");
    let Some(cause) = error.source().and_then(|cause| cause.downcast_ref::<JsonError>()) else {
        assert_eq!(error.step(), "validate configuration");
        return;
    };
    let Some((line, column)) = cause.position() else { return };
    let lines: Vec<_> = document.split(|byte| *byte == b'\n').collect();
    let length = line.checked_sub(1).and_then(|above| lines.get(above)).map(|line| line.len());
    assert!(length.is_some_and(|length| column <= length + 1), "{message}");
}
