//! Watching a store that many change, in ways that it does not foresee.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hakurei_check::Absolute;
use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Change, ErrorKind, Event, Lease, Store, Verdict, Watch};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped, state};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::peer;

const LIFE: [Change; 3] = [Change::Appeared, Change::Ended, Change::Removed];

/// Waits for the next event, which must come.
fn next(watch: &mut Watch) -> Event {
    let minute = Instant::now() + Duration::from_secs(60);
    watch.next_until(Some(minute)).expect("watched").expect("nothing for a minute")
}

/// Waits for that event.
fn expect(watch: &mut Watch, change: Change, id: InstanceId) {
    let event = next(watch);
    assert_eq!((event.change, event.id), (change, id));
}

/// All that there is to tell now.
fn all_told(watch: &mut Watch) -> Vec<Event> {
    std::iter::from_fn(|| watch.try_next().expect("watched")).collect()
}

/// Whether there may be something.
fn is_readable(watch: impl AsFd) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&now)).expect("polled") > 0
}

/// Saves an instance that runs for as long as this process; its entry is left to whoever removes it.
fn save(store: &Store, identity: Identity, count: u32) -> InstanceId {
    let lease = lease(store, identity, count);
    let id = lease.id();
    lease.release();
    id
}

fn lease(store: &Store, identity: Identity, count: u32) -> Lease {
    let state = state(identity, id(std::process::id(), count));
    let record = store.record(&state).expect("valid");
    store.handle(identity).expect("made").save(&record).expect("saved")
}

/// What is told of each instance.
fn by_instance(events: impl IntoIterator<Item = Event>) -> BTreeMap<InstanceId, Vec<Change>> {
    let mut told: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        told.entry(event.id).or_default().push(event.change);
    }
    told
}

/// The next event that the helper program says.
fn heard(watcher: &mut Peer) -> Event {
    let line = watcher.hear();
    let mut words = line.split(' ');
    let change = match words.next() {
        Some("appeared") => Change::Appeared,
        Some("ended") => Change::Ended,
        Some("removed") => Change::Removed,
        _ => panic!("{line}"),
    };
    let identity = words.next().and_then(|word| word.parse::<i64>().ok()).expect("a number");
    let id = words.next().and_then(|word| word.parse().ok()).expect("an id");
    Event { change, identity: Identity::new(identity).expect("in bounds"), id }
}

/// Hears that these instances have come to that, in any order.
fn hear(watcher: &mut Peer, change: Change, ids: &BTreeSet<InstanceId>) {
    let mut left = ids.clone();
    while !left.is_empty() {
        let event = heard(watcher);
        assert_eq!(event.change, change);
        assert!(left.remove(&event.id), "{}", event.id);
    }
}

/// There is nothing to tell, and so no reason to wake up.
fn is_quiet(watch: &mut Watch) -> bool {
    watch.try_next().expect("watched").is_none() && !is_readable(watch)
}

/// Watches until so many have been removed; there must not be more to tell then.
fn watch_until_removed(store: &Store, count: usize, is_set: &std::sync::Barrier) -> Vec<Event> {
    let mut watch = store.watch().expect("watched");
    is_set.wait();
    let (mut events, mut removed) = (Vec::new(), 0);
    while removed < count {
        let event = next(&mut watch);
        removed += usize::from(event.change == Change::Removed);
        events.push(event);
    }
    assert!(is_quiet(&mut watch));
    events
}

/// Takes away the entries of the dead, as they turn up.
fn collect(store: &Store, numbers: std::ops::Range<u16>) {
    for number in numbers {
        let handle = store.handle(identity(number)).expect("it exists");
        let segment = handle.lock().expect("free");
        for entry in segment.entries().expect("read") {
            // There are stray names, too.
            let Ok(entry) = entry else { continue };
            let view = store.entry(identity(number), entry.id()).expect("read").expect("there");
            if view.verdict() == Verdict::Dead {
                entry.destroy().expect("destroyed");
            }
        }
        segment.unlock().expect("unlocked");
    }
}

#[test]
fn eight_watchers_see_a_thousand_instances_come_end_and_go_once_each() {
    const IN_ORDER: usize = 750;
    const KILLED: usize = 250;
    const COUNT: usize = IN_ORDER + KILLED;
    let scene = Scene::new();
    let store = scene.store();
    for number in 0..4 {
        store.handle(identity(number)).expect("made");
    }
    let mut others: Vec<Peer> = (0..4).map(|_| peer(&scene.base())).collect();
    for watcher in &mut others {
        assert_eq!(watcher.ask(&format!("watch {COUNT}")), "watching");
    }
    let is_set = std::sync::Barrier::new(5);
    let mut told: Vec<Vec<Event>> = std::thread::scope(|scope| {
        let watch = || watch_until_removed(&store, COUNT, &is_set);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(watch)).collect();
        is_set.wait();
        let mut savers: Vec<Peer> = (0..6).map(|_| peer(&scene.base())).collect();
        let mut doomed: Vec<Peer> = (0..5).map(|_| peer(&scene.base())).collect();
        for (number, saver) in savers.iter_mut().enumerate() {
            saver.tell(&format!("churn {} {}", number % 4, IN_ORDER / 6));
        }
        for (number, saver) in doomed.iter_mut().enumerate() {
            saver.tell(&format!("save-many {} {}", number % 4, KILLED / 5));
        }
        for mut saver in doomed {
            assert_eq!(saver.hear(), format!("saved {}", KILLED / 5));
            saver.kill();
        }
        collect(&store, 0..4);
        savers.iter_mut().for_each(|saver| assert_eq!(saver.hear(), "done"));
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    for watcher in &mut others {
        told.push((0..3 * COUNT).map(|_| heard(watcher)).collect());
        assert_eq!(watcher.hear(), "seen");
    }
    assert_eq!(told.len(), 8);
    let instances: BTreeSet<_> = by_instance(told[0].iter().copied()).into_keys().collect();
    assert_eq!(instances.len(), COUNT);
    for events in told {
        let told = by_instance(events);
        assert!(told.keys().eq(&instances), "all have seen the same");
        for (id, changes) in told {
            assert_eq!(changes, LIFE, "{id}");
        }
    }
}

#[test]
fn of_a_segment_made_meanwhile_all_that_stay_are_seen() {
    let scene = Scene::new();
    let store = scene.store();
    let mut watch = store.watch().expect("watched");
    let mut savers: Vec<Peer> = (0..8).map(|_| peer(&scene.base())).collect();
    for (number, saver) in savers.iter_mut().enumerate() {
        saver.tell(&format!("save-many {} 20", number % 4));
    }
    let mut appeared = BTreeSet::new();
    while appeared.len() < 160 {
        let event = next(&mut watch);
        assert_eq!(event.change, Change::Appeared);
        assert!(appeared.insert(event.id), "{} again", event.id);
    }
    savers.iter_mut().for_each(|saver| assert_eq!(saver.hear(), "saved 20"));
    assert!(is_quiet(&mut watch));
    savers.into_iter().for_each(Peer::kill);
    for _ in 0..160 {
        let event = next(&mut watch);
        assert_eq!(event.change, Change::Ended);
        assert!(appeared.remove(&event.id), "{} again", event.id);
    }
}

#[test]
fn what_is_there_appears_first_and_whoever_has_ended_has_ended() {
    let scene = Scene::new();
    let store = scene.store();
    let running = save(&store, identity(7), 1);
    let mut doomed = peer(&scene.base());
    assert!(doomed.ask("save 7 2").starts_with("saved "));
    let dead = id(doomed.pid(), 2);
    doomed.kill();
    fs::write(scene.base().as_path().join("7/stray"), "").expect("written");
    fs::write(scene.base().as_path().join("stray"), "").expect("written");
    let mut watch = store.watch().expect("watched");
    assert!(is_readable(&watch));
    let told = by_instance(all_told(&mut watch));
    let expected = BTreeMap::from([
        (running, vec![Change::Appeared]),
        (dead, vec![Change::Appeared, Change::Ended]),
    ]);
    assert_eq!(told, expected);
    assert!(is_quiet(&mut watch));
    collect(&store, 7..8);
    assert_eq!(by_instance(all_told(&mut watch)), BTreeMap::from([(dead, vec![Change::Removed])]));
}

#[test]
fn what_the_kernel_forgot_is_made_up_for() {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
    let Some(limit) = limit.ok().and_then(|text| text.trim().parse::<usize>().ok()) else {
        skipped!("the limit of inotify cannot be read");
        return;
    };
    if limit > 50_000 {
        skipped!("takes too long with fs.inotify.max_queued_events = {limit}");
        return;
    }
    let scene = Scene::new();
    let store = scene.store();
    let before: Vec<_> = (0..6).map(|count| save(&store, identity(7), count)).collect();
    let aside = save(&store, identity(8), 50);
    let mut watch = store.watch().expect("watched");
    assert_eq!(all_told(&mut watch).len(), 7);
    let segment = scene.base().as_path().join("7");
    // An entry by its name, which comes and goes; each time gives three events or more.
    let fleeting = id(0, 0);
    for _ in 0..limit / 2 {
        File::create(segment.join(fleeting.to_string())).expect("made");
        fs::remove_file(segment.join(fleeting.to_string())).expect("removed");
    }
    // Of these the kernel has nothing to say any more.
    for gone in &before[..2] {
        fs::remove_file(segment.join(gone.to_string())).expect("removed");
    }
    fs::remove_file(segment.join(before[2].to_string())).expect("removed");
    assert_eq!(save(&store, identity(7), 2), before[2], "another instance of the same name");
    let new = save(&store, identity(7), 100);
    fs::remove_file(scene.base().as_path().join(format!("8/{aside}"))).expect("removed");
    let elsewhere = save(&store, identity(9), 101);
    let mut told = by_instance(all_told(&mut watch));
    let lives = told.remove(&fleeting).expect("some of it was seen");
    assert!(lives.chunks(3).all(|life| life == LIFE));
    assert!(lives.len() < limit / 2 * 3, "nothing was lost");
    let expected = BTreeMap::from([
        (before[0], vec![Change::Ended, Change::Removed]),
        (before[1], vec![Change::Ended, Change::Removed]),
        (before[2], vec![Change::Ended, Change::Removed, Change::Appeared]),
        (new, vec![Change::Appeared]),
        (aside, vec![Change::Ended, Change::Removed]),
        (elsewhere, vec![Change::Appeared]),
    ]);
    assert_eq!(told, expected);
    assert!(is_quiet(&mut watch));
}

#[test]
fn a_store_that_is_made_removed_and_made_again_is_watched_all_the_while() {
    let scene = Scene::new();
    let base = Absolute::try_from(scene.path().join("a/b/state")).expect("absolute");
    let store = Store::new(base.clone());
    let mut watch = store.watch().expect("watched");
    assert!(is_quiet(&mut watch));
    for from in ["a/b/state", "a/b", "a"] {
        let saved = save(&store, identity(7), 1);
        expect(&mut watch, Change::Appeared, saved);
        // Being open somewhere, a directory says nothing of its own removal.
        let opened = File::open(scene.path().join(from)).expect("opened");
        fs::remove_dir_all(scene.path().join(from)).expect("removed");
        expect(&mut watch, Change::Ended, saved);
        expect(&mut watch, Change::Removed, saved);
        assert_eq!(watch.try_next().expect("watched"), None);
        assert!(is_quiet(&mut watch));
        drop(opened);
    }
    let saved = save(&store, identity(7), 2);
    expect(&mut watch, Change::Appeared, saved);
}

#[test]
fn an_empty_directory_that_is_removed_while_it_is_open_is_missed_at_once() {
    for last in ["a/b/state", "a/b"] {
        let scene = Scene::new();
        let base = Absolute::try_from(scene.path().join("a/b/state")).expect("absolute");
        let store = Store::new(base);
        fs::create_dir_all(scene.path().join(last)).expect("made");
        fs::set_permissions(scene.path().join(last), fs::Permissions::from_mode(0o700))
            .expect("it is ours");
        let mut watch = store.watch().expect("watched");
        let opened = File::open(scene.path().join(last)).expect("opened");
        fs::remove_dir(scene.path().join(last)).expect("removed");
        assert!(is_quiet(&mut watch));
        let saved = save(&store, identity(7), 1);
        expect(&mut watch, Change::Appeared, saved);
        drop(opened);
    }
}

#[test]
fn a_store_or_an_ancestor_that_is_moved_away_and_back_goes_and_comes() {
    for moved in ["a/b/state", "a/b", "a"] {
        let scene = Scene::new();
        let base = Absolute::try_from(scene.path().join("a/b/state")).expect("absolute");
        let store = Store::new(base);
        let saved = save(&store, identity(7), 1);
        let mut watch = store.watch().expect("watched");
        expect(&mut watch, Change::Appeared, saved);
        let (here, there) = (scene.path().join(moved), scene.path().join("elsewhere"));
        fs::rename(&here, &there).expect("moved");
        expect(&mut watch, Change::Ended, saved);
        expect(&mut watch, Change::Removed, saved);
        fs::rename(&there, &here).expect("moved");
        expect(&mut watch, Change::Appeared, saved);
        // Nobody looked meanwhile.
        fs::rename(&here, &there).expect("moved");
        fs::rename(&there, &here).expect("moved");
        assert_eq!(all_told(&mut watch), []);
        assert!(is_quiet(&mut watch));
        let other = save(&store, identity(7), 2);
        expect(&mut watch, Change::Appeared, other);
    }
}

#[test]
fn an_ancestor_that_may_not_be_read_is_watched_by_its_name() {
    let mode = if other_user().is_some() { 0o711 } else { 0o300 };
    for unreadable in [&["a"][..], &["a/b"], &["a", "a/b"]] {
        let scene = Scene::new();
        let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
        fs::create_dir_all(scene.path().join("a/b/state")).expect("made");
        let base = Absolute::try_from(scene.path().join("a/b/state")).expect("absolute");
        let set_mode = |dir: &str, mode| {
            let permissions = fs::Permissions::from_mode(mode);
            fs::set_permissions(scene.path().join(dir), permissions).expect("it is ours");
        };
        set_mode("a/b/state", 0o700);
        std::os::unix::fs::chown(base.as_path(), other_user(), None).expect("root may");
        unreadable.iter().for_each(|dir| set_mode(dir, mode));
        let start = || Peer::start(&program, &base, other_user());
        let (mut saver, mut watcher) = (start(), start());
        assert_eq!(watcher.ask("watch 1"), "watching");
        assert!(saver.ask("save 7 1").starts_with("saved "));
        let ids = BTreeSet::from([id(saver.pid(), 1)]);
        hear(&mut watcher, Change::Appeared, &ids);
        fs::rename(scene.path().join("a"), scene.path().join("elsewhere")).expect("moved");
        hear(&mut watcher, Change::Ended, &ids);
        hear(&mut watcher, Change::Removed, &ids);
        // So that whoever cleans up may read it.
        fs::rename(scene.path().join("elsewhere"), scene.path().join("a")).expect("moved");
        unreadable.iter().for_each(|dir| set_mode(dir, 0o700));
    }
}

#[test]
fn root_watches_another_users_store() {
    let Some(user) = other_user() else {
        skipped!("takes root");
        return;
    };
    let scene = Scene::new();
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    let mut watch = scene.store().watch().expect("there is no store yet");
    scene.create_base_for(Some(user));
    let mut saver = Peer::start(program, &scene.base(), Some(user));
    assert!(saver.ask("save 7 1").starts_with("saved "));
    let instance = id(saver.pid(), 1);
    expect(&mut watch, Change::Appeared, instance);
    saver.kill();
    expect(&mut watch, Change::Ended, instance);
    assert!(is_quiet(&mut watch));
}

#[test]
fn a_process_whose_first_thread_has_ended_misses_nothing() {
    let scene = Scene::new();
    let store = scene.store();
    let mut watcher = peer(&scene.base());
    assert_eq!(watcher.ask("leave"), "left");
    store.handle(identity(7)).expect("made");
    assert_eq!(watcher.ask("watch 51"), "watching");
    let brief = (0..50).map(|count| {
        let lease = lease(&store, identity(7), count);
        let instance = lease.id();
        lease.destroy().expect("destroyed");
        instance
    });
    let brief: Vec<_> = brief.collect();
    let lasting = lease(&store, identity(7), 50);
    for instance in brief {
        for change in LIFE {
            let event = heard(&mut watcher);
            assert_eq!((event.change, event.id), (change, instance));
        }
    }
    assert_eq!(heard(&mut watcher).id, lasting.id());
    lasting.destroy().expect("destroyed");
}

#[test]
fn a_link_on_the_way_that_leads_elsewhere_leads_to_another_store() {
    let scene = Scene::new();
    let (one, two) = (scene.path().join("one"), scene.path().join("two"));
    let link = scene.path().join("link");
    let at = |dir: &Path| Store::new(Absolute::try_from(dir.join("state")).expect("absolute"));
    fs::create_dir(&one).expect("made");
    fs::create_dir(&two).expect("made");
    let first = save(&at(&one), identity(7), 1);
    let second = save(&at(&two), identity(7), 2);
    std::os::unix::fs::symlink("one", &link).expect("linked");
    let mut watch = at(&link).watch().expect("watched");
    expect(&mut watch, Change::Appeared, first);
    std::os::unix::fs::symlink(&two, scene.path().join("new")).expect("linked");
    fs::rename(scene.path().join("new"), &link).expect("moved");
    expect(&mut watch, Change::Ended, first);
    expect(&mut watch, Change::Removed, first);
    expect(&mut watch, Change::Appeared, second);
    assert!(is_quiet(&mut watch));
}

#[test]
fn a_segment_that_is_moved_removed_and_made_again_is_watched_all_the_while() {
    let scene = Scene::new();
    let store = scene.store();
    let mut watch = store.watch().expect("watched");
    let segment = scene.base().as_path().join("7");
    let saved = save(&store, identity(7), 1);
    expect(&mut watch, Change::Appeared, saved);
    let aside = scene.path().join("aside");
    fs::rename(&segment, &aside).expect("moved");
    expect(&mut watch, Change::Ended, saved);
    expect(&mut watch, Change::Removed, saved);
    fs::rename(&aside, &segment).expect("moved");
    expect(&mut watch, Change::Appeared, saved);
    let opened = File::open(&segment).expect("opened");
    fs::remove_dir_all(&segment).expect("removed");
    expect(&mut watch, Change::Ended, saved);
    expect(&mut watch, Change::Removed, saved);
    let again = save(&store, identity(7), 2);
    expect(&mut watch, Change::Appeared, again);
    // In its place, before anybody looks.
    fs::rename(&segment, &aside).expect("moved");
    let new = save(&store, identity(7), 3);
    expect(&mut watch, Change::Ended, again);
    expect(&mut watch, Change::Removed, again);
    expect(&mut watch, Change::Appeared, new);
    assert!(is_quiet(&mut watch));
    drop(opened);
}

#[test]
fn whoever_holds_the_locks_delays_nobody() {
    let scene = Scene::new();
    let store = scene.store();
    let mut doomed = peer(&scene.base());
    assert!(doomed.ask("save 7 1").starts_with("saved "));
    let mut holder = peer(&scene.base());
    assert_eq!(holder.ask("lock 7"), "locked");
    let mut watch = store.watch().expect("watched");
    let instance = id(doomed.pid(), 1);
    expect(&mut watch, Change::Appeared, instance);
    doomed.kill();
    expect(&mut watch, Change::Ended, instance);
    // The holder itself may write.
    assert!(holder.ask("save 7 2").starts_with("error Deadlock"));
    fs::remove_file(scene.base().as_path().join(format!("7/{instance}"))).expect("removed");
    expect(&mut watch, Change::Removed, instance);
    assert_eq!(holder.ask("unlock"), "unlocked");
}

#[test]
fn an_untrusted_store_is_an_error_that_is_told_once_and_watched_again_when_mended() {
    let scene = Scene::new();
    let store = scene.store();
    let saved = save(&store, identity(7), 1);
    let mut watch = store.watch().expect("watched");
    expect(&mut watch, Change::Appeared, saved);
    let set_mode = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(scene.base().as_path(), permissions).expect("it is ours");
    };
    set_mode(0o755);
    let error = watch.next_until(None).expect_err("it is open to others");
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert!(error.message().contains("lets others in"), "{}", error.message());
    assert_eq!(watch.try_next().expect("it was told"), None);
    assert_eq!(store.watch().expect_err("it is open to others").kind(), ErrorKind::Untrusted);
    set_mode(0o700);
    let other = save(&store, identity(8), 2);
    expect(&mut watch, Change::Appeared, other);
}

#[test]
fn the_descriptor_is_one_among_others_in_a_poll() {
    let scene = Scene::new();
    let store = scene.store();
    store.handle(identity(7)).expect("made");
    let mut watch = store.watch().expect("watched");
    let mut savers: Vec<Peer> = (0..3).map(|_| peer(&scene.base())).collect();
    savers.iter_mut().for_each(|saver| saver.tell("churn 7 50"));
    let mut told = Vec::new();
    while told.len() < 3 * 3 * 50 {
        let minute = Timespec { tv_sec: 60, tv_nsec: 0 };
        let ready = poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&minute));
        assert_eq!(ready.expect("polled"), 1, "nothing for a minute");
        told.append(&mut all_told(&mut watch));
    }
    savers.iter_mut().for_each(|saver| assert_eq!(saver.hear(), "done"));
    assert_eq!(all_told(&mut watch), []);
    for (id, changes) in by_instance(told) {
        assert_eq!(changes, LIFE, "{id}");
    }
    assert!(is_quiet(&mut watch));
}

#[test]
fn with_few_descriptors_it_takes_a_little_longer() {
    let scene = Scene::new();
    let (mut survivor, mut doomed) = (peer(&scene.base()), peer(&scene.base()));
    // Those that come first take what descriptors there are.
    assert_eq!(survivor.ask("save-many 1 40"), "saved 40");
    assert_eq!(doomed.ask("save-many 2 40"), "saved 40");
    let of = |peer: &Peer| (0..40).map(|count| id(peer.pid(), count)).collect::<BTreeSet<_>>();
    let (surviving, ids) = (of(&survivor), of(&doomed));
    let mut watcher = peer(&scene.base());
    assert_eq!(watcher.ask("limit 32"), "limited");
    assert_eq!(watcher.ask("watch 40"), "watching");
    hear(&mut watcher, Change::Appeared, &surviving.union(&ids).copied().collect());
    doomed.kill();
    hear(&mut watcher, Change::Ended, &ids);
    collect(&scene.store(), 2..3);
    hear(&mut watcher, Change::Removed, &ids);
    assert_eq!(watcher.hear(), "seen");
}

#[test]
fn without_inotify_everything_is_looked_at() {
    let Some(user) = other_user() else {
        skipped!("takes root, who can be a user whose instances may be used up");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    let start = || Peer::start(&program, &scene.base(), Some(user));
    let mut hoarder = start();
    assert_eq!(hoarder.ask("use-up-inotify"), "used up");
    let mut watcher = start();
    assert_eq!(watcher.ask("watch 3"), "watching");
    let mut waiting = start();
    let mut doomed = start();
    assert_eq!(doomed.ask("save-many 7 3"), "saved 3");
    assert_eq!(waiting.ask("ends"), "waiting for 3");
    let ids = (0..3).map(|count| id(doomed.pid(), count)).collect();
    hear(&mut watcher, Change::Appeared, &ids);
    doomed.kill();
    let ended: BTreeSet<_> = (0..3)
        .map(|_| waiting.hear().strip_prefix("ended ").expect("an id").parse().expect("an id"))
        .collect();
    assert_eq!(ended, ids);
    assert_eq!(waiting.hear(), "all");
    hear(&mut watcher, Change::Ended, &ids);
    for id in &ids {
        fs::remove_file(scene.base().as_path().join(format!("7/{id}"))).expect("root may");
    }
    hear(&mut watcher, Change::Removed, &ids);
}
