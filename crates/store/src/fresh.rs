//! What unit tests begin with.

use hakurei_check::Absolute;
use hakurei_hst::{State, template};
use tempfile::TempDir;

use crate::{Record, Store, new_instance_id};

/// A store that does not exist yet, in a directory of the test's own.
pub(crate) fn store() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let base = Absolute::try_from(directory.path().join("state")).unwrap();
    (directory, Store::new(base))
}

/// An instance that nobody has saved, of that monitor.
pub(crate) fn record(monitor: u32) -> Record {
    let id = new_instance_id().unwrap();
    Record::new(&State { id, pid: monitor.into(), config: template(), ..State::default() }).unwrap()
}

/// Says what is not tried here, and why: past the harness, which keeps what a passing test prints.
macro_rules! skipped {
    ($($why:tt)*) => {{
        use std::io::Write as _;
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        let _unheard = writeln!(std::io::stderr(), "skipped: {test}: {}", format_args!($($why)*));
    }};
}
pub(crate) use skipped;
