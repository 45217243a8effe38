use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::{Time, TimeError};
use crate::arbitrary;

const EPOCH: SystemTime = SystemTime::UNIX_EPOCH;

fn parts(seconds: i64, nanoseconds: u32, offset: i32) -> Time {
    Time::from_parts(seconds, nanoseconds, offset).unwrap()
}

#[test]
fn texts_are_those_of_go() {
    for (time, text) in [
        (Time::ZERO, "0001-01-01T00:00:00Z"),
        (Time::MAX, "9999-12-30T22:00:00.999999999Z"),
        (parts(0, 0, 0), "1970-01-01T00:00:00Z"),
        (parts(-1, 999_999_999, 0), "1969-12-31T23:59:59.999999999Z"),
        (parts(0, 1, 0), "1970-01-01T00:00:00.000000001Z"),
        (parts(0, 120_000_000, 3600), "1970-01-01T01:00:00.12+01:00"),
        (parts(0, 0, -12_600), "1969-12-31T20:30:00-03:30"),
        (parts(Time::ZERO.unix_seconds(), 0, -3600), "0000-12-31T23:00:00-01:00"),
        (parts(Time::MAX.unix_seconds(), 0, 86_340), "9999-12-31T21:59:00+23:59"),
    ] {
        assert_eq!(time.to_string(), text);
        assert_eq!(text.parse(), Ok(time), "{text}");
    }
}

#[test]
fn seconds_of_an_offset_are_held_but_not_written() {
    for (offset, text) in [
        (1172, "1970-01-01T00:19:00+00:19"),
        (-1172, "1969-12-31T23:41:00-00:19"),
        (59, "1970-01-01T00:00:00Z"),
        (-59, "1970-01-01T00:00:00Z"),
    ] {
        let time = parts(0, 0, offset);
        assert_eq!(time.offset_seconds(), offset);
        assert_eq!(time.to_string(), text);
        assert_eq!(text.parse::<Time>().unwrap().unix_seconds(), 0);
    }
}

#[test]
fn other_spellings_are_read() {
    for (text, time) in [
        ("1970-01-01T00:00:00.000Z", parts(0, 0, 0)),
        ("1970-01-01T00:00:00+00:00", parts(0, 0, 0)),
        ("1970-01-01T00:00:00-00:00", parts(0, 0, 0)),
        ("1970-01-01T00:00:00.1234567899Z", parts(0, 123_456_789, 0)),
        ("2024-02-29T00:00:00Z", parts(1_709_164_800, 0, 0)),
    ] {
        assert_eq!(text.parse(), Ok(time), "{text}");
    }
}

#[test]
fn what_is_not_rfc_3339_is_refused() {
    for text in [
        "",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01 00:00:00Z",
        "1970-01-01t00:00:00Z",
        "1970-01-01T00:00:00z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00,5Z",
        "1970-01-01T00:00:00.5x5Z",
        "1970-01-01T00:00:00Z ",
        "1970-01-01T00:00:00ZZ",
        "1970-01-01T00:00:00+1:00",
        "1970-01-01T00:00:00+01",
        "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00+24:00",
        "1970-01-01T00:00:00+00:60",
        "1970-01-01T00:00:00+-1:00",
        "1970-01-01T00:00:60Z",
        "1970-01-01T24:00:00Z",
        "1970-1-01T00:00:00Z",
        "1970-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "+970-01-01T00:00:00Z",
        "1970-01-01T00:00:0éZ",
        "1970-01-01T00:00:00éZ",
    ] {
        let refused = text.parse::<Time>().unwrap_err();
        assert_eq!(refused.to_string(), format!("time {text:?} is not in RFC 3339 form"));
    }
}

#[test]
fn what_cannot_be_held_is_refused() {
    let out_of_range = |refused: TimeError| assert_eq!(refused.to_string(), "time is out of range");
    for (seconds, nanoseconds, offset) in [
        (i64::MIN, 0, 0),
        (Time::ZERO.unix_seconds() - 1, 999_999_999, 0),
        (Time::MAX.unix_seconds() + 1, 0, 0),
        (i64::MAX, 0, 0),
        (0, 1_000_000_000, 0),
        (0, 0, 86_400),
        (0, 0, -86_400),
        (0, 0, i32::MIN),
    ] {
        out_of_range(Time::from_parts(seconds, nanoseconds, offset).unwrap_err());
    }
    for text in ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59Z"] {
        out_of_range(text.parse::<Time>().unwrap_err());
    }
}

#[test]
fn the_system_clock_is_taken_at_utc() {
    for (time, taken) in [
        (EPOCH + Duration::new(5, 7), parts(5, 7, 0)),
        (EPOCH - Duration::from_secs(1), parts(-1, 0, 0)),
        (EPOCH - Duration::new(0, 1), parts(-1, 999_999_999, 0)),
        (EPOCH + Duration::from_secs(1 << 62), Time::MAX),
        (EPOCH - Duration::from_secs(1 << 62), Time::ZERO),
    ] {
        assert_eq!(Time::from(time), taken, "{time:?}");
    }
}

#[test]
fn unset_is_the_first_instant() {
    assert_eq!(Time::default(), Time::ZERO);
    assert!(parts(Time::ZERO.unix_seconds(), 0, 3600).is_zero());
    assert!(!parts(0, 0, 0).is_zero());
}

proptest! {
    #[test]
    fn every_time_is_read_back(time in arbitrary::time()) {
        prop_assert_eq!(time.to_string().parse(), Ok(time));
        let json = serde_json::to_string(&time).unwrap();
        prop_assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), time);
    }

    #[test]
    fn nothing_that_is_read_panics(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9][.]?[0-9é]{0,10}[-+Z]?[0-9:]{0,5}") {
        if let Ok(time) = text.parse::<Time>() {
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }
    }
}
