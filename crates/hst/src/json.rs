//! JSON documents, and errors that say where in them.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess};
use serde_path_to_error::{Path, Segment};

use crate::object::{self, Member, Object};
use crate::{AppError, Config, Identity, validate};

/// Reads one document, with nothing but white space behind it.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8], step: &'static str) -> Result<T, AppError> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let document: Option<T> = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| refuse(json, step, &error))?;
    deserializer.end().map_err(|error| AppError::new(step, JsonError::new("", &error)))?;
    document.ok_or_else(validate::null_config)
}

/// Says why a document cannot be read; an identity out of bounds is an error of its own.
#[cold]
fn refuse(
    json: &[u8],
    step: &'static str,
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> AppError {
    let place = place(error.path());
    if place == ".identity"
        && let Ok(IdentityNumber(number)) = serde_json::from_slice(json)
        && let Err(out_of_bounds) = Identity::new(number)
    {
        return out_of_bounds.into();
    }
    AppError::new(step, JsonError::new(&place, error.inner()))
}

/// Says why a document with this configuration in it cannot be written: only a path can keep it from
/// that.
#[cold]
pub(crate) fn unwritable(
    step: &'static str,
    config: &Config,
    error: &serde_json::Error,
) -> AppError {
    let place = config.first_path_not_utf8().unwrap_or_default();
    AppError::new(step, JsonError::new(&place, error))
}

/// What a JSON document cannot be read or written for, and where.
///
/// The text has all three: place, reason and position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    place: String,
    reason: String,
    position: Option<(usize, usize)>,
}

impl JsonError {
    /// Takes the place with a dot before each key, as [`place`] writes it.
    fn new(place: &str, error: &serde_json::Error) -> Self {
        let position = (error.line() != 0).then(|| (error.line(), error.column()));
        let mut reason = error.to_string();
        if let Some((line, column)) = position
            && let Some(bare) = reason.strip_suffix(&format!(" at line {line} column {column}"))
        {
            reason.truncate(bare.len());
        }
        let mut place = place.to_owned();
        // The reason of a mount point's begins with the place within it.
        if reason.starts_with('.')
            && let Some((inner, rest)) = reason.split_once(": ")
        {
            place.push_str(inner);
            reason = rest.to_owned();
        }
        let place = place.strip_prefix('.').map(str::to_owned).unwrap_or(place);
        Self { place, reason, position }
    }

    /// Where in the document: `container.filesystem[3].size`. Empty is the document itself.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The line and column, counted from 1, that reading had come to; none when writing.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.reason)?;
        match self.position {
            Some((line, column)) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JsonError {}

/// Writes a place with a dot before each key: `.container.args[2]`.
pub(crate) fn place(path: &Path) -> String {
    let mut place = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => place.push_str(&format!("[{index}]")),
            Segment::Map { key } => push_key(&mut place, key.as_bytes()),
            Segment::Enum { variant } => push_key(&mut place, variant.as_bytes()),
            // A key that was being read.
            Segment::Unknown => {}
        }
    }
    place
}

/// Goes down into a key, which is quoted unless it is a plain word: documents come from strangers.
pub(crate) fn push_key(place: &mut String, key: &[u8]) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match std::str::from_utf8(key) {
        Ok(key) if !key.is_empty() && key.as_bytes().iter().all(plain) => {
            place.push('.');
            place.push_str(key);
        }
        _ => place.push_str(&format!("[{}]", hakurei_check::quote(key))),
    }
}

/// The number that a document has for an identity, in bounds or not.
#[derive(Default)]
struct IdentityNumber(i64);

impl Object for IdentityNumber {
    const WHAT: &'static str = "an object with an identity";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "identity" => self.0 = member.read()?,
            _ => member.ignore()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for IdentityNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests;
