//! What a hostile neighbour can put in the way of an ordinary user; only root can play both.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use hakurei_store::{ErrorKind, Verdict};
use hakurei_tests::{Peer, Scene, id, identity, other_user, skipped};

/// The neighbour, who owns what is in the way.
const STRANGER: u32 = 61_235;

/// A directory like /tmp, and the user whose store is to be in it.
struct Neighbourhood {
    scene: Scene,
    program: PathBuf,
    user: u32,
}

impl Neighbourhood {
    fn new() -> Option<Self> {
        let Some(user) = other_user() else {
            skipped!("takes root, who can be two users");
            return None;
        };
        let scene = Scene::new();
        set_mode(scene.path(), 0o1777);
        let program = scene.adopt_program(env!("CARGO_BIN_EXE_peer"));
        Some(Self { scene, program, user })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scene.path().join(name)
    }

    fn create_dir(&self, name: &str, owner: u32, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::create_dir(&path).expect("made");
        chown(&path, Some(owner), Some(owner)).expect("root may");
        set_mode(&path, mode);
        path
    }

    fn link(&self, target: &str, name: &str, owner: u32) {
        symlink(target, self.path(name)).expect("made");
        std::os::unix::fs::lchown(self.path(name), Some(owner), Some(owner)).expect("root may");
    }

    /// The user's program on a store of that name.
    fn peer(&self, name: &str) -> Peer {
        let base = hakurei_check::Absolute::try_from(self.path(name)).expect("absolute");
        Peer::start(&self.program, &base, Some(self.user))
    }

    /// Asks for a segment and for a listing there; both are refused, and neither writes anything.
    fn refuses(&self, name: &str, words: &str) {
        let before = names_below(self.scene.path());
        for question in ["save 7 1", "verdicts 7"] {
            let answer = self.peer(name).ask(question);
            assert!(answer.starts_with("error Untrusted: "), "{name}: {question}: {answer}");
            assert!(answer.contains(words), "{name}: {question}: {answer}");
        }
        assert_eq!(names_below(self.scene.path()), before, "{name}");
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("root may");
}

/// Every name, without following a link.
fn names_below(directory: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).expect("read") {
        let entry = entry.expect("read");
        names.push(entry.path());
        if entry.file_type().expect("known").is_dir() {
            names.extend(names_below(&entry.path()));
        }
    }
    names.sort_unstable();
    names
}

#[test]
fn a_base_that_a_stranger_was_quicker_to_make_is_refused() {
    let Some(near) = Neighbourhood::new() else { return };
    near.create_dir("state", STRANGER, 0o755);
    near.refuses("state", "state: it belongs to user 61235, not to user 61234");
    near.create_dir("hakurei", STRANGER, 0o777);
    near.refuses("hakurei/state", "hakurei: it belongs to user 61235");
    near.create_dir("sticky", STRANGER, 0o1777);
    near.refuses("sticky/state", "sticky: it belongs to user 61235");
    // Not even below a directory of the user's own, which the stranger could exchange.
    chown(near.create_dir("sticky/mine", near.user, 0o700), None, None).expect("root may");
    near.refuses("sticky/mine/state", "sticky: it belongs to user 61235");
}

#[test]
fn a_strangers_link_is_not_followed_and_ones_own_is() {
    let Some(near) = Neighbourhood::new() else { return };
    near.create_dir("mine", near.user, 0o700);
    near.link("mine", "theirs", STRANGER);
    near.refuses("theirs/state", "theirs: it is a symbolic link");
    near.refuses("theirs", "theirs: it is a symbolic link");
    near.link("mine", "own", near.user);
    near.refuses("own", "own: it is a symbolic link");
    assert!(near.peer("own/state").ask("save 7 1").starts_with("saved "));
    assert!(near.path("mine/state/7").is_dir());
    // What the user's own link leads through must pass as well.
    near.create_dir("open", near.user, 0o777);
    near.link("open/inner", "through", near.user);
    near.create_dir("open/inner", near.user, 0o700);
    near.refuses("through/state", "open: its mode 0777 lets others put things in its place");
}

#[test]
fn a_base_that_a_group_may_write_to_is_refused() {
    let Some(near) = Neighbourhood::new() else { return };
    near.create_dir("state", near.user, 0o770);
    near.refuses("state", "state: its mode 0770 lets others in");
    near.create_dir("group", near.user, 0o775);
    near.refuses("group/state", "group: its mode 0775 lets others put things in its place");
}

/// A segment of the user's, into whose entries things are put as only root or a bug could.
fn with_segment(near: &Neighbourhood) -> (Peer, PathBuf) {
    let mut peer = near.peer("state");
    assert!(peer.ask("save 7 1").starts_with("saved "));
    (peer, near.path("state/7"))
}

#[test]
fn what_stands_in_an_entrys_place_is_judged_and_not_touched() {
    let Some(near) = Neighbourhood::new() else { return };
    let (mut peer, segment) = with_segment(&near);
    let secret = near.path("secret");
    fs::write(&secret, "a secret").expect("written");
    set_mode(&secret, 0o600);
    let place = |count: u32| segment.join(id(0, count).to_string());
    let fifo = Command::new("mkfifo").arg(place(1)).status().expect("mkfifo is there");
    assert!(fifo.success());
    symlink(&secret, place(2)).expect("made");
    fs::hard_link(&secret, place(3)).expect("made");
    drop(UnixListener::bind(place(4)).expect("bound"));
    fs::File::create(place(5)).expect("made").set_len(2 << 20).expect("grown");
    fs::write(place(6), "a stranger's").expect("written");
    chown(place(6), Some(STRANGER), Some(STRANGER)).expect("root may");
    fs::write(place(7), "unreadable").expect("written");
    chown(place(7), Some(near.user), Some(near.user)).expect("root may");
    set_mode(&place(7), 0);
    for path in (1..=4).map(place) {
        std::os::unix::fs::lchown(path, Some(near.user), Some(near.user)).expect("root may");
    }
    chown(&secret, Some(0), Some(0)).expect("root may");

    let before = names_below(near.scene.path());
    // A directory is no entry, whatever its name; the others are listed nevertheless.
    fs::create_dir(place(8)).expect("made");
    let stray = peer.ask("verdicts 7");
    assert_eq!(stray, format!("error Stray: unexpected directory \"{}\" in store", id(0, 8)));
    fs::remove_dir(place(8)).expect("removed");
    let verdicts = peer.ask("verdicts 7");
    let expected: Vec<String> = [(1..=6, "corrupt"), (7..=7, "unknown")]
        .into_iter()
        .flat_map(|(counts, verdict)| {
            counts.map(move |count| format!("{}={verdict}", id(0, count)))
        })
        .chain([format!("{}=running", id(peer.pid(), 1))])
        .collect();
    let mut found: Vec<_> = verdicts.split(' ').map(str::to_owned).collect();
    let mut expected = expected;
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Nor does anything of it keep the user from saving and destroying.
    // What cannot be read might be Go's, so it takes Go's format.
    assert_eq!(peer.ask("format gob"), "gob");
    assert_eq!(peer.ask("churn 7 1"), "done");
    assert_eq!(names_below(near.scene.path()), before);
    assert_eq!(fs::read_to_string(&secret).expect("read"), "a secret");
    let secret = fs::metadata(&secret).expect("there");
    assert_eq!((secret.uid(), secret.mode() & 0o7777), (0, 0o600));
}

#[test]
fn a_lock_file_or_a_segment_of_a_strangers_is_an_error_and_hides_nothing_else() {
    let Some(near) = Neighbourhood::new() else { return };
    let (mut peer, segment) = with_segment(&near);
    near.create_dir("state/8", STRANGER, 0o777);
    let answer = peer.ask("save 8 2");
    assert!(answer.starts_with("error Untrusted: "), "{answer}");
    assert!(answer.contains("8: it belongs to user 61235"), "{answer}");
    near.link("../elsewhere", "state/9", near.user);
    near.create_dir("elsewhere", near.user, 0o700);
    let answer = peer.ask("save 9 2");
    assert!(answer.contains("9: not a directory"), "{answer}");
    assert_eq!(names_below(&near.path("elsewhere")), [""; 0].map(PathBuf::from));
    assert_eq!(peer.ask("verdicts 7"), format!("{}=running", id(peer.pid(), 1)));

    fs::remove_file(segment.join("lock")).expect("removed");
    near.link("../../target", "state/7/lock", near.user);
    let answer = near.peer("state").ask("save 7 3");
    assert!(answer.contains("lock: it is a symbolic link"), "{answer}");
    assert!(
        !near.path("target").try_exists().expect("seen"),
        "a lock file was made through a link"
    );
    fs::remove_file(segment.join("lock")).expect("removed");
    fs::write(segment.join("lock"), "").expect("written");
    std::os::unix::fs::chown(segment.join("lock"), Some(STRANGER), Some(STRANGER)).expect("given");
    fs::set_permissions(segment.join("lock"), Permissions::from_mode(0o666)).expect("changed");
    let answer = near.peer("state").ask("save 7 4");
    assert!(answer.contains("lock: it belongs to user 61235"), "{answer}");
}

#[test]
fn root_goes_by_the_users_rules_and_leaves_nothing_of_its_own() {
    let Some(near) = Neighbourhood::new() else { return };
    let base = near.create_dir("state", near.user, 0o700);
    let mut peer = near.peer("state");
    assert!(peer.ask("save 7 1").starts_with("saved "));
    let store = near.scene.store();
    let running = store.entry(identity(7), id(peer.pid(), 1)).expect("read").expect("there");
    assert_eq!(running.verdict(), Verdict::Running);
    // A stranger's way is as bad for root as it is for the user.
    near.create_dir("hakurei", STRANGER, 0o755);
    near.create_dir("hakurei/state", near.user, 0o700);
    let theirs = near.path("hakurei/state");
    let theirs =
        hakurei_store::Store::new(hakurei_check::Absolute::try_from(theirs).expect("absolute"));
    assert_eq!(theirs.entries().expect_err("refused").kind(), ErrorKind::Untrusted);
    assert_eq!(theirs.handle(identity(7)).expect_err("refused").kind(), ErrorKind::Untrusted);

    peer.kill();
    fs::remove_file(base.join("7/lock")).expect("removed");
    let handle = store.handle(identity(7)).expect("it exists");
    let segment = handle.lock().expect("free");
    assert_eq!(segment.len().expect("read"), 1);
    segment.unlock().expect("unlocked");
    for path in names_below(&base) {
        assert_eq!(fs::metadata(&path).expect("there").uid(), near.user, "{}", path.display());
    }
    assert!(near.peer("state").ask("save 7 2").starts_with("saved "));
}
