//! How far it is, for who sits at a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use crate::report::Report;

/// How many characters the bar has.
const WIDTH: usize = 20;

/// A bar on the last line of a terminal; nothing elsewhere. It is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    is_wanted: bool,
    is_shown: bool,
}

impl Progress {
    pub(super) fn new(report: Report) -> Self {
        Self { is_wanted: !report.json && io::stderr().is_terminal(), is_shown: false }
    }

    /// Shows how much of the time has passed.
    pub(super) fn show(&mut self, passed: Duration, all: Duration) {
        if self.is_wanted {
            self.is_shown = true;
            let bar = bar(passed, all);
            // It is an ornament: nobody misses it where it cannot be written.
            let _unseen = write!(io::stderr(), "\rlooking at locks [{bar}]");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            // To the beginning of the line, and clear it (ECMA-48, EL).
            let _unseen = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(passed: Duration, all: Duration) -> String {
    let done = passed.as_millis().saturating_mul(WIDTH as u128) / all.as_millis().max(1);
    let done = usize::try_from(done).unwrap_or(WIDTH).min(WIDTH);
    format!("{}{}", "#".repeat(done), " ".repeat(WIDTH - done))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::bar;

    #[test]
    fn it_fills_and_never_overflows() {
        let at = |seconds| bar(Duration::from_secs(seconds), Duration::from_secs(2));
        assert_eq!(at(0), " ".repeat(20));
        assert_eq!(at(1), format!("{}{}", "#".repeat(10), " ".repeat(10)));
        assert_eq!(at(2), "#".repeat(20));
        assert_eq!(at(9), "#".repeat(20));
        assert_eq!(bar(Duration::ZERO, Duration::ZERO), " ".repeat(20));
    }
}
