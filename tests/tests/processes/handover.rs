//! A lease that goes from process to process, while somebody asks about it all the time.

use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use hakurei_hst::InstanceId;
use hakurei_store::{ErrorKind, Format, Record, Store, Verdict};
use hakurei_tests::{Scene, id, identity, state};

use crate::peer;

/// Runs `action` while another thread looks at an entry again and again, which must be running and
/// leased every time.
fn never_free<T>(store: &Store, id: InstanceId, action: impl FnOnce() -> T) -> T {
    let (is_over, looks) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        let prober = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let view = store.entry(identity(7), id).expect("read").expect("there");
                assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
                looks.fetch_add(1, Ordering::Relaxed);
            }
        });
        // It has begun, and goes on for a while after all is done.
        let look_on = || {
            let before = looks.load(Ordering::Relaxed);
            while looks.load(Ordering::Relaxed) < before + 50 && !prober.is_finished() {
                thread::yield_now();
            }
        };
        look_on();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(action));
        look_on();
        is_over.store(true, Ordering::Relaxed);
        prober.join().expect("it was free at some time");
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn a_process_keeps_its_lease_across_an_exec() {
    let scene = Scene::new();
    let mut owner = peer(&scene.base());
    assert!(owner.ask("save 7 1").starts_with("saved "));
    let kept = id(owner.pid(), 1);
    never_free(&scene.store(), kept, || {
        for _ in 0..20 {
            assert_eq!(owner.ask("exec-handing-over"), format!("taken {kept}"));
        }
    });
    assert_eq!(owner.ask("end"), "left 0");
    assert!(scene.store().entry(identity(7), kept).expect("read").is_none());
}

#[test]
fn a_lease_is_sent_from_process_to_process() {
    let scene = Scene::new();
    let mut owner = peer(&scene.base());
    assert!(owner.ask("save 7 1").starts_with("saved "));
    let sent = id(owner.pid(), 1);
    let owner = never_free(&scene.store(), sent, || {
        for count in 0..10 {
            let socket = scene.path().join(format!("socket-{count}"));
            let mut next = peer(&scene.base());
            assert_eq!(next.ask(&format!("receive {}", socket.display())), "listening");
            assert_eq!(owner.ask(&format!("send {}", socket.display())), "sent");
            assert_eq!(next.hear(), format!("taken {sent}"));
            // Its end, in order or not, lets nothing go that is another's now.
            owner.kill();
            owner = next;
        }
        owner
    });
    owner.kill();
    let view = scene.store().entry(identity(7), sent).expect("read").expect("there");
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Dead, false));
}

#[test]
fn what_was_handed_over_is_no_longer_the_first_ones_affair() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    for format in [Format::Cbor, Format::Gob] {
        let record = Record::in_format(&state(identity(7), id(1, 1)), format).expect("valid");
        let lease = handle.save(&record).expect("saved");
        let descriptor =
            never_free(&store, id(1, 1), || lease.hand_over().expect("a second descriptor"));
        let lease = never_free(&store, id(1, 1), || {
            store.take_over(descriptor).expect("the same open file")
        });
        assert_eq!((lease.id(), lease.identity()), (id(1, 1), identity(7)));
        lease.destroy().expect("destroyed");
        assert!(store.entry(identity(7), id(1, 1)).expect("read").is_none());
    }
}

#[test]
fn a_descriptor_that_is_closed_on_the_way_ends_the_lease_and_leaves_the_entry() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    let record = Record::new(&state(identity(7), id(1, 1))).expect("valid");
    drop(handle.save(&record).expect("saved").hand_over().expect("a second descriptor"));
    let view = store.entry(identity(7), id(1, 1)).expect("read").expect("left");
    assert!(!view.is_leased());
}

/// Tries to take a descriptor over, which comes back.
fn refusal(store: &Store, descriptor: OwnedFd) -> (ErrorKind, String, OwnedFd) {
    let failed = store.take_over(descriptor).expect_err("refused");
    assert_eq!(failed.to_string(), failed.error().step());
    let (descriptor, error) = failed.into_parts();
    (error.kind(), error.message(), descriptor)
}

#[test]
fn a_descriptor_of_anything_else_comes_back() {
    let scene = Scene::new();
    let (store, elsewhere) = (scene.store(), Scene::new());
    let handle = store.handle(identity(7)).expect("made");
    let record = Record::new(&state(identity(7), id(1, 1))).expect("valid");
    let save = || handle.save(&record).expect("saved").hand_over().expect("a second descriptor");
    let place = scene.base().as_path().join("7").join(id(1, 1).to_string());
    let lease = save();
    let open = |path: &std::path::Path| OwnedFd::from(std::fs::File::open(path).expect("there"));
    let look = || store.entry(identity(7), id(1, 1)).expect("read").expect("there");

    let (kind, message, second) = refusal(&store, open(&place));
    assert_eq!(kind, ErrorKind::Leased, "{message}");
    assert!(look().is_leased());
    drop(second);

    let (kind, message, lease) = refusal(&elsewhere.store(), lease);
    assert_eq!(kind, ErrorKind::NotFound, "{message}");
    drop(elsewhere.store().handle(identity(7)).expect("made"));
    let (kind, message, lease) = refusal(&elsewhere.store(), lease);
    assert_eq!(kind, ErrorKind::NotFound, "{message}");
    assert!(look().is_leased());

    let kinds = [
        (open(scene.base().as_path()), ErrorKind::Untrusted, "it is a directory"),
        (std::io::pipe().expect("made").0.into(), ErrorKind::Untrusted, "it is a fifo"),
        (open(&scene.base().as_path().join("7/lock")), ErrorKind::Corrupt, "header"),
    ];
    for (descriptor, expected, words) in kinds {
        let (kind, message, _) = refusal(&store, descriptor);
        assert_eq!(kind, expected, "{message}");
        assert!(message.contains(words), "{message}");
        // What is no file of the store has no better name.
        let is_named = message.contains("/proc/self/fd/");
        assert_eq!(is_named, kind == ErrorKind::Untrusted, "{message}");
    }

    // Another entry has taken the name.
    std::fs::remove_file(&place).expect("removed");
    let successor = save();
    let (kind, message, lease) = refusal(&store, lease);
    assert_eq!(kind, ErrorKind::NotFound, "{message}");
    drop(successor);
    std::fs::remove_file(&place).expect("removed");
    let (kind, message, _) = refusal(&store, lease);
    assert_eq!(kind, ErrorKind::NotFound, "{message}");
}

#[test]
fn a_copy_of_an_entry_is_not_the_entry() {
    let scene = Scene::new();
    let store = scene.store();
    let handle = store.handle(identity(7)).expect("made");
    let record = Record::new(&state(identity(7), id(1, 1))).expect("valid");
    let lease = handle.save(&record).expect("saved");
    let place = scene.base().as_path().join("7").join(id(1, 1).to_string());
    let copy = scene.path().join("copy");
    std::fs::copy(place, &copy).expect("copied");
    let copy = OwnedFd::from(std::fs::File::open(copy).expect("there"));
    let (kind, message, copy) = refusal(&store, copy);
    assert_eq!(kind, ErrorKind::Refused, "{message}");
    assert!(copy.as_fd().try_clone_to_owned().is_ok());
    lease.destroy().expect("destroyed");
}
