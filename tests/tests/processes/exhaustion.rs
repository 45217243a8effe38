//! When there is no more of something, for real: no room, no inodes, no descriptors, no memory, no
//! longer files; and when nothing may be written at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hakurei_check::Absolute;
use hakurei_store::{Store, Verdict};
use hakurei_tests::{Peer, Scene, id, identity, skipped};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

/// A helper program on a filesystem of its own, which no other process sees unless through it.
struct Apart {
    peer: Peer,
    place: PathBuf,
    /// The place is in it, and is gone with it.
    _scene: Scene,
}

impl Apart {
    /// Mounts a tmpfs with these options; none where this user may not, which is said.
    fn mount(options: &str) -> Option<Self> {
        let scene = Scene::new();
        let place = scene.path().to_owned();
        let own = place.to_str().expect("its name is ours");
        let mount = format!("mount -t tmpfs -o {options},mode=700 none {own}");
        let mut namespace = vec!["unshare", "--mount"];
        if !rustix::process::geteuid().is_root() {
            namespace.extend(["--user", "--map-root-user"]);
        }
        let [program, arguments @ ..] = &namespace[..] else { unreachable!("it has words") };
        let mut probe = Command::new(program);
        if !probe
            .args(arguments)
            .args(["sh", "-c", &mount])
            .output()
            .is_ok_and(|it| it.status.success())
        {
            skipped!("this user may not mount a tmpfs in a namespace of its own");
            return None;
        }
        let script = format!("{mount} && exec \"$0\" \"$1\"");
        let base = Absolute::try_from(place.join("state")).expect("it is absolute");
        let mut start = Command::new(program);
        start.args(arguments).args(["sh", "-c", &script, env!("CARGO_BIN_EXE_hoarder")]);
        let mut peer = Peer::start_by(start, &base);
        assert_eq!(peer.ask("list"), "");
        Some(Self { peer, place, _scene: scene })
    }

    /// The filesystem, seen from here.
    fn seen_from_here(&self) -> PathBuf {
        let inside = self.place.strip_prefix("/").expect("it is absolute");
        Path::new(&format!("/proc/{}/root", self.peer.pid())).join(inside)
    }

    fn ask(&mut self, question: &str) -> String {
        self.peer.ask(question)
    }

    /// One more helper program on the same filesystem.
    fn another(&self) -> Peer {
        let mut another = self.enter();
        another.arg(env!("CARGO_BIN_EXE_hoarder"));
        Peer::start_by(another, &self.base())
    }

    fn remount(&self, options: &str) {
        let mut remount = self.enter();
        remount.args(["mount", "-o", &format!("remount,bind,{options}")]).arg(&self.place);
        assert!(remount.status().expect("there is nsenter").success());
    }

    /// What is run where the helper program is.
    fn enter(&self) -> Command {
        let mut enter = Command::new("nsenter");
        enter.args(["--target", &self.peer.pid().to_string(), "--mount"]);
        if !rustix::process::geteuid().is_root() {
            enter.args(["--user", "--preserve-credentials"]);
        }
        enter
    }

    fn base(&self) -> Absolute {
        Absolute::try_from(self.place.join("state")).expect("it is absolute")
    }
}

/// How many were hoarded, and why no more.
fn hoarded(answer: &str) -> (usize, &str) {
    let (count, error) =
        answer.strip_prefix("hoarded ").and_then(|rest| rest.split_once(": ")).expect(answer);
    (count.parse().expect("a number"), error)
}

#[test]
fn on_a_full_filesystem_nothing_is_half_and_everything_can_end() {
    let Some(mut apart) = Apart::mount("size=256k") else { return };
    let answer = apart.ask("hoard 7");
    let (count, error) = hoarded(&answer);
    assert!(count > 10, "{answer}");
    assert!(error.starts_with("error System, encode state body: "), "{error}");
    assert!(error.ends_with("no space left on device"), "{error}");
    assert_eq!(apart.ask("list"), format!("running {count}"));
    let segment = apart.seen_from_here().join("state/7");
    let whole = fs::read_dir(&segment).expect("it is there").count();
    assert_eq!(whole, count + 1, "the entries, and the lock");

    // What is left of the last page.
    fs::write(apart.seen_from_here().join("rest"), vec![0; 1 << 20]).expect_err("it is full");
    assert_eq!(apart.ask("end"), "ended");
    assert_eq!(apart.ask("list"), format!("running {}", count - 1));
    fs::remove_file(apart.seen_from_here().join("rest")).expect("it was written in part");
    assert_eq!(apart.ask("save 7"), "saved");
    for _ in 0..count {
        assert_eq!(apart.ask("end"), "ended");
    }
    assert_eq!(apart.ask("list"), "");
}

#[test]
fn without_inodes_nothing_is_made_and_everything_can_end() {
    // The root, `state`, its lock, the segment and its lock; and five entries.
    let Some(mut apart) = Apart::mount("nr_inodes=10") else { return };
    let answer = apart.ask("hoard 7");
    let (count, error) = hoarded(&answer);
    assert!((1..=5).contains(&count), "{answer}");
    assert!(error.starts_with("error System, open state entry: "), "{error}");
    assert!(error.ends_with("no space left on device"), "{error}");
    let error = apart.ask("save 8");
    assert!(error.starts_with("error System, create store segment directory: "), "{error}");
    assert_eq!(apart.ask("list"), format!("running {count}"));

    // Room for the directory of a segment, and not for its lock.
    assert_eq!(apart.ask("end"), "ended");
    let error = apart.ask("save 8");
    assert!(error.starts_with("error System, acquire lock on store segment 8: "), "{error}");
    assert_eq!(apart.ask("list"), format!("running {}", count - 1));
    assert_eq!(apart.ask("end"), "ended");
    assert_eq!(apart.ask("end"), "ended");
    assert_eq!(apart.ask("save 8"), "saved");
}

#[test]
fn what_has_become_read_only_is_listed_and_nothing_else() {
    let Some(mut apart) = Apart::mount("size=1m") else { return };
    // As long as somebody has a file open to write to it, the kernel does not make it read-only.
    let mut gone = apart.another();
    assert_eq!(gone.ask("save 7"), "saved");
    assert_eq!(apart.ask("list"), "running 1");
    gone.kill();
    // Half an entry, which nobody can be writing.
    let half = apart.seen_from_here().join(format!("state/7/{}", id(1, 1)));
    fs::write(&half, b"\x00\xff").expect("written");
    apart.remount("ro");
    assert_eq!(apart.ask("list"), "corrupt 1, dead 1");
    let error = apart.ask("save 7");
    assert!(error.starts_with("error System, acquire lock on store segment 7: "), "{error}");
    assert!(error.ends_with("read-only file system"), "{error}");
    let error = apart.ask("save 8");
    assert!(error.starts_with("error System, acquire lock on the state store: "), "{error}");
    assert!(error.ends_with("read-only file system"), "{error}");
    assert_eq!(apart.ask("list"), "corrupt 1, dead 1");
    apart.remount("rw");
    assert_eq!(apart.ask("save 7"), "saved");
    assert_eq!(apart.ask("list"), "corrupt 1, dead 1, running 1");
}

/// A helper program with a store of its own.
fn hoarder(scene: &Scene) -> Peer {
    Peer::start(env!("CARGO_BIN_EXE_hoarder"), &scene.base(), None)
}

fn limit(peer: &Peer, resource: Resource, current: Option<u64>) {
    let pid = Pid::from_raw(peer.pid().cast_signed());
    // A child has ours.
    let maximum = getrlimit(resource).maximum;
    prlimit(pid, resource, Rlimit { current, maximum }).expect("a child's limits are ours");
}

#[test]
fn without_descriptors_each_failure_says_so_and_leaves_none() {
    let scene = Scene::new();
    let mut peer = hoarder(&scene);
    let open: u64 = peer.ask("descriptors").parse().expect("a number");
    let mut failures = 0;
    // From none that is free to as many as everything takes.
    for free in 0.. {
        // The directory that lists them is among them.
        limit(&peer, Resource::Nofile, Some(open - 1 + free));
        let answer = peer.ask("save 7");
        limit(&peer, Resource::Nofile, Some(1024));
        if answer == "saved" {
            break;
        }
        failures += 1;
        assert!(answer.starts_with("error System, "), "{answer}");
        assert!(
            answer.contains(scene.path().to_str().expect("ours")) || answer.contains(" /"),
            "{answer}"
        );
        assert!(answer.ends_with("too many open files"), "{answer}");
        assert_eq!(peer.ask("list"), "");
    }
    assert!(failures > 2, "{failures} failures");
    assert_eq!(peer.ask("list"), "running 1");
    assert_eq!(peer.ask("end"), "ended");

    let elsewhere = Scene::new();
    let mut undisturbed = hoarder(&elsewhere);
    assert_eq!(undisturbed.ask("save 7"), "saved");
    assert_eq!(undisturbed.ask("end"), "ended");
    assert_eq!(peer.ask("descriptors"), undisturbed.ask("descriptors"), "what is kept open");
}

#[test]
fn a_listing_without_descriptors_calls_nobody_dead() {
    let scene = Scene::new();
    let mut peer = hoarder(&scene);
    assert_eq!(peer.ask("save 7"), "saved");
    let open: u64 = peer.ask("descriptors").parse().expect("a number");
    for free in 0.. {
        limit(&peer, Resource::Nofile, Some(open - 1 + free));
        let answer = peer.ask("list");
        limit(&peer, Resource::Nofile, Some(1024));
        if answer == "running 1" {
            break;
        }
        assert!(answer.ends_with("too many open files") || answer == "unknown 1", "{answer}");
    }
    assert_eq!(peer.ask("end"), "ended");
}

#[test]
fn a_file_that_may_not_grow_so_long_is_an_error_and_no_entry() {
    let scene = Scene::new();
    // Whoever does not ignore the signal dies of it, and leaves nothing either.
    let mut ignoring = Command::new("sh");
    ignoring.args(["-c", "trap '' XFSZ; exec \"$0\" \"$1\"", env!("CARGO_BIN_EXE_hoarder")]);
    let mut peer = Peer::start_by(ignoring, &scene.base());
    assert_eq!(peer.ask("save 7"), "saved");
    for length in [0, 1, 8, 20, 100] {
        limit(&peer, Resource::Fsize, Some(length));
        let answer = peer.ask("save 7");
        assert!(answer.starts_with("error System, encode state body: "), "{answer}");
        assert!(answer.ends_with("file too large"), "{answer}");
        assert_eq!(peer.ask("list"), "running 1");
    }
    limit(&peer, Resource::Fsize, None);
    assert_eq!(peer.ask("save 7"), "saved");

    let mut dies = hoarder(&scene);
    assert_eq!(dies.ask("save 7"), "saved");
    limit(&dies, Resource::Fsize, Some(20));
    dies.tell("save 7");
    dies.wait();
    assert_eq!(peer.ask("end"), "ended");
    assert_eq!(verdicts(&scene.store()), [Verdict::Running, Verdict::Dead], "one of each");
}

#[test]
fn without_memory_a_process_dies_and_leaves_whole_entries() {
    let scene = Scene::new();
    let mut peer = hoarder(&scene);
    assert_eq!(peer.ask("save 7"), "saved");
    // Not even as much as it has; what it has freed it may use again, until that is used up.
    limit(&peer, Resource::As, Some(0));
    peer.tell("hoard 7");
    peer.wait();
    let verdicts = verdicts(&scene.store());
    assert!(!verdicts.is_empty() && verdicts.iter().all(|it| *it == Verdict::Dead), "{verdicts:?}");
    let handle = scene.store().handle(identity(7)).expect("it is there");
    assert!(handle.try_lock().expect("it can be locked").is_some(), "nobody holds it");
}

/// Of all entries, in any order: those that run first.
fn verdicts(store: &Store) -> Vec<Verdict> {
    let views = store.entries().expect("it can be read").map(|view| view.expect("no strays"));
    let mut verdicts: Vec<Verdict> = views
        .map(|view| {
            view.state().expect("it is whole");
            view.verdict()
        })
        .collect();
    verdicts.sort_by_key(|verdict| *verdict != Verdict::Running);
    verdicts
}
