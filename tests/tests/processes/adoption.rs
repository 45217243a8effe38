//! An instance that outlives its supervisor, and the next one.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use hakurei_store::{ErrorKind, Lease, Verdict, View};
use hakurei_tests::{Peer, Scene, id, identity, skipped};
use rustix::fs::{FlockOperation, flock};

use crate::peer;

/// A process that lives until this is dropped: the shim in these tests.
struct Shim(Child);

impl Shim {
    fn start() -> Self {
        // It waits for the end of an input that this process holds.
        Self(Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat is there"))
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it is ours");
    }
}

/// Saves an instance with a shim, and kills its supervisor.
fn orphan(scene: &Scene, shim: &Shim) -> hakurei_hst::InstanceId {
    let mut supervisor = peer(&scene.base());
    assert!(supervisor.ask(&format!("save 7 1 {}", shim.0.id())).starts_with("saved "));
    let orphan = id(supervisor.pid(), 1);
    supervisor.kill();
    orphan
}

fn look(scene: &Scene, id: hakurei_hst::InstanceId) -> View<'static> {
    scene.store().entry(identity(7), id).expect("read").expect("there")
}

#[test]
fn the_next_supervisor_adopts_and_ends_what_the_killed_one_left() {
    let scene = Scene::new();
    let shim = Shim::start();
    let orphan = orphan(&scene, &shim);
    let view = look(&scene, orphan);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Orphaned, false));
    let mut next = peer(&scene.base());
    assert_eq!(next.ask(&format!("adopt 7 {orphan}")), format!("adopted {orphan}"));
    let view = look(&scene, orphan);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    // Its lease is like any other: nobody else adopts it, and it ends with its owner.
    let mut third = peer(&scene.base());
    let refused = third.ask(&format!("adopt 7 {orphan}"));
    assert!(refused.starts_with("error Leased: "), "{refused}");
    next.kill();
    assert_eq!(look(&scene, orphan).verdict(), Verdict::Orphaned);
    assert_eq!(third.ask(&format!("adopt 7 {orphan}")), format!("adopted {orphan}"));
    assert_eq!(third.ask("end"), "left 0");
    assert!(scene.store().entry(identity(7), orphan).expect("read").is_none());
    drop(shim);
}

#[test]
fn what_has_ended_or_never_was_is_not_adopted() {
    let scene = Scene::new();
    let shim = Shim::start();
    let orphan = orphan(&scene, &shim);
    drop(shim);
    assert_eq!(look(&scene, orphan).verdict(), Verdict::Dead);
    let mut next = peer(&scene.base());
    let refused = next.ask(&format!("adopt 7 {orphan}"));
    assert!(refused.starts_with("error Ended: "), "{refused}");
    let refused = next.ask(&format!("adopt 7 {}", id(1, 1)));
    assert!(refused.starts_with("error NotFound: "), "{refused}");
    // Trying has left no lock on it.
    assert!(!look(&scene, orphan).is_leased());
}

#[test]
fn what_runs_is_not_adopted() {
    let scene = Scene::new();
    let mut supervisor = peer(&scene.base());
    assert!(supervisor.ask("save 7 1").starts_with("saved "));
    let running = id(supervisor.pid(), 1);
    let handle = scene.store().handle(identity(7)).expect("there");
    let adopt = || handle.lock().expect("free").adopt(running).expect_err("it runs");
    let error = adopt();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Leased, "open state entry"));
    assert_eq!(error.message(), format!("instance {running} is leased to another, and runs"));
    // Without its lease it runs for as long as the process does.
    assert_eq!(supervisor.ask("exec"), "again");
    assert!(!look(&scene, running).is_leased());
    let error = adopt();
    assert_eq!(error.kind(), ErrorKind::Refused, "{}", error.message());
    assert!(error.message().contains(&format!("process {}", supervisor.pid())));
    // Its own it takes back.
    assert_eq!(supervisor.ask(&format!("adopt 7 {running}")), format!("adopted {running}"));
    assert_eq!(adopt().kind(), ErrorKind::Leased);
}

#[test]
fn a_forked_child_that_outlives_its_parent_keeps_others_from_adopting() {
    let scene = Scene::new();
    let shim = Shim::start();
    let mut supervisor = peer(&scene.base());
    assert!(supervisor.ask(&format!("save 7 1 {}", shim.0.id())).starts_with("saved "));
    let kept = id(supervisor.pid(), 1);
    assert_eq!(supervisor.ask("lock 6"), "locked");
    let forked = supervisor.ask("fork");
    let child = forked.strip_prefix("forked ").and_then(|number| number.parse().ok());
    supervisor.tell("exit");
    supervisor.wait();
    assert_eq!(supervisor.hear(), "orphan");
    let handle = scene.store().handle(identity(7)).expect("there");
    let error = handle.lock().expect("free").adopt(kept).expect_err("leased");
    assert_eq!(error.kind(), ErrorKind::Leased);
    supervisor.tell("exit");
    hakurei_tests::await_end(child.unwrap_or_else(|| panic!("{forked}")));
    let lease = handle.lock().expect("free").adopt(kept).expect("orphaned");
    lease.destroy().expect("destroyed");
}

#[test]
fn probes_keep_nobody_from_adopting() {
    let scene = Scene::new();
    let shim = Shim::start();
    let orphan = orphan(&scene, &shim);
    let handle = scene.store().handle(identity(7)).expect("there");
    let place = scene.base().as_path().join("7").join(orphan.to_string());
    let (is_over, probes) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        // It asks for the lock half of the time, and has it the other half.
        let prober = scope.spawn(|| {
            let file = File::open(&place).expect("there");
            while !is_over.load(Ordering::Relaxed) {
                if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
                    probes.fetch_add(1, Ordering::Relaxed);
                    flock(&file, FlockOperation::Unlock).expect("held");
                }
            }
        });
        for _ in 0..500 {
            let before = probes.load(Ordering::Relaxed);
            while probes.load(Ordering::Relaxed) == before && !prober.is_finished() {
                thread::yield_now();
            }
            let segment = handle.lock().expect("free");
            let adopted = segment.adopt(orphan).map(Lease::release);
            segment.unlock().expect("unlocked");
            if let Err(error) = adopted {
                is_over.store(true, Ordering::Relaxed);
                panic!("nobody holds it: {}", error.message());
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn the_superuser_adopts_nothing_in_another_users_store() {
    let Some(user) = hakurei_tests::other_user() else {
        skipped!("takes root, who may enter another user's store");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
    let shim = Shim::start();
    let mut supervisor = Peer::start(&program, &scene.base(), Some(user));
    assert!(supervisor.ask(&format!("save 7 1 {}", shim.0.id())).starts_with("saved "));
    let orphan = id(supervisor.pid(), 1);
    supervisor.kill();
    let handle = scene.store().handle(identity(7)).expect("there");
    let error = handle.lock().expect("free").adopt(orphan).expect_err("not root's");
    assert_eq!(error.kind(), ErrorKind::Refused, "{}", error.message());
    let mut next = Peer::start(&program, &scene.base(), Some(user));
    assert_eq!(next.ask(&format!("adopt 7 {orphan}")), format!("adopted {orphan}"));
}
