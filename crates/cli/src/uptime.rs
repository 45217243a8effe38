//! How long something has run, for people.

use std::time::{Duration, SystemTime};

use hakurei_hst::Time;
use hakurei_store::{Owner, Summary};

/// How long an instance has run: by its monitor's start where that is known, so that a clock that
/// was set changes nothing; else by the clock of the day, and never less than nothing.
pub(crate) fn of(summary: &Summary) -> Duration {
    let by_the_boot_clock = summary.owner().and_then(Owner::uptime);
    by_the_boot_clock.unwrap_or_else(|| since(summary.time(), SystemTime::now()))
}

fn since(start: Time, now: SystemTime) -> Duration {
    let now = Time::from(now);
    let nanoseconds = |time: Time| {
        i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.nanoseconds())
    };
    let passed = (nanoseconds(now) - nanoseconds(start)).max(0);
    Duration::from_nanos(u64::try_from(passed).unwrap_or(u64::MAX))
}

/// Writes a duration in its two largest units: `45s`, `3h12m`, `2d4h`.
pub(crate) fn for_people(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => two(minutes, 'm', seconds % 60, 's'),
        (0, _, _) => two(hours, 'h', minutes % 60, 'm'),
        _ => two(days, 'd', hours % 24, 'h'),
    }
}

/// The smaller unit is left out where there is none of it.
fn two(large: u64, large_unit: char, small: u64, small_unit: char) -> String {
    if small == 0 {
        return format!("{large}{large_unit}");
    }
    format!("{large}{large_unit}{small}{small_unit}")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use hakurei_hst::Time;

    use super::{for_people, since};

    #[test]
    fn two_units_are_enough() {
        const DAY: u64 = 86_400;
        for (seconds, text) in [
            (0, "0s"),
            (45, "45s"),
            (59, "59s"),
            (60, "1m"),
            (61, "1m1s"),
            (3599, "59m59s"),
            (3600, "1h"),
            (3 * 3600 + 12 * 60 + 59, "3h12m"),
            (DAY - 1, "23h59m"),
            (2 * DAY + 4 * 3600, "2d4h"),
            (400 * DAY, "400d"),
        ] {
            assert_eq!(for_people(Duration::from_secs(seconds)), text);
        }
        assert_eq!(for_people(Duration::from_millis(45_999)), "45s");
    }

    #[test]
    fn a_clock_that_was_set_back_gives_no_negative_time() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(since(Time::from(start), at(1_045)), Duration::from_secs(45));
        assert_eq!(since(Time::from(start), at(999)), Duration::ZERO);
        assert_eq!(since(Time::MAX, at(0)), Duration::ZERO);
    }
}
