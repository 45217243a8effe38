//! Instants, as Go's `time.Time` encodes itself.
//!
//! ```text
//! 1   seconds since year 1, i64   nanoseconds, i32   minutes east of UTC, i16
//! 2   the same, and behind it what the offset has beyond whole minutes, i8
//! ```
//! All big-endian. Of the minutes, -1 stands for UTC. The zero time is left out.

use std::fmt;

use hakurei_gob::codec::{Convert, Opaque};

use crate::model;

/// The minutes that stand for UTC, which are therefore no offset.
const UTC: i16 = -1;

pub(crate) enum Time {}

/// Bytes that are no time, or an offset that they have no room for.
#[derive(Debug)]
pub(crate) struct NoTime;

impl Convert for Time {
    type Codec = Opaque;
    type Value = model::Time;
    type Error = NoTime;

    fn to_wire(time: &model::Time) -> Result<Vec<u8>, NoTime> {
        if *time == model::Time::default() {
            return Ok(Vec::new());
        }
        let minutes = match i16::try_from(time.offset / 60) {
            Ok(0) if time.offset == 0 => UTC,
            Ok(minutes) if minutes != UTC => minutes,
            _ => return Err(NoTime),
        };
        let mut bytes = vec![1];
        bytes.extend(time.seconds.to_be_bytes());
        bytes.extend(time.nanoseconds.to_be_bytes());
        bytes.extend(minutes.to_be_bytes());
        // What is left of a division by 60 fits into a byte.
        if let Ok(seconds @ (..=-1 | 1..)) = i8::try_from(time.offset % 60) {
            bytes[0] = 2;
            bytes.extend(seconds.to_be_bytes());
        }
        Ok(bytes)
    }

    fn from_wire(bytes: Vec<u8>) -> Result<model::Time, NoTime> {
        let Some((&version, bytes)) = bytes.split_first() else {
            return Ok(model::Time::default());
        };
        let (seconds, bytes) = bytes.split_first_chunk().ok_or(NoTime)?;
        let (nanoseconds, bytes) = bytes.split_first_chunk().ok_or(NoTime)?;
        let (minutes, bytes) = bytes.split_first_chunk().ok_or(NoTime)?;
        let beyond = match (version, bytes) {
            (1, []) => 0,
            (2, [seconds]) => seconds.cast_signed(),
            _ => return Err(NoTime),
        };
        let minutes = match i16::from_be_bytes(*minutes) {
            UTC if beyond == 0 => 0,
            minutes => minutes,
        };
        Ok(model::Time {
            seconds: i64::from_be_bytes(*seconds),
            nanoseconds: i32::from_be_bytes(*nanoseconds),
            offset: i32::from(minutes) * 60 + i32::from(beyond),
        })
    }
}

impl fmt::Display for NoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time is not in Go's form")
    }
}

impl std::error::Error for NoTime {}
