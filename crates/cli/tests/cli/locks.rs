//! `locks`: who holds what.

use hakurei_hst::Identity;
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use crate::instances::{ENDLESS, running};
use crate::place::{Place, keys, state};
use crate::process::until;

/// The words of each line but the first.
fn rows(place: &Place) -> Vec<Vec<String>> {
    let answer = place.output(&["locks"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    let mut lines = answer.stdout.lines();
    let header: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["LOCK", "KIND", "PID", "COMMAND", "STATE"]);
    let mut rows: Vec<Vec<_>> =
        lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    rows.sort();
    rows
}

#[test]
fn no_store_has_no_locks_and_none_is_made() {
    let place = Place::new();
    let answer = place.output(&["locks"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), "LOCK  KIND  PID  COMMAND  STATE\n"));
    assert!(answer.stderr.contains("there is no store at"), "{answer:?}");
    assert_eq!(place.output(&["locks", "--json"]).stdout, "[]\n");
    assert!(!place.store_path().try_exists().unwrap());
}

#[test]
fn a_segments_lock_and_a_lease_are_listed_with_who_holds_them() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let entry = place.entry(7, lease.id()).display().to_string();
    let lock = place.store_path().join("7/lock").display().to_string();
    let pid = std::process::id().to_string();
    let handle = place.store().handle(Identity::from_static(7)).unwrap();
    let segment = handle.lock().unwrap();
    let found = rows(&place);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0][..3], [&*entry, "lease", &pid]);
    assert_eq!(found[1][..3], [&*lock, "segment", &pid]);
    assert_eq!([&*found[0][4], &*found[1][4]], ["running"; 2]);

    let answer = place.output(&["--json", "locks"]);
    let array = answer.json();
    let array = array.as_array().unwrap();
    assert_eq!((answer.code, array.len()), (Some(0), 2), "{answer:?}");
    for object in array {
        assert_eq!(keys(object), ["command", "kind", "lock", "pid", "state"]);
        assert_eq!(object["pid"], std::process::id());
        assert_eq!(object["state"], "running");
    }
    segment.end(lease).unwrap();
    segment.unlock().unwrap();
    assert_eq!(rows(&place).len(), 0);
    assert_eq!(place.output(&["locks", "--json"]).stdout, "[]\n");
}

#[test]
fn the_stores_lock_is_one_of_them() {
    let place = Place::new();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    let lock = place.store_path().join("lock");
    // Whoever locks the file holds the lock; the library does so for a moment only.
    let file = std::fs::File::open(&lock).unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let found = rows(&place);
    assert_eq!(found[0][..2], [&*lock.display().to_string(), "store"]);
    assert_eq!(found.len(), 1);
}

#[test]
fn who_is_stopped_is_said_to_be() {
    let place = Place::new();
    let (run, _id) = running(&place, "5", ENDLESS);
    run.send(Signal::STOP);
    until("run stops", || {
        waitid(WaitId::Pid(run.pid()), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG)
            .unwrap()
            .is_some()
    });
    let object = &place.output(&["locks", "--json"]).json()[0];
    assert_eq!((&object["kind"], &object["state"]), (&"lease".into(), &"stopped".into()));
    assert_eq!(object["command"], "hakurei-store");
    assert_eq!(object["pid"], run.pid().as_raw_pid());
    run.send(Signal::CONT);
}
