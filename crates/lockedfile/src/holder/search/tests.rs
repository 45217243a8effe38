use std::sync::Barrier;
use std::thread;

use super::*;
use crate::{Absolute, Inode, Mutex};

#[test]
fn a_budget_is_spent_one_by_one() {
    let mut budget = Budget(2);
    assert!(budget.spend() && !budget.is_spent());
    assert!(budget.spend() && budget.is_spent());
    assert!(!budget.spend() && budget.is_spent());
}

#[test]
fn this_process_is_among_those_that_can_be_seen() {
    assert!(is_own_proc());
    assert!(processes().any(|pid| pid == sys::process_id()));
    // What else stands in /proc is passed over.
    let processes: Vec<_> = processes().collect();
    assert!(!processes.is_empty() && processes.iter().all(|pid| *pid != 0));
}

/// Looks at this process, of which several threads are there, for a lock that it holds; says how often
/// that was shown, and whether all was looked at.
fn look(mut budget: Budget, flow: ControlFlow<()>) -> (usize, bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("lock")).unwrap();
    let mutex = Mutex::at(path);
    let guard = mutex.lock().unwrap();
    let inode = Inode::of(guard.opened()).unwrap();
    let (barrier, mut shown) = (Barrier::new(2), 0);
    let is_complete = thread::scope(|scope| {
        scope.spawn(|| barrier.wait());
        let is_complete = each_lock(sys::process_id(), &mut budget, &mut |file| {
            shown += usize::from(file.number == inode.number);
            if file.number == inode.number { flow } else { ControlFlow::Continue(()) }
        });
        barrier.wait();
        is_complete
    });
    (shown, is_complete)
}

#[test]
fn each_lock_is_shown_once() {
    // Descriptors of other tests come and go, which is no reason not to have looked at all.
    assert_eq!(look(Budget::new(), ControlFlow::Continue(())), (1, true));
}

#[test]
fn who_has_seen_enough_has_not_seen_all() {
    assert_eq!(look(Budget::new(), ControlFlow::Break(())), (1, false));
    assert_eq!(look(Budget(0), ControlFlow::Continue(())), (0, false));
}

#[test]
fn what_ends_in_between_is_gone_and_nothing_else() {
    for (errno, expected) in [(2, true), (3, true), (13, false), (24, false)] {
        assert_eq!(is_gone(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
    }
}
