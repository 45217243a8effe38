//! Waiting for instances to end, in every way that they do.

use std::collections::BTreeSet;
use std::os::fd::{AsFd, AsRawFd as _};
use std::time::{Duration, Instant};

use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Ends, Verdict};
use hakurei_tests::{Peer, Scene, id, identity, state};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::peer;

/// Waits for the next end, which must come.
fn next(ends: &mut Ends) -> (Identity, InstanceId) {
    let minute = Instant::now() + Duration::from_secs(60);
    ends.next_until(Some(minute)).expect("waited").expect("nothing for a minute")
}

fn is_readable(ends: impl AsFd) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(&ends, PollFlags::IN)], Some(&now)).expect("polled") > 0
}

/// There is nothing to tell, and so no reason to wake up.
fn is_quiet(ends: &mut Ends) -> bool {
    ends.try_next().expect("looked").is_none() && !is_readable(ends)
}

/// How many directories it has ever begun to watch: the kernel counts them through.
fn watches_ever(ends: &Ends) -> u32 {
    let info = |fd: &str| std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).expect("open");
    let epoll = info(&ends.as_fd().as_raw_fd().to_string());
    let sources =
        epoll.lines().filter_map(|line| line.strip_prefix("tfd:")?.split_whitespace().next());
    let watches: Vec<_> = sources.map(info).collect();
    let numbers = watches.iter().flat_map(|info| info.lines()).filter_map(|line| {
        let number = line.strip_prefix("inotify wd:")?.split_whitespace().next()?;
        Some(u32::from_str_radix(number, 16).expect("a number"))
    });
    numbers.max().expect("something is watched")
}

/// Nothing has ended, although it has been looked at.
fn nothing_ends(ends: &mut Ends) {
    let soon = Instant::now() + Duration::from_millis(120);
    assert_eq!(ends.next_until(Some(soon)).expect("waited"), None);
}

#[test]
fn a_killed_monitor_a_destroyed_entry_and_one_that_is_not_there_have_ended() {
    let scene = Scene::new();
    let store = scene.store();
    let mut ends = store.ends().expect("made");
    assert!(ends.is_empty());
    assert_eq!(ends.next_until(None).expect("nobody is waited for"), None);
    let mut doomed = peer(&scene.base());
    assert!(doomed.ask("save 7 1").starts_with("saved "));
    let state = state(identity(8), id(std::process::id(), 2));
    let record = store.record(&state).expect("valid");
    let lease = store.handle(identity(8)).expect("made").save(&record).expect("saved");
    let killed = (identity(7), id(doomed.pid(), 1));
    let destroyed = (identity(8), lease.id());
    let absent = (identity(9), id(1, 1));
    for (identity, id) in [killed, destroyed, killed] {
        ends.add(identity, id).expect("added");
    }
    assert_eq!(ends.len(), 2, "twice is once");
    assert!(is_quiet(&mut ends));
    ends.add(absent.0, absent.1).expect("added");
    assert!(is_readable(&ends), "it has ended already");
    assert_eq!(ends.len(), 3);
    assert_eq!(ends.try_next().expect("looked"), Some(absent));
    lease.destroy().expect("destroyed");
    assert_eq!(next(&mut ends), destroyed);
    doomed.kill();
    assert_eq!(next(&mut ends), killed);
    assert!(ends.is_empty());
    assert_eq!(ends.next_until(None).expect("nobody is left"), None);
    assert!(is_quiet(&mut ends));
    ends.add(killed.0, killed.1).expect("added");
    assert_eq!(next(&mut ends), killed, "it is still dead");
}

#[test]
fn for_the_dead_nothing_is_watched_and_for_the_living_their_segment_once() {
    const COUNT: u32 = 100;
    let scene = Scene::new();
    let (mut dead, mut living) = (peer(&scene.base()), peer(&scene.base()));
    for peer in [&mut dead, &mut living] {
        assert_eq!(peer.ask(&format!("save-many 7 {COUNT}")), format!("saved {COUNT}"));
    }
    let (gone, pid) = (dead.pid(), living.pid());
    dead.kill();
    let mut ends = scene.store().ends().expect("made");
    ends.add(identity(8), id(gone, 0)).expect("added");
    let way = watches_ever(&ends);
    for count in 0..COUNT {
        ends.add(identity(7), id(gone, count)).expect("added");
    }
    assert_eq!(watches_ever(&ends), way);
    for count in 0..COUNT {
        ends.add(identity(7), id(gone, count)).expect("added");
        ends.add(identity(7), id(pid, count)).expect("added");
    }
    assert_eq!(watches_ever(&ends), way + 1);
    living.kill();
    for _ in 0..=2 * COUNT {
        next(&mut ends);
    }
    assert!(ends.is_empty());
}

#[test]
fn another_entry_of_the_same_name_is_another_instance() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    let record = store.record(&state(identity(7), id(1, 1))).expect("valid");
    let lease = handle.save(&record).expect("saved");
    let mut ends = store.ends().expect("made");
    ends.add(identity(7), id(1, 1)).expect("added");
    lease.destroy().expect("destroyed");
    let lease = handle.save(&record).expect("saved");
    assert_eq!(next(&mut ends), (identity(7), id(1, 1)));
    ends.add(identity(7), id(1, 1)).expect("added");
    assert_eq!(ends.try_next().expect("looked"), None);
    lease.destroy().expect("destroyed");
    assert_eq!(next(&mut ends), (identity(7), id(1, 1)));
}

#[test]
fn while_the_shim_lives_it_has_not_ended() {
    let scene = Scene::new();
    let store = scene.store();
    let (mut monitor, shim) = (peer(&scene.base()), peer(&scene.base()));
    assert!(monitor.ask(&format!("save 7 1 {}", shim.pid())).starts_with("saved "));
    let instance = (identity(7), id(monitor.pid(), 1));
    let mut ends = store.ends().expect("made");
    ends.add(instance.0, instance.1).expect("added");
    monitor.kill();
    nothing_ends(&mut ends);
    let view = store.entry(instance.0, instance.1).expect("read").expect("there");
    assert_eq!(view.verdict(), Verdict::Orphaned);
    assert!(is_quiet(&mut ends), "the shim's own end will tell");
    shim.kill();
    assert_eq!(next(&mut ends), instance);
}

#[test]
fn while_a_forked_child_keeps_the_lease_it_has_not_ended() {
    let scene = Scene::new();
    let store = scene.store();
    let mut monitor = peer(&scene.base());
    assert!(monitor.ask("save 5 1").starts_with("saved "));
    let instance = (identity(5), id(monitor.pid(), 1));
    let mut ends = store.ends().expect("made");
    ends.add(instance.0, instance.1).expect("added");
    assert_eq!(monitor.ask("lock 6"), "locked");
    assert!(monitor.ask("fork").starts_with("forked "));
    monitor.tell("exit");
    monitor.wait();
    assert_eq!(monitor.hear(), "orphan");
    nothing_ends(&mut ends);
    let view = store.entry(instance.0, instance.1).expect("read").expect("there");
    assert!(view.is_leased());
    monitor.tell("exit");
    assert_eq!(next(&mut ends), instance);
}

#[test]
fn a_forked_child_takes_nothing_from_whoever_waits() {
    let scene = Scene::new();
    let (mut doomed, mut waiting) = (peer(&scene.base()), peer(&scene.base()));
    assert_eq!(doomed.ask("save-many 7 2"), "saved 2");
    assert_eq!(waiting.ask("ends-beside-a-child"), "waiting for 2");
    doomed.kill();
    assert!(waiting.hear().starts_with("ended "));
    assert!(waiting.hear().starts_with("ended "));
    assert_eq!(waiting.hear(), "all");
}

#[test]
fn thousands_end_on_one_descriptor() {
    const COUNT: u32 = 2000;
    let scene = Scene::new();
    let store = scene.store();
    let mut ends = store.ends().expect("made");
    let mut waited_for = BTreeSet::new();
    let mut peers: Vec<Peer> = (0..4).map(|_| peer(&scene.base())).collect();
    for (number, peer) in (0..).zip(&mut peers) {
        assert_eq!(peer.ask(&format!("save-many {number} {}", COUNT / 4)), "saved 500");
        for count in 0..COUNT / 4 {
            let instance = (identity(number), id(peer.pid(), count));
            ends.add(instance.0, instance.1).expect("added");
            waited_for.insert(instance);
        }
    }
    assert_eq!(ends.len(), waited_for.len());
    assert_eq!(ends.try_next().expect("looked"), None);
    for peer in peers {
        peer.kill();
        for _ in 0..COUNT / 4 {
            assert!(waited_for.remove(&next(&mut ends)));
        }
    }
    assert!(ends.is_empty());
    assert!(is_quiet(&mut ends));
}

#[test]
fn with_few_descriptors_the_rest_is_looked_at() {
    let scene = Scene::new();
    let mut doomed = peer(&scene.base());
    assert_eq!(doomed.ask("save-many 7 30"), "saved 30");
    let mut waiting = peer(&scene.base());
    assert_eq!(waiting.ask("limit 24"), "limited");
    assert_eq!(waiting.ask("ends"), "waiting for 30");
    let pid = doomed.pid();
    doomed.kill();
    let mut ids: BTreeSet<_> = (0..30).map(|count| id(pid, count).to_string()).collect();
    while !ids.is_empty() {
        let answer = waiting.hear();
        assert!(answer.strip_prefix("ended ").is_some_and(|id| ids.remove(id)), "{answer}");
    }
    assert_eq!(waiting.hear(), "all");
}

#[test]
fn whoever_removes_the_segment_or_the_store_ends_everything_in_it() {
    let scene = Scene::new();
    let store = scene.store();
    let mut monitor = peer(&scene.base());
    for (number, removed) in [(7, "state/7"), (8, "state")] {
        assert!(monitor.ask(&format!("save {number} {number}")).starts_with("saved "));
        let instance = (identity(number), id(monitor.pid(), number.into()));
        let mut ends = store.ends().expect("made");
        ends.add(instance.0, instance.1).expect("added");
        std::fs::remove_dir_all(scene.path().join(removed)).expect("removed");
        assert_eq!(next(&mut ends), instance);
        assert!(ends.is_empty());
    }
}
