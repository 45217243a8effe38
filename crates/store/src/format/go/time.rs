//! The bytes of Go's `time.Time.MarshalBinary`.
//!
//! ```text
//! 0   1   version: 1, or 2 where the offset has seconds
//! 1   8   seconds since year 1, big-endian
//! 9   4   nanoseconds, big-endian
//! 13  2   minutes east of UTC, big-endian and signed; -1 is UTC itself
//! 15  1   of version 2: the offset's seconds, signed
//! ```

use hakurei_hst::{Time, TimeError};

/// Seconds from year 1, where Go begins to count, to 1970.
const TO_UNIX_EPOCH: i64 = 62_135_596_800;

/// What stands for UTC, so that no other offset can be one minute west of it.
const UTC: i16 = -1;

/// Why a time cannot be read or written in Go's form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GoTimeError {
    #[error("{0} bytes are no time")]
    Length(usize),
    #[error("version {0} of a time is not known")]
    Version(u8),
    #[error("Go cannot write an offset of {0} s")]
    Offset(i32),
    #[error(transparent)]
    OutOfRange(#[from] TimeError),
}

pub(super) fn to_bytes(time: &Time) -> Result<Vec<u8>, GoTimeError> {
    // A zero time is left out.
    if time.is_zero() {
        return Ok(Vec::new());
    }
    let offset = time.offset_seconds();
    let (minutes, seconds) = match offset {
        0 => (UTC, 0),
        // Its minutes would read as UTC.
        -119..=-60 => return Err(GoTimeError::Offset(offset)),
        _ => (
            i16::try_from(offset / 60).map_err(|_| GoTimeError::Offset(offset))?,
            i8::try_from(offset % 60).map_err(|_| GoTimeError::Offset(offset))?,
        ),
    };
    let mut bytes = Vec::with_capacity(16);
    bytes.push(if seconds == 0 { 1 } else { 2 });
    bytes.extend_from_slice(&(time.unix_seconds() + TO_UNIX_EPOCH).to_be_bytes());
    bytes.extend_from_slice(&time.nanoseconds().to_be_bytes());
    bytes.extend_from_slice(&minutes.to_be_bytes());
    if seconds != 0 {
        bytes.extend_from_slice(&seconds.to_be_bytes());
    }
    Ok(bytes)
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Time, GoTimeError> {
    let Some((version, rest)) = bytes.split_first() else {
        return Ok(Time::ZERO);
    };
    let (seconds, rest) = take(rest, i64::from_be_bytes, bytes)?;
    let (nanoseconds, rest) = take(rest, u32::from_be_bytes, bytes)?;
    let (minutes, rest) = take(rest, i16::from_be_bytes, bytes)?;
    let of_offset = match (version, rest) {
        (1, []) => 0,
        (2, [seconds]) => i32::from(seconds.cast_signed()),
        (1 | 2, _) => return Err(GoTimeError::Length(bytes.len())),
        _ => return Err(GoTimeError::Version(*version)),
    };
    let offset = if minutes == UTC { 0 } else { i32::from(minutes) * 60 + of_offset };
    Ok(Time::from_parts(seconds.wrapping_sub(TO_UNIX_EPOCH), nanoseconds, offset)?)
}

/// A number, and what follows it; `whole` is what it should have been a part of.
fn take<'a, const N: usize, T>(
    bytes: &'a [u8],
    number: impl Fn([u8; N]) -> T,
    whole: &[u8],
) -> Result<(T, &'a [u8]), GoTimeError> {
    match bytes.split_first_chunk::<N>() {
        Some((chunk, rest)) => Ok((number(*chunk), rest)),
        None => Err(GoTimeError::Length(whole.len())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_written_as_go_writes_them() {
        let cases: [(Time, &[u8]); 3] = [
            (Time::ZERO, b""),
            (
                Time::from_parts(0, 1, 0).expect("a time"),
                b"\x01\x00\x00\x00\x0e\x77\x91\xf7\x00\x00\x00\x00\x01\xff\xff",
            ),
            (
                Time::from_parts(0, 0, -5 * 3600 - 1).expect("a time"),
                b"\x02\x00\x00\x00\x0e\x77\x91\xf7\x00\x00\x00\x00\x00\xfe\xd4\xff",
            ),
        ];
        for (time, bytes) in cases {
            assert_eq!(to_bytes(&time).expect("written"), bytes);
            assert_eq!(from_bytes(bytes).expect("read"), time);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        assert_eq!(from_bytes(&[1; 14]), Err(GoTimeError::Length(14)));
        assert_eq!(from_bytes(&[1; 16]), Err(GoTimeError::Length(16)));
        assert_eq!(from_bytes(&[3; 15]), Err(GoTimeError::Version(3)));
        assert!(matches!(from_bytes(&[1; 15]), Err(GoTimeError::OutOfRange(_))));
        let west = Time::from_parts(0, 0, -60).expect("a time");
        assert_eq!(to_bytes(&west), Err(GoTimeError::Offset(-60)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in -62_135_596_800_i64..253_402_200_000, nanoseconds in 0_u32..1_000_000_000, offset in -86_399_i32..86_400) {
            prop_assume!(!(-119..=-60).contains(&offset));
            let Ok(time) = Time::from_parts(seconds, nanoseconds, offset) else { return Ok(()) };
            prop_assert_eq!(from_bytes(&to_bytes(&time).expect("written")), Ok(time));
        }
    }
}
