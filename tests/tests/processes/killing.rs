//! Signals to instances.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;

use hakurei_hst::InstanceId;
use hakurei_store::{Error, ErrorKind, Life, Member, Role, Signal, Verdict};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped, wrapper};
use rustix::fs::{FlockOperation, flock};

use crate::{PEER, gos_numbers_mean_something, peer, peer_in};

const TERM: i32 = 15;

fn kill(scene: &Scene, id: InstanceId, signal: &str) -> Result<Member, Error> {
    scene.store().kill(identity(7), id, signal.parse().expect("a signal"))
}

/// Has an instance recorded: of another monitor, if it is not 0, and with a shim, if it is not 0.
fn save(peer: &mut Peer, monitor: u32, shim: u32) -> InstanceId {
    let answer = peer.ask(&format!("save 7 1 {shim} {monitor}"));
    assert!(answer.starts_with("saved "), "{answer}");
    id(peer.pid(), 1)
}

fn verdict(scene: &Scene, id: InstanceId) -> Verdict {
    scene.store().entry(identity(7), id).expect("read").expect("there").verdict()
}

/// The lease of an entry, as whoever adopts it has it.
struct Adopted(File);

fn adopt(scene: &Scene, id: InstanceId) -> Adopted {
    let path = scene.base().as_path().join("7").join(id.to_string());
    let file = File::open(path).expect("it is there");
    flock(&file, FlockOperation::NonBlockingLockExclusive).expect("nobody holds it");
    Adopted(file)
}

impl Drop for Adopted {
    fn drop(&mut self) {
        // Another test may be starting a program, whose descriptors are these until it executes.
        flock(&self.0, FlockOperation::Unlock).expect("it is open");
    }
}

#[test]
fn the_monitor_is_signalled() {
    let scene = Scene::new();
    let (mut monitor, mut shim) = (peer(&scene.base()), peer(&scene.base()));
    let id = save(&mut monitor, 0, shim.pid());
    let member = kill(&scene, id, "TERM").expect("sent");
    assert_eq!((member.role(), member.life()), (Role::Monitor, Life::Alive));
    assert_eq!(u32::try_from(member.pid()), Ok(monitor.pid()));
    assert_eq!(monitor.wait().signal(), Some(TERM));
    assert!(shim.lives());
    assert_eq!(verdict(&scene, id), Verdict::Orphaned);
}

#[test]
fn the_shim_of_an_orphan_is_signalled_and_after_it_nobody() {
    let scene = Scene::new();
    let (mut monitor, mut shim) = (peer(&scene.base()), peer(&scene.base()));
    let id = save(&mut monitor, 0, shim.pid());
    monitor.kill();
    let member = kill(&scene, id, "RTMIN+2").expect("sent");
    assert_eq!(member.role(), Role::Shim);
    assert_eq!(shim.wait().signal(), Some(36));
    let error = kill(&scene, id, "KILL").expect_err("nobody is left");
    assert_eq!((error.kind(), error.step()), (ErrorKind::Ended, "signal instance"));
    assert!(error.message().ends_with("it has ended"), "{}", error.message());
}

#[test]
fn what_is_not_there_is_not_found() {
    let scene = Scene::new();
    let missing = id(1, 1);
    for _ in 0..2 {
        let error = kill(&scene, missing, "TERM").expect_err("there is none");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.message().contains(&missing.to_string()), "{}", error.message());
        assert!(!scene.base().as_path().join("7/lock").try_exists().expect("asked"));
        // The next time round in a store that exists.
        scene.store().handle(identity(8)).expect("made");
    }
}

#[test]
fn what_cannot_be_read_is_not_guessed_at() {
    let scene = Scene::new();
    let mut monitor = peer(&scene.base());
    let broken = save(&mut monitor, 0, 0);
    let path = scene.base().as_path().join("7").join(broken.to_string());
    fs::write(&path, b"\x00\xff\xca\xfe\x80\x01").expect("written");
    assert_eq!(kill(&scene, broken, "TERM").expect_err("broken").kind(), ErrorKind::Corrupt);
    fs::write(&path, b"\x00\xff\xca\xfe\x80\x77\x01\xfe").expect("written");
    assert_eq!(kill(&scene, broken, "TERM").expect_err("newer").kind(), ErrorKind::Newer);
    let segment = monitor.ask("lock 7");
    assert_eq!(segment, "locked");
    fs::write(&path, b"\x00\xff\xca\xfe\x80\x01").expect("written");
    let error = kill(&scene, broken, "TERM").expect_err("it is being written");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.message().contains("try again"), "{}", error.message());
    assert!(monitor.lives());
}

#[test]
fn a_monitor_is_not_signalled_in_the_place_of_who_adopted_its_instance() {
    let scene = Scene::new();
    let (mut monitor, mut shim) = (peer(&scene.base()), peer(&scene.base()));
    let id = save(&mut monitor, 0, shim.pid());
    assert_eq!(monitor.ask("release"), "released");
    // Nobody has taken it over yet.
    assert_eq!(kill(&scene, id, "CONT").expect("sent").role(), Role::Monitor);
    let lease = adopt(&scene, id);
    assert_eq!(kill(&scene, id, "TERM").expect("sent").role(), Role::Shim);
    assert_eq!(shim.wait().signal(), Some(TERM));
    assert!(monitor.lives());
    // Only the adopter is left, and no entry names it.
    let error = kill(&scene, id, "KILL").expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Refused);
    let held = format!("its lease is held by pid {}", std::process::id());
    assert!(error.message().contains(&held), "{}", error.message());
    assert!(monitor.lives());
    monitor.kill();
    assert_eq!(kill(&scene, id, "KILL").expect_err("refused").kind(), ErrorKind::Refused);
    drop(lease);
    assert_eq!(kill(&scene, id, "KILL").expect_err("dead").kind(), ErrorKind::Ended);
}

#[test]
fn a_monitor_that_hides_what_it_holds_is_not_taken_for_one_that_lets_go() {
    let scene = Scene::new();
    scene.create_base_for(other_user());
    let program = scene.adopt_program(PEER);
    let ordinary = || Peer::start(&program, &scene.base(), other_user());
    let (mut monitor, mut shim, mut killer) = (ordinary(), ordinary(), ordinary());
    let id = save(&mut monitor, 0, shim.pid());
    assert_eq!(monitor.ask("hide"), "hidden");
    let answer = killer.ask(&format!("kill 7 {id} TERM"));
    assert_eq!(answer, format!("sent to monitor {}", monitor.pid()));
    assert_eq!(monitor.wait().signal(), Some(TERM));
    assert!(shim.lives());
}

#[test]
fn the_shim_of_an_adopted_orphan_is_signalled() {
    let scene = Scene::new();
    let (mut monitor, mut shim) = (peer(&scene.base()), peer(&scene.base()));
    let id = save(&mut monitor, 0, shim.pid());
    monitor.kill();
    let _lease = adopt(&scene, id);
    assert_eq!(kill(&scene, id, "TERM").expect("sent").role(), Role::Shim);
    assert_eq!(shim.wait().signal(), Some(TERM));
}

#[test]
fn members_are_told_as_they_are_now() {
    let scene = Scene::new();
    let (mut monitor, shim) = (peer(&scene.base()), peer(&scene.base()));
    let shim_pid = shim.pid();
    let id = save(&mut monitor, 0, shim_pid);
    let view = scene.store().entry(identity(7), id).expect("read").expect("there");
    let lives = || view.members().iter().map(|one| (one.role(), one.life())).collect::<Vec<_>>();
    assert_eq!(lives(), [(Role::Monitor, Life::Alive), (Role::Shim, Life::Alive)]);
    shim.kill();
    assert_eq!(lives(), [(Role::Monitor, Life::Alive), (Role::Shim, Life::Gone)]);
    let numbers: Vec<_> = view.members().iter().map(Member::pid).collect();
    assert_eq!(numbers, [monitor.pid(), shim_pid].map(|pid| i32::try_from(pid).expect("a pid")));
}

#[test]
fn root_signals_nobody_but_the_stores_user() {
    let Some(user) = other_user() else {
        skipped!("takes root, who may signal everybody");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(PEER);
    let mut hostile = Peer::start(&program, &scene.base(), Some(user));
    // A process of root's, in a store of its own.
    let elsewhere = Scene::new();
    let mut victim = peer(&elsewhere.base());
    let id = save(&mut hostile, victim.pid(), 0);
    for _ in 0..2 {
        let error = kill(&scene, id, "KILL").expect_err("it is root's own");
        assert_eq!(error.kind(), ErrorKind::Refused, "{}", error.message());
        // Once with the lease held, by another process than the entry names, and once without.
        assert_eq!(hostile.ask("release"), "released");
    }
    assert!(verdict(&scene, id).counts_as_alive());
    let error = kill(&scene, id, "KILL").expect_err("it is root's own");
    let told = format!("process {}, which belongs to user 0", victim.pid());
    assert!(error.message().contains(&told), "{}", error.message());
    // Nor as a shim, behind a monitor that is gone.
    let mut gone = Peer::start(&program, &scene.base(), Some(user));
    let id = save(&mut gone, 0, victim.pid());
    gone.kill();
    let error = kill(&scene, id, "KILL").expect_err("it is root's own");
    assert_eq!(error.kind(), ErrorKind::Refused, "{}", error.message());
    assert!(victim.lives());
    // What is the user's own is signalled.
    let mut honest = Peer::start(&program, &scene.base(), Some(user));
    let id = save(&mut honest, 0, 0);
    assert_eq!(kill(&scene, id, "TERM").expect("sent").role(), Role::Monitor);
    assert_eq!(honest.wait().signal(), Some(TERM));
}

#[test]
fn an_identitys_own_user_may_be_signalled_as_a_shim() {
    let Some(user) = other_user() else {
        skipped!("takes root, who can be a subordinate user");
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(PEER);
    let elsewhere = Scene::new();
    let subordinate = hakurei_hst::APP_START + 7;
    elsewhere.create_base_for(Some(subordinate));
    let mut shim = Peer::start(&program, &elsewhere.base(), Some(subordinate));
    let mut monitor = Peer::start(&program, &scene.base(), Some(user));
    let id = save(&mut monitor, 0, shim.pid());
    monitor.kill();
    assert_eq!(kill(&scene, id, "TERM").expect("sent").role(), Role::Shim);
    assert_eq!(shim.wait().signal(), Some(TERM));
}

/// Writes an entry as Go does, which has no owner and no lease: this project's own, less what stands
/// behind the value.
fn save_as_go(scene: &Scene, peer: &mut Peer, monitor: u32, shim: u32) -> InstanceId {
    assert_eq!(peer.ask("format gob"), "gob");
    let id = save(peer, monitor, shim);
    assert_eq!(peer.ask("release"), "released");
    let path = scene.base().as_path().join("7").join(id.to_string());
    let mut entry = fs::read(&path).expect("read");
    let trailer = entry.windows(7).rposition(|bytes| bytes == b"hkowner").expect("a trailer");
    entry.truncate(trailer);
    fs::remove_file(&path).expect("removed");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    std::io::Write::write_all(file.as_mut().expect("made"), &entry).expect("written");
    id
}

#[test]
fn what_go_wrote_is_signalled_by_its_own_rules() {
    if !gos_numbers_mean_something() {
        return;
    }
    let scene = Scene::new();
    let mut monitor = peer(&scene.base());
    let id = save_as_go(&scene, &mut monitor, 0, 0);
    assert_eq!(verdict(&scene, id), Verdict::Running);
    assert_eq!(kill(&scene, id, "TERM").expect("sent").role(), Role::Monitor);
    assert_eq!(monitor.wait().signal(), Some(TERM));
    assert_eq!(kill(&scene, id, "TERM").expect_err("dead").kind(), ErrorKind::Ended);
}

#[test]
fn a_process_that_began_after_gos_entry_is_not_signalled() {
    if !gos_numbers_mean_something() {
        return;
    }
    let scene = Scene::new();
    let mut monitor = peer(&scene.base());
    let id = save_as_go(&scene, &mut monitor, 0, 0);
    // An hour before this process began.
    let path = scene.base().as_path().join("7").join(id.to_string());
    let file = File::options().write(true).open(path).expect("opened");
    let an_hour = std::time::Duration::from_secs(3600);
    file.set_modified(std::time::SystemTime::now() - an_hour).expect("set");
    assert_eq!(verdict(&scene, id), Verdict::Unknown);
    let error = kill(&scene, id, "KILL").expect_err("it may be anybody");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.message().contains("by the clock"), "{}", error.message());
    assert!(monitor.lives());
}

#[test]
fn a_shim_of_gos_is_not_dead_where_its_user_is_not_mapped() {
    if !gos_numbers_mean_something() {
        return;
    }
    if other_user().is_none() {
        skipped!("takes root, who can start a process of a subordinate user");
        return;
    }
    let scene = Scene::new();
    scene.create_base_for(None);
    let program = scene.adopt_program(PEER);
    let mut shim = Peer::start(program, &scene.base(), Some(hakurei_hst::APP_START + 7));
    let mut monitor = peer(&scene.base());
    let id = save_as_go(&scene, &mut monitor, 0, shim.pid());
    monitor.kill();
    assert_eq!(verdict(&scene, id), Verdict::Orphaned);
    for place in [
        &["unshare", "--user", "--map-root-user"][..],
        &["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--unshare-user"],
    ] {
        let Some(command) = wrapper(place) else { continue };
        let mut inside = peer_in(command, &scene);
        assert_eq!(inside.ask(&format!("verdict 7 {id}")), "orphaned", "{place:?}");
        let answer = inside.ask(&format!("kill 7 {id} KILL"));
        assert!(answer.starts_with("error Refused: "), "{answer}");
        assert!(answer.contains("user namespace"), "{answer}");
    }
    assert!(shim.lives());
    shim.kill();
    assert_eq!(verdict(&scene, id), Verdict::Dead);
}

#[test]
fn signals_that_the_c_library_keeps_are_refused() {
    let scene = Scene::new();
    let mut monitor = peer(&scene.base());
    let id = save(&mut monitor, 0, 0);
    let reserved = Signal::try_from(33).expect("a number");
    let error = scene.store().kill(identity(7), id, reserved).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::System);
    assert!(error.message().contains("33"), "{}", error.message());
    assert!(monitor.lives());
}
