use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;
use crate::fresh;

#[test]
fn whether_its_processes_are_gone_is_told_beside_its_lease() {
    let (_directory, store) = fresh::store();
    // It lives until nobody can write to it any more.
    let mut monitor =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    monitor.stdin.as_mut().unwrap().write_all(b"meow").unwrap();
    let record = fresh::record(monitor.id());
    let handle = store.handle(record.identity()).unwrap();
    let segment = handle.lock().unwrap();
    let lease = segment.save(&record).unwrap();
    let look = || {
        let reader = segment.reader();
        let found = reader.examine(record.id(), &mut Vec::new()).unwrap();
        (found.verdict, found.leased, reader.is_dead(&found))
    };
    assert_eq!(look(), (Verdict::Running, true, false));
    drop(monitor.stdin.take());
    monitor.wait().unwrap();
    assert_eq!(look(), (Verdict::Running, true, true), "its lease has another owner");
    lease.release();
    assert_eq!(look(), (Verdict::Dead, false, true));
    segment.unlock().unwrap();
}
