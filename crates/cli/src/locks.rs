//! `locks`: who holds what.

use hakurei_store::{HeldLock, LockKind};
use serde::Serialize;

use crate::context::Context;
use crate::escape::escape;
use crate::exit::Exit;
use crate::json;
use crate::report::{Failure, print_coloured, print_result};
use crate::table::{self, Cell, Reader, UNKNOWN};

/// What the columns are called; the names are part of the contract with scripts.
const HEADER: [&str; 5] = ["LOCK", "KIND", "PID", "COMMAND", "STATE"];

pub(crate) fn locks(context: &Context) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    let (mut held, mut errors) = (Vec::new(), Vec::new());
    for item in store.locks().map_err(Failure::failed)? {
        match item {
            Ok(lock) => held.push(lock),
            Err(error) => errors.push(error),
        }
    }
    if context.report.json {
        let objects: Vec<_> = held.iter().map(object).collect();
        print_result(&json::array(&objects))?;
    } else {
        let rows = held.iter().map(row).collect();
        print_coloured(&table::render(HEADER, rows, Reader::of_stdout()))?;
    }
    for lock in &held {
        context.report.step(format_args!("{} is {}", lock.path(), lock.holder()));
    }
    for error in &errors {
        context.report.error(error.as_app_error());
    }
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Incomplete })
}

fn object(lock: &HeldLock) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        lock: String,
        kind: &'a str,
        pid: Option<u32>,
        command: Option<&'a str>,
        state: Option<&'a str>,
    }
    let object = Object {
        lock: lock.path().to_string(),
        kind: kind(lock),
        pid: lock.holder().pid(),
        command: lock.holder().command(),
        state: state(lock),
    };
    // Strings and numbers can always be written.
    json::line(&object).unwrap_or_default()
}

fn row(lock: &HeldLock) -> [Cell; 5] {
    let pid = lock.holder().pid();
    [
        Cell::new(escape(lock.path().as_bytes())),
        Cell::new(kind(lock)),
        Cell::new(pid.map_or(UNKNOWN.into(), |pid| pid.to_string())),
        Cell::new(escape(lock.holder().command().unwrap_or(UNKNOWN))),
        table::state(state(lock).unwrap_or(UNKNOWN)),
    ]
}

fn kind(lock: &HeldLock) -> &'static str {
    match lock.kind() {
        LockKind::Store => "store",
        LockKind::Segment(_) => "segment",
        LockKind::Lease(..) => "lease",
    }
}

/// None if the holder cannot be seen.
fn state(lock: &HeldLock) -> Option<&'static str> {
    let holder = lock.holder();
    holder.pid().map(|_| if holder.is_stopped() { "stopped" } else { "running" })
}
