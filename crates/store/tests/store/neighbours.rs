//! Things in an entry's place, and odd ways to the base.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;

use hakurei_check::Absolute;
use hakurei_store::{ErrorKind, Store, Verdict};

use crate::{Scene, id, identity, record};

/// The verdict on what stands in the place of an entry, and why.
fn verdict(scene: &Scene) -> (Verdict, String) {
    let view = scene.store.entry(identity(1), id(0)).expect("read").expect("there");
    let message = view.summary().expect_err("no entry").message();
    (view.verdict(), message)
}

fn with_segment() -> (Scene, std::path::PathBuf) {
    let scene = Scene::new();
    drop(scene.store.handle(identity(1)).expect("made"));
    let place = scene.path(&format!("1/{}", id(0)));
    (scene, place)
}

#[test]
fn what_is_no_entry_is_corrupt_and_never_waited_for() {
    let (scene, place) = with_segment();
    let expect = |words: &str| {
        let (verdict, message) = verdict(&scene);
        assert_eq!(verdict, Verdict::Corrupt, "{message}");
        assert!(message.ends_with(words), "{message}");
        fs::remove_file(&place).expect("removed");
    };
    let fifo = std::process::Command::new("mkfifo").arg(&place).status().expect("mkfifo is there");
    assert!(fifo.success());
    expect("it is a fifo");
    let device = std::process::Command::new("mknod").arg(&place).args(["c", "1", "3"]).output();
    if device.is_ok_and(|made| made.status.success()) {
        expect("it is a character device");
    } else {
        skipped!("in part: takes root, who can make a device");
    }
    drop(UnixListener::bind(&place).expect("bound"));
    expect("it is a socket");
    symlink("/etc/passwd", &place).expect("made");
    expect("it is a symbolic link that may not be followed");
    let file = scene.directory.path().join("file");
    fs::write(&file, "").expect("written");
    fs::hard_link(&file, &place).expect("linked");
    expect("it has 2 names");
    fs::File::create(&place).expect("made").set_len(2 << 20).expect("grown");
    expect("it is 2097152 bytes long, more than 1048576");
}

#[test]
fn the_base_is_no_link_and_its_ancestors_may_be() {
    let scene = Scene::new();
    drop(scene.store.handle(identity(1)).expect("made"));
    let linked = scene.directory.path().join("linked");
    symlink(scene.store.base().as_path(), &linked).expect("made");
    for spelling in ["linked", "linked/"] {
        let base = Absolute::try_from(scene.directory.path().join(spelling)).expect("absolute");
        let error = Store::new(base).handle(identity(1)).expect_err("a link");
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
    }
    symlink("hakurei", scene.directory.path().join("parent")).expect("made");
    let base = Absolute::try_from(scene.directory.path().join("parent/state")).expect("absolute");
    let store = Store::new(base);
    store.handle(identity(2)).expect("its ancestors are ours");
    assert_eq!(scene.store.identities().expect("listed"), [1, 2].map(identity));
}

#[test]
fn links_that_go_in_circles_come_to_an_end() {
    let scene = Scene::new();
    symlink("b", scene.directory.path().join("a")).expect("made");
    symlink("a", scene.directory.path().join("b")).expect("made");
    let base = Absolute::try_from(scene.directory.path().join("a/state")).expect("absolute");
    let error = Store::new(base).handle(identity(1)).expect_err("circular");
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
}

#[test]
fn as_many_links_are_followed_as_the_kernel_follows() {
    let scene = Scene::new();
    // What leads there counts as well.
    let directory = fs::canonicalize(scene.directory.path()).expect("there");
    fs::create_dir(directory.join("0")).expect("made");
    // path_resolution(7): forty in all.
    for (link, number) in (1..=41).enumerate() {
        symlink(link.to_string(), directory.join(number.to_string())).expect("made");
    }
    let store = |number: u32| {
        let base = directory.join(number.to_string()).join("state");
        Store::new(Absolute::try_from(base).expect("absolute"))
    };
    store(40).handle(identity(1)).expect("made");
    let mut watch = store(40).watch().expect("watched");
    let lease = store(40).handle(identity(1)).expect("there").save(&record(1, 1)).expect("saved");
    let soon = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let event = watch.next_until(Some(soon)).expect("looked at").expect("it comes");
    assert_eq!(event.id, lease.id());
    lease.destroy().expect("destroyed");
    let error = store(41).handle(identity(1)).expect_err("one too many");
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
}

#[test]
fn an_ancestor_that_others_may_write_to_is_refused_unless_it_is_sticky() {
    for (mode, accepted) in [(0o755, true), (0o775, false), (0o757, false), (0o1777, true)] {
        let scene = Scene::new();
        fs::create_dir(scene.directory.path().join("hakurei")).expect("made");
        let parent = scene.directory.path().join("hakurei");
        fs::set_permissions(&parent, Permissions::from_mode(mode)).expect("changed");
        let made = scene.store.handle(identity(1));
        assert_eq!(made.is_ok(), accepted, "{mode:o}");
        assert_eq!(scene.store.base().as_path().is_dir(), accepted, "{mode:o}");
        if let Err(error) = made {
            assert_eq!(error.kind(), ErrorKind::Untrusted);
            assert!(error.message().contains("lets others put things in its place"));
        }
    }
}

#[test]
fn a_base_in_the_place_of_another_is_looked_at_like_the_first() {
    let (scene, _) = with_segment();
    assert_eq!(scene.store.identities().expect("listed"), [identity(1)]);
    let parent = scene.directory.path().join("hakurei");
    fs::rename(scene.store.base().as_path(), parent.join("away")).expect("moved");
    fs::create_dir(scene.store.base().as_path()).expect("made");
    fs::set_permissions(scene.store.base().as_path(), Permissions::from_mode(0o700))
        .expect("changed");
    fs::set_permissions(&parent, Permissions::from_mode(0o777)).expect("changed");
    let error = scene.store.identities().expect_err("others may exchange it");
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
    fs::set_permissions(&parent, Permissions::from_mode(0o755)).expect("changed");
    assert_eq!(scene.store.identities().expect("listed"), []);
}

/// Root lists everybody's store, and anybody else their own.
#[test]
fn a_base_is_its_users_or_read_by_root() {
    let (scene, _) = with_segment();
    let chown = |path: &std::path::Path| std::os::unix::fs::chown(path, Some(4242), Some(4242));
    let base = scene.store.base().as_path();
    if chown(base).and_then(|()| chown(&scene.path("1"))).is_ok() {
        assert_eq!(scene.store.identities().expect("listed"), [identity(1)]);
        return;
    }
    let owner = |path| std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).expect("there"));
    if owner("/") != 0 || owner("/proc/self") == 0 {
        return skipped!("takes root, or a user to whom / is root's");
    }
    let error = Store::new(Absolute::ROOT).identities().expect_err("root's");
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
    assert!(error.message().contains("belongs to user 0"), "{}", error.message());
}

#[test]
fn a_file_in_the_place_of_a_directory_is_said_to_be_one() {
    let scene = Scene::new();
    fs::write(scene.directory.path().join("hakurei"), "").expect("written");
    let error = scene.store.handle(identity(1)).expect_err("a file");
    assert!(error.message().ends_with("hakurei: it is a regular file"), "{}", error.message());
}

#[test]
fn a_lock_file_with_another_name_is_refused() {
    let (scene, _) = with_segment();
    fs::hard_link(scene.path("1/lock"), scene.directory.path().join("other")).expect("linked");
    let error = scene.store.handle(identity(1)).expect_err("two names");
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    let record = record(1, 0);
    fs::remove_file(scene.directory.path().join("other")).expect("removed");
    let handle = scene.store.handle(identity(1)).expect("one name");
    handle.lock().expect("free").save(&record).expect("saved").release();
}

#[test]
fn a_base_that_is_opened_to_others_meanwhile_is_not_added_to() {
    let (scene, _) = with_segment();
    let handle = scene.store.handle(identity(1)).expect("there");
    let base = scene.store.base().as_path();
    fs::set_permissions(base, Permissions::from_mode(0o777)).expect("changed");
    let error = handle.save(&record(1, 0)).expect_err("open to everybody");
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", error.message());
    fs::set_permissions(base, Permissions::from_mode(0o700)).expect("changed");
    handle.save(&record(1, 0)).expect("closed again").destroy().expect("destroyed");
}
