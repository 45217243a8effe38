//! A lock that somebody else holds: another process, a stopped one, a forked child.

use std::time::{Duration, Instant};

use hakurei_store::{Error, ErrorKind, Handle};
use hakurei_tests::{Scene, identity, is_first_pid_namespace, stopped, unshare, wrapper};

use crate::{peer, peer_in};

/// Long enough for an answer from /proc, short enough to be waited for.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Asks for the lock, which is held, and gives back what is said of that.
fn refusal(handle: &Handle) -> Error {
    let error = handle.lock_until(Instant::now() + A_MOMENT).expect_err("it is held");
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{}", error.message());
    error
}

#[test]
fn a_process_that_holds_the_lock_is_named() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert_eq!(peer.ask("lock 7"), "locked");
    let handle = scene.store().handle(identity(7)).expect("it exists");
    assert!(handle.try_lock().expect("no failure").is_none());
    let error = refusal(&handle);
    let holder = error.holder().expect("it is named");
    assert_eq!(holder.pid(), Some(peer.pid()));
    assert_eq!(error.step(), "acquire lock on store segment 7");
    assert!(error.message().contains(&format!("held by pid {} (peer)", peer.pid())));
    assert!(!error.message().contains("stopped"), "{}", error.message());
    assert_eq!(peer.ask("unlock"), "unlocked");
    handle.lock().expect("free").unlock().expect("unlocked");
}

#[test]
fn a_stopped_holder_is_said_to_be_stopped() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert_eq!(peer.ask("lock 0"), "locked");
    let handle = scene.store().handle(identity(0)).expect("it exists");
    let stopped = stopped(&peer);
    let error = refusal(&handle);
    assert!(error.holder().expect("it is named").is_stopped());
    assert!(error.message().contains("stopped"), "{}", error.message());
    drop(stopped);
    assert_eq!(peer.ask("unlock"), "unlocked");
}

#[test]
fn a_thread_that_waits_for_itself_is_told_so_at_once() {
    let scene = Scene::new();
    let (store, other) = (scene.store(), scene.store());
    let handle = store.handle(identity(7)).expect("made");
    let another = store.handle(identity(8)).expect("made");
    let segment = handle.lock().expect("free");
    let same = other.handle(identity(7)).expect("it exists");
    for refused in [&handle, &same, &another] {
        assert_eq!(refused.lock().expect_err("refused").kind(), ErrorKind::Deadlock);
        assert_eq!(refused.try_lock().expect_err("refused").kind(), ErrorKind::Deadlock);
    }
    // The store's lock would be needed to make a segment.
    let new = store.handle(identity(9)).expect_err("refused");
    assert_eq!(new.kind(), ErrorKind::Deadlock);
    segment.unlock().expect("unlocked");
    store.handle(identity(9)).expect("made");
}

#[test]
fn two_stores_and_two_threads_are_never_two_holders() {
    let scene = Scene::new();
    let handle = scene.store().handle(identity(7)).expect("made");
    let same = scene.store().handle(identity(7)).expect("it exists");
    let segment = handle.lock().expect("free");
    std::thread::scope(|scope| {
        let other = scope.spawn(|| same.try_lock().expect("no failure").is_none());
        assert!(other.join().expect("no panic"), "both hold it");
    });
    segment.unlock().expect("unlocked");
}

#[test]
fn a_forked_child_that_outlives_its_parent_holds_on_and_is_named() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert_eq!(peer.ask("lock 3"), "locked");
    let forked = peer.ask("fork");
    let child = forked.strip_prefix("forked ").unwrap_or_else(|| panic!("{forked}")).to_owned();
    let parent = peer.pid();
    peer.tell("exit");
    peer.wait();
    assert_eq!(peer.hear(), "orphan");
    let handle = scene.store().handle(identity(3)).expect("it exists");
    let error = refusal(&handle);
    let holder = error.holder().expect("it is named");
    assert_eq!(holder.pid().map(|pid| pid.to_string()).as_deref(), Some(&*child));
    // In any other namespace of processes, the kernel does not list the lock of one that is gone.
    let is_listed = is_first_pid_namespace();
    assert_eq!(holder.recorded_by(), is_listed.then_some(parent));
    assert_eq!(error.message().contains("gone"), is_listed, "{}", error.message());
    peer.tell("exit");
    handle.lock().expect("freed by the kernel").unlock().expect("unlocked");
}

#[test]
fn a_forked_child_takes_nothing_from_its_parent() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert_eq!(peer.ask("lock 3"), "locked");
    // The child has dropped its copy of the guard, and asked for the lock itself.
    assert_eq!(peer.ask("fork-and-drop"), "busy");
    let handle = scene.store().handle(identity(3)).expect("it exists");
    assert!(handle.try_lock().expect("no failure").is_none(), "a child let its parent's lock go");
    assert_eq!(peer.ask("unlock"), "unlocked");
    handle.lock().expect("free").unlock().expect("unlocked");
}

#[test]
fn a_forked_child_of_the_same_number_takes_nothing_either() {
    let scene = Scene::new();
    // The first process of a namespace has the number 1, and so has its child that is the first of
    // another.
    let Some(command) = wrapper(&unshare(&["--fork", "--pid", "--kill-child"])) else { return };
    let mut peer = peer_in(command, &scene);
    assert_eq!(peer.ask("lock 3"), "locked");
    assert_eq!(peer.ask("fork-a-first-and-drop"), "busy");
    let handle = scene.store().handle(identity(3)).expect("it exists");
    assert!(handle.try_lock().expect("no failure").is_none(), "a child let its parent's lock go");
    assert_eq!(peer.ask("unlock"), "unlocked");
}

#[test]
fn the_observer_is_told_once_and_the_wait_can_be_cancelled() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    assert_eq!(peer.ask("lock 7"), "locked");
    let handle = scene.store().handle(identity(7)).expect("it exists");
    let told = std::cell::RefCell::new(Vec::new());
    let mut observer = |waiting: &hakurei_store::Waiting<'_>| {
        told.borrow_mut().push(waiting.holder().pid());
    };
    let cancelled = || !told.borrow().is_empty();
    let wait = hakurei_store::Wait::forever().cancelled_by(&cancelled).observed_by(&mut observer);
    let error = handle.lock_with(wait).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(*told.borrow(), [Some(peer.pid())]);
}
