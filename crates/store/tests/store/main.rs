//! The store as one process sees it.
#![expect(clippy::disallowed_methods, reason = "the tests look at the directory from outside")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

/// Says what is not tried here, and why: past the harness, which keeps what a passing test prints.
macro_rules! skipped {
    ($($why:tt)*) => {{
        use std::io::Write as _;
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        let _unheard = writeln!(std::io::stderr(), "skipped: {test}: {}", format_args!($($why)*));
    }};
}

mod accounts;
mod adoptions;
mod collecting;
mod ends;
mod entries;
mod handles;
mod killing;
mod leases;
mod listings;
mod locks;
mod neighbours;
mod verdicts;

use hakurei_check::Absolute;
use hakurei_hst::{Identity, InstanceId, State, Time, template};
use hakurei_store::{Record, Store};
use tempfile::TempDir;

/// A private directory, and the store in it that does not exist yet.
struct Scene {
    directory: TempDir,
    store: Store,
}

impl Scene {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = Absolute::try_from(directory.path().join("hakurei/state")).expect("absolute");
        Self { directory, store: Store::new(base) }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.store.base().as_path().join(name)
    }
}

fn identity(number: u16) -> Identity {
    Identity::new(number).expect("within bounds")
}

fn id(count: u8) -> InstanceId {
    InstanceId::from_parts(1_700_000_000_000_000_000, [count; 8])
}

fn state(number: u16, count: u8) -> State {
    let mut config = template();
    config.identity = identity(number);
    let pid = i64::from(std::process::id());
    State { id: id(count), pid, shim_pid: 0, config, time: Time::default() }
}

fn record(number: u16, count: u8) -> Record {
    Record::new(&state(number, count)).expect("valid")
}
