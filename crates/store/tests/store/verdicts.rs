//! One entry of every verdict.

use std::fs;
use std::process::{Child, Command, Stdio};

use hakurei_hst::{Enablements, State};
use hakurei_store::{Lease, Record, Verdict};

use crate::{Scene, id, state};

/// A process that is somebody's monitor until it is killed, which happens at the end anyway.
struct Process(Child);

impl Process {
    fn start() -> Self {
        // It waits for the end of an input that this process holds.
        Self(Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat is there"))
    }

    fn pid(&self) -> i64 {
        self.0.id().into()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it is ours");
    }
}

/// Which count each entry has in its id.
pub(crate) const RUNNING: u8 = 1;
pub(crate) const MONITORED: u8 = 2;
pub(crate) const DEAD: u8 = 3;
pub(crate) const ORPHANED: u8 = 4;
pub(crate) const UNKNOWN: u8 = 5;
pub(crate) const CORRUPT: u8 = 6;
pub(crate) const NEWER: u8 = 7;
pub(crate) const TRUNCATED: u8 = 8;

/// A segment with entries of all verdicts; what runs among them runs for as long as this lives.
pub(crate) struct Menagerie {
    pub(crate) scene: Scene,
    pub(crate) number: u16,
    pub(crate) lease: Lease,
    _shim: Process,
}

impl Menagerie {
    pub(crate) fn new() -> Self {
        Self::in_scene(Scene::new(), 7)
    }

    pub(crate) fn in_scene(scene: Scene, number: u16) -> Self {
        let shim = Process::start();
        let lease = save(&scene, &uses(number, RUNNING, Enablements::WAYLAND));
        save(&scene, &uses(number, MONITORED, Enablements::X11)).release();
        let monitor = Process::start();
        let mut dead = uses(number, DEAD, Enablements::ALL);
        dead.pid = monitor.pid();
        save(&scene, &dead).release();
        let mut orphaned = uses(number, ORPHANED, Enablements::DBUS);
        (orphaned.pid, orphaned.shim_pid) = (monitor.pid(), shim.pid());
        save(&scene, &orphaned).release();
        drop(monitor);
        let mut unknown = uses(number, UNKNOWN, Enablements::from_bits(0));
        unknown.pid = -1;
        save(&scene, &unknown).release();
        for count in [CORRUPT, NEWER, TRUNCATED] {
            save(&scene, &uses(number, count, Enablements::from_bits(0))).release();
        }
        let menagerie = Self { scene, number, lease, _shim: shim };
        menagerie.change(CORRUPT, |bytes| bytes[100] ^= 1);
        menagerie.change(NEWER, |bytes| bytes[5] = 2);
        menagerie.change(TRUNCATED, |bytes| bytes.truncate(100));
        menagerie
    }

    pub(crate) fn place(&self, count: u8) -> std::path::PathBuf {
        self.scene.path(&format!("{}/{}", self.number, id(count)))
    }

    fn change(&self, count: u8, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.place(count)).expect("read");
        change(&mut bytes);
        fs::write(self.place(count), bytes).expect("written");
    }

    /// Takes an entry away as somebody does who knows nothing of the store.
    pub(crate) fn remove(&self, count: u8) {
        fs::remove_file(self.place(count)).expect("removed");
    }
}

fn uses(number: u16, count: u8, enablements: Enablements) -> State {
    let mut state = state(number, count);
    state.config.enablements = Some(enablements);
    state
}

fn save(scene: &Scene, state: &State) -> Lease {
    let handle = scene.store.handle(state.config.identity).expect("made");
    handle.save(&Record::new(state).expect("valid")).expect("saved")
}

#[test]
fn there_is_one_of_each() {
    let menagerie = Menagerie::new();
    for (count, verdict) in [
        (RUNNING, Verdict::Running),
        (MONITORED, Verdict::Running),
        (DEAD, Verdict::Dead),
        (ORPHANED, Verdict::Orphaned),
        (UNKNOWN, Verdict::Unknown),
        (CORRUPT, Verdict::Corrupt),
        (NEWER, Verdict::Newer),
        (TRUNCATED, Verdict::Corrupt),
    ] {
        let view = menagerie.scene.store.entry(crate::identity(7), id(count)).expect("read");
        let view = view.expect("there");
        assert_eq!((view.verdict(), view.is_leased()), (verdict, count == RUNNING));
    }
}

#[test]
fn each_has_a_word_that_scripts_rely_on() {
    for (verdict, word) in [
        (Verdict::Running, "running"),
        (Verdict::Orphaned, "orphaned"),
        (Verdict::Starting, "starting"),
        (Verdict::Dead, "dead"),
        (Verdict::Unknown, "unknown"),
        (Verdict::Corrupt, "corrupt"),
        (Verdict::Newer, "newer"),
    ] {
        assert_eq!((verdict.as_str(), format!("{verdict:>9}")), (word, format!("{word:>9}")));
    }
}
