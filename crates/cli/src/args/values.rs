//! What single arguments may say.

use std::ffi::OsString;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use hakurei_check::{Absolute, PathnameError};
use hakurei_store::{Format, Verdict};
use jiff::SignedDuration;

/// The formats of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EntryFormat {
    /// This project's own: checksummed, and quick to list.
    Cbor,
    /// What the Go system reads too.
    Gob,
}

impl From<EntryFormat> for Format {
    fn from(format: EntryFormat) -> Self {
        match format {
            EntryFormat::Cbor => Self::Cbor,
            EntryFormat::Gob => Self::Gob,
        }
    }
}

/// A verdict, by the word that listings have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) Verdict);

impl ValueEnum for Status {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self(Verdict::Running),
            Self(Verdict::Orphaned),
            Self(Verdict::Starting),
            Self(Verdict::Dead),
            Self(Verdict::Unknown),
            Self(Verdict::Corrupt),
            Self(Verdict::Newer),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// Reads a length of time: `500ms`, `5s`, `1h 30m`, or seconds without a unit, `0.5`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let with_unit = if is_number { format!("{text}s") } else { text.to_owned() };
    let duration: SignedDuration = with_unit.parse().map_err(|_| {
        "expected a length of time, such as 500ms, 5s, 2m or 1h, or a number of seconds".to_owned()
    })?;
    Duration::try_from(duration).map_err(|_| "a length of time is not negative".to_owned())
}

pub(super) fn absolute(value: OsString) -> Result<Absolute, PathnameError> {
    use std::os::unix::ffi::OsStringExt as _;
    Absolute::new(value.into_vec())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::duration;

    #[test]
    fn a_duration_has_a_unit_or_is_in_seconds() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("5s", 5_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1h30m", 5_400_000),
            ("5", 5_000),
            ("0.5", 500),
            ("0", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", ".", "-5", "-5s", "5s ago", "5x", "1 month", "soon", "inf", "NaN", "1e3"] {
            assert!(duration(text).is_err(), "{text}: {:?}", duration(text));
        }
    }
}
