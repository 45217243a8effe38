//! Processes that are not what their numbers say, or that are and do not look it.

use hakurei_hst::InstanceId;
use hakurei_store::{Life, Role, Signal, Verdict, View};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped, unshare, wrapper};

use crate::{PEER, peer, peer_in};

fn look(scene: &Scene, id: InstanceId) -> View<'static> {
    scene.store().entry(identity(7), id).expect("read").expect("there")
}

/// The words behind `saved`.
fn saved(answer: &str) -> String {
    answer.strip_prefix("saved ").unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The first process of a new pid namespace, which can give numbers again.
fn namespace(scene: &Scene) -> Option<Peer> {
    let mut command = wrapper(&unshare(&["--fork", "--pid", "--mount-proc", "--kill-child"]))?;
    command.arg(env!("CARGO_BIN_EXE_namesakes")).arg(scene.base().as_path()).arg(PEER);
    let mut namespace = Peer::spawn(command);
    // The 0th lasts, and looks.
    namespace.ask("start");
    Some(namespace)
}

#[test]
fn a_number_that_is_used_again_fools_neither_a_verdict_nor_a_signal() {
    let scene = Scene::new();
    let Some(mut namespace) = namespace(&scene) else { return };
    let pid = namespace.ask("start");
    let id = saved(&namespace.ask("1 save 7 1"));
    assert_eq!(namespace.ask(&format!("0 verdict 7 {id}")), "running");
    assert_eq!(namespace.ask("replace 1"), format!("replaced {pid}"));
    assert_eq!(namespace.ask(&format!("0 verdict 7 {id}")), "dead");
    let answer = namespace.ask(&format!("0 kill 7 {id} KILL"));
    assert!(answer.starts_with("error Ended: "), "{answer}");
    assert_eq!(namespace.ask("lives"), "true");
}

#[test]
fn a_shims_number_that_is_used_again_fools_them_no_more() {
    let scene = Scene::new();
    let Some(mut namespace) = namespace(&scene) else { return };
    namespace.ask("start");
    let shim = namespace.ask("start");
    let id = saved(&namespace.ask(&format!("1 save 7 1 {shim}")));
    assert_eq!(namespace.ask("end 1"), "ended");
    assert_eq!(namespace.ask(&format!("0 verdict 7 {id}")), "orphaned");
    assert_eq!(namespace.ask("replace 2"), format!("replaced {shim}"));
    assert_eq!(namespace.ask(&format!("0 verdict 7 {id}")), "dead");
    let answer = namespace.ask(&format!("0 kill 7 {id} KILL"));
    assert!(answer.starts_with("error Ended: "), "{answer}");
    assert_eq!(namespace.ask("lives"), "true");
}

#[test]
fn a_zombie_is_gone() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    let id: InstanceId = saved(&peer.ask("save 7 1")).parse().expect("an id");
    assert_eq!(look(&scene, id).verdict(), Verdict::Running);
    peer.kill_unreaped();
    let view = look(&scene, id);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Dead, false));
    assert_eq!(view.members()[0].life(), Life::Gone);
}

#[test]
fn a_process_whose_first_thread_has_ended_lives_on() {
    let scene = Scene::new();
    let mut peer = peer(&scene.base());
    let id: InstanceId = saved(&peer.ask("save 7 1")).parse().expect("an id");
    assert_eq!(peer.ask("leave"), "left");
    let view = look(&scene, id);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, true));
    let locks = scene.store().locks().expect("listed");
    let [lock] = &locks[..] else { panic!("{locks:?}") };
    let holder = lock.as_ref().expect("a lock").holder();
    assert_eq!(holder.pid(), Some(peer.pid()), "{holder}");
    // Only its other threads show that it holds its lease, and is the one to signal.
    let kill = |signal| scene.store().kill(identity(7), id, signal).expect("sent");
    assert_eq!(kill("CONT".parse().expect("a signal")).role(), Role::Monitor);
    assert_eq!(peer.ask("release"), "released");
    let view = look(&scene, id);
    assert_eq!((view.verdict(), view.is_leased()), (Verdict::Running, false));
    assert_eq!(kill(Signal::KILL).role(), Role::Monitor);
    peer.wait();
    assert_eq!(look(&scene, id).verdict(), Verdict::Dead);
}

#[test]
fn what_proc_hides_is_not_gone() {
    let Some(user) = other_user() else {
        skipped!("takes root, who can mount a /proc that hides processes");
        return;
    };
    let change = format!("setpriv --reuid={user} --regid={user} --clear-groups");
    let script = format!("mount -t proc -o hidepid=2 proc /proc && exec {change} \"$@\"");
    let Some(mut command) = wrapper(&["unshare", "--mount", "sh", "-c", &script, "sh"]) else {
        return;
    };
    let scene = Scene::new();
    scene.create_base_for(Some(user));
    let program = scene.adopt_program(PEER);
    let mut hidden = Peer::start(&program, &scene.base(), Some(user));
    let id = saved(&hidden.ask("save 7 1"));
    assert_eq!(hidden.ask("hide"), "hidden");
    command.arg(&program).arg(scene.base().as_path());
    let mut looker = Peer::spawn(command);
    assert_eq!(looker.ask(&format!("sees {}", hidden.pid())), "false");
    assert_eq!(looker.ask(&format!("verdict 7 {id}")), "running");
    assert_eq!(hidden.ask("release"), "released");
    // By its inode it is known to live; without one (before Linux 6.9) it would not be known.
    let verdict = looker.ask(&format!("verdict 7 {id}"));
    assert!(matches!(&*verdict, "running" | "unknown"), "{verdict}");
    hidden.kill();
    assert_eq!(looker.ask(&format!("verdict 7 {id}")), "dead");
}

#[test]
fn from_other_namespaces_nothing_alive_is_called_dead() {
    let mut places: Vec<Vec<&str>> = [
        &["--fork", "--pid", "--mount-proc", "--kill-child"][..],
        // With the outer namespace's /proc.
        &["--fork", "--pid", "--kill-child"],
        &["--fork", "--time", "--boottime", "1000000", "--kill-child"],
        &["--fork", "--pid", "--mount-proc", "--time", "--boottime", "1000000", "--kill-child"],
    ]
    .map(unshare)
    .into();
    places.push(vec!["unshare", "--user", "--map-root-user"]);
    places.push(vec!["unshare", "--user"]);
    for bwrap in [
        &["--unshare-pid", "--proc", "/proc"][..],
        &["--unshare-pid"],
        &["--unshare-user", "--unshare-pid", "--proc", "/proc"],
        &["--unshare-user"],
    ] {
        places.push([&["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev"], bwrap].concat());
    }
    let scene = Scene::new();
    let (mut leased, mut free, mut shim) =
        (peer(&scene.base()), peer(&scene.base()), peer(&scene.base()));
    let ids = [
        saved(&leased.ask("save 7 1")),
        saved(&free.ask("save 7 2")),
        saved(&shim.ask(&format!("save 7 3 {}", leased.pid()))),
    ];
    assert_eq!(free.ask("release"), "released");
    assert_eq!(shim.ask("release"), "released");
    for place in places {
        let Some(command) = wrapper(&place) else { continue };
        let mut inside = peer_in(command, &scene);
        for (at, id) in ids.iter().enumerate() {
            let verdict = inside.ask(&format!("verdict 7 {id}"));
            // Who is nobody in there may not open the store at all.
            let may_be = match (&*verdict, at) {
                ("running", _) | ("unknown", 1..) => true,
                (refused, _) => refused.starts_with("error ") && place == ["unshare", "--user"],
            };
            assert!(may_be, "{place:?}: {verdict}");
        }
    }
}

#[test]
fn a_boot_id_of_a_containers_own_tells_nothing_of_what_runs_elsewhere() {
    let scene = Scene::new();
    let boot = scene.path().join("boot_id");
    std::fs::write(&boot, "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0\n").expect("written");
    let mut outside = peer(&scene.base());
    let alive = saved(&outside.ask("save 7 1"));
    assert_eq!(outside.ask("release"), "released");
    // As systemd-nspawn mounts one for each container.
    let behind_the_mount_of = |boot: &str| {
        let over = "/proc/sys/kernel/random/boot_id";
        let script = format!("mount --bind {boot} {over} && exec \"$@\"");
        wrapper(&[&unshare(&["--mount"])[..], &["sh", "-c", &script, "sh"]].concat())
    };
    // Another of the kernel's own files is not its boot id either.
    let Some(command) = behind_the_mount_of("/proc/sys/kernel/random/uuid") else { return };
    let mut inside = peer_in(command, &scene);
    assert_eq!(inside.ask(&format!("verdict 7 {alive}")), "unknown");
    let boot = boot.to_str().expect("a temporary directory is named so");
    let Some(command) = behind_the_mount_of(boot) else { return };
    let mut inside = peer_in(command, &scene);
    assert_eq!(inside.ask(&format!("verdict 7 {alive}")), "unknown");
    let id = saved(&inside.ask("save 7 2"));
    assert_eq!(inside.ask("release"), "released");
    assert_eq!(outside.ask(&format!("verdict 7 {id}")), "unknown");
    // Those who share it know of one another.
    let Some(command) = behind_the_mount_of(boot) else { return };
    let mut beside = peer_in(command, &scene);
    assert_eq!(beside.ask(&format!("verdict 7 {id}")), "running");
    inside.kill();
    assert_eq!(beside.ask(&format!("verdict 7 {id}")), "dead");
    assert_eq!(outside.ask(&format!("verdict 7 {id}")), "unknown");
}

#[test]
fn from_another_pid_namespace_nobody_is_signalled() {
    let words = unshare(&["--fork", "--pid", "--mount-proc", "--kill-child"]);
    let Some(command) = wrapper(&words) else { return };
    let scene = Scene::new();
    let mut outside = peer(&scene.base());
    let saved = saved(&outside.ask("save 7 1"));
    let mut inside = peer_in(command, &scene);
    let answer = inside.ask(&format!("kill 7 {saved} KILL"));
    assert!(answer.starts_with("error Refused: "), "{answer}");
    assert!(answer.contains("another process namespace"), "{answer}");
    assert!(outside.lives());
    assert_eq!(saved, id(outside.pid(), 1).to_string());
}
