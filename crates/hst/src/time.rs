//! An instant, and the offset that it was noted with.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// An instant to the nanosecond, with the offset from UTC that it was noted with.
///
/// It begins with year 1 in UTC, which is what Go has for an unset time and is the default here.
/// As text it is RFC 3339 in the form that Go writes.
///
/// ```
/// use hakurei_hst::Time;
///
/// let time: Time = "2025-11-03T04:05:06.0700+09:00".parse()?;
/// assert_eq!(time.to_string(), "2025-11-03T04:05:06.07+09:00");
/// assert_eq!((time.unix_seconds(), time.nanoseconds()), (1_762_110_306, 70_000_000));
/// # Ok::<(), hakurei_hst::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanoseconds: u32,
    offset: i32,
}

impl Time {
    /// The first instant, 0001-01-01T00:00:00Z: an unset time.
    pub const ZERO: Self = Self { seconds: -62_135_596_800, nanoseconds: 0, offset: 0 };

    /// The last instant, 9999-12-30T22:00:00.999999999Z, which any offset still leaves in year 9999.
    pub const MAX: Self = Self { seconds: 253_402_207_200, nanoseconds: 999_999_999, offset: 0 };

    /// Puts an instant together: seconds since the epoch, nanoseconds that are added to them, and
    /// the offset from UTC in seconds, positive to the east.
    ///
    /// # Errors
    ///
    /// [`TimeError`] for an instant before [`ZERO`](Self::ZERO) or after [`MAX`](Self::MAX), a whole
    /// second of nanoseconds or more, or an offset of a day or more.
    pub fn from_parts(seconds: i64, nanoseconds: u32, offset: i32) -> Result<Self, TimeError> {
        let in_range = (Self::ZERO.seconds..=Self::MAX.seconds).contains(&seconds)
            && nanoseconds <= 999_999_999
            && offset.unsigned_abs() < 86_400;
        if in_range {
            Ok(Self { seconds, nanoseconds, offset })
        } else {
            Err(TimeError(Fault::Range))
        }
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds that have passed in this second.
    #[must_use]
    pub const fn nanoseconds(&self) -> u32 {
        self.nanoseconds
    }

    /// The offset from UTC in seconds, positive to the east.
    #[must_use]
    pub const fn offset_seconds(&self) -> i32 {
        self.offset
    }

    /// Whether it is [`ZERO`](Self::ZERO), at whatever offset.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.seconds == Self::ZERO.seconds && self.nanoseconds == 0
    }

    /// The day and the time on a clock at this offset from UTC.
    fn on_a_clock(&self, offset: i32) -> Option<DateTime> {
        // Nanoseconds below a second always fit, and jiff reckons a negative second as time does.
        let nanoseconds = i32::try_from(self.nanoseconds).ok()?;
        let instant = Timestamp::new(self.seconds, nanoseconds).ok()?;
        Some(Offset::from_seconds(offset).ok()?.to_datetime(instant))
    }
}

impl Default for Time {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<SystemTime> for Time {
    /// Takes the instant at UTC; a clock that stands outside of what a `Time` can hold gives the
    /// nearest that it can.
    fn from(time: SystemTime) -> Self {
        let bounded = |seconds: i128, nanoseconds| {
            let seconds = i64::try_from(seconds).map_err(|_| TimeError(Fault::Range))?;
            Self::from_parts(seconds, nanoseconds, 0)
        };
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => bounded(after.as_secs().into(), after.subsec_nanos()).unwrap_or(Self::MAX),
            Err(error) => {
                let before = error.duration();
                // Seconds are rounded down, so a fraction before the epoch counts up from there.
                let (borrow, nanoseconds) = match before.subsec_nanos() {
                    0 => (0, 0),
                    fraction => (1, 1_000_000_000 - fraction),
                };
                bounded(-i128::from(before.as_secs()) - borrow, nanoseconds).unwrap_or(Self::ZERO)
            }
        }
    }
}

impl fmt::Display for Time {
    /// Writes RFC 3339, with `Z` for UTC and no zeros at the end of the fraction. It knows no
    /// seconds of an offset: they are left out, and the clock is read at the offset that is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset / 60;
        let Some(clock) = self.on_a_clock(minutes * 60) else {
            // The bounds of a Time are within those of jiff, whatever the offset.
            return Err(fmt::Error);
        };
        write!(f, "{:04}-{:02}-{:02}", clock.year(), clock.month(), clock.day())?;
        write!(f, "T{:02}:{:02}:{:02}", clock.hour(), clock.minute(), clock.second())?;
        if self.nanoseconds != 0 {
            let fraction = format!("{:09}", self.nanoseconds);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        if minutes == 0 {
            return f.write_str("Z");
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = TimeError;

    /// Reads RFC 3339 in the form that is written: `T` and `Z` in upper case, a point before the
    /// fraction, and no leap second. Digits beyond the nanosecond are dropped.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let malformed = || TimeError(Fault::Form(text.into()));
        let (clock, nanoseconds, offset) = fields(text).ok_or_else(malformed)?;
        let instant = Offset::from_seconds(offset).and_then(|offset| offset.to_timestamp(clock));
        let instant = instant.map_err(|_| TimeError(Fault::Range))?;
        Self::from_parts(instant.as_second(), nanoseconds, offset)
    }
}

/// Takes the text apart: what the clock showed, nanoseconds, and seconds of the offset.
fn fields(text: &str) -> Option<(DateTime, u32, i32)> {
    let (clock, rest) = text.split_at_checked("2025-11-03T04:05:06".len())?;
    let clock = on_the_clock(clock)?;
    let zone = rest.find(['Z', '+', '-'])?;
    let nanoseconds = match &rest[..zone] {
        "" => 0,
        fraction => nanoseconds(fraction.strip_prefix('.')?)?,
    };
    Some((clock, nanoseconds, offset(&rest[zone..])?))
}

fn on_the_clock(text: &str) -> Option<DateTime> {
    let separated = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
        .iter()
        .all(|(at, separator)| text.as_bytes()[*at] == *separator);
    let field = |from, to| i8::try_from(number(text.get(from..to)?)?).ok();
    if !separated {
        return None;
    }
    let year = i16::try_from(number(text.get(..4)?)?).ok()?;
    let (month, day) = (field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let kept = fraction.get(..9).unwrap_or(fraction);
    digits.then(|| number(&format!("{kept:0<9}"))).flatten()
}

fn offset(zone: &str) -> Option<i32> {
    if zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let in_range = hours < 24 && minutes < 60;
    in_range.then_some(if zone.starts_with('-') { -seconds } else { seconds })
}

/// The value of decimal digits, with no sign before them.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A text that is no RFC 3339, or an instant that a [`Time`] cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeError(Fault);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    Form(String),
    Range,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::Form(text) => {
                write!(f, "time {} is not in RFC 3339 form", hakurei_check::quote(text.as_bytes()))
            }
            Fault::Range => f.write_str("time is out of range"),
        }
    }
}

impl std::error::Error for TimeError {}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
