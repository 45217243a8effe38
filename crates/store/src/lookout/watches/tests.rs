use std::fs;
use std::path::Path;

use super::*;
use crate::fresh::skipped;

const ID: &str = "187a2f3d5c0a1b00f1e2d3c4b5a69788";

struct Scene {
    directory: tempfile::TempDir,
    wakers: Wakers,
    watches: Watches,
}

impl Watches {
    /// What should be an inotify is a directory.
    pub(in crate::lookout) fn that_cannot_be_read() -> Self {
        let opened = sys::open_dir(Path::new("/")).expect("there is one");
        Self { inotify: Some(opened), roles: BTreeMap::new() }
    }
}

impl Scene {
    fn watching(watched: Watched, role: Role) -> (Self, i32) {
        let directory = tempfile::tempdir().expect("made");
        let wakers = Wakers::new().expect("there are descriptors");
        let mut watches = Watches::default();
        let opened = sys::open_dir(directory.path()).expect("opened");
        let number = watches.add(&wakers, &opened, watched, role).expect("watched");
        (Self { directory, wakers, watches }, number)
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.path().join(name)
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn news(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        self.watches.read(|what| news.push(what)).expect("read");
        news
    }
}

fn key() -> Key {
    (Identity::MIN, ID.parse().expect("an id"))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn entries_come_go_and_change_and_strays_do_not() {
    let (mut scene, _) = Scene::watching(Watched::Files, Role::Segment(Identity::MIN));
    fs::create_dir(scene.at(ID)).expect("made");
    fs::remove_dir(scene.at(ID)).expect("removed");
    fs::write(scene.at("stray"), "1").expect("written");
    fs::write(scene.at("lock"), "1").expect("written");
    assert_eq!(scene.news(), []);
    fs::write(scene.at(ID), "1").expect("written");
    fs::remove_file(scene.at(ID)).expect("removed");
    let changed = News::Changed(key());
    assert_eq!(scene.news(), [News::Came(key()), changed, changed, News::Went(key())]);
    fs::rename(scene.at("stray"), scene.at(ID)).expect("moved");
    fs::rename(scene.at(ID), scene.at("stray")).expect("moved");
    assert_eq!(scene.news(), [News::Came(key()), News::Went(key())]);
}

#[test]
fn what_has_no_name_yet_is_not_heard_of() {
    let (mut scene, _) = Scene::watching(Watched::Files, Role::Segment(Identity::MIN));
    let opened = sys::open_dir(scene.path()).expect("opened");
    let Ok(file) = sys::create_unnamed(&opened) else {
        skipped!("the filesystem has no unnamed files");
        return;
    };
    sys::write_all(&file, b"entry").expect("written");
    sys::link(&file, &opened, c"187a2f3d5c0a1b00f1e2d3c4b5a69788").expect("linked");
    drop(file);
    assert_eq!(scene.news(), [News::Came(key())]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn of_a_way_only_its_names_matter_and_itself() {
    let (mut scene, number) = Scene::watching(Watched::Names, Role::Way(vec![c"state".to_owned()]));
    fs::create_dir(scene.at("other")).expect("made");
    assert_eq!(scene.news(), []);
    fs::create_dir(scene.at("state")).expect("made");
    assert_eq!(scene.news(), [News::Way]);
    assert!(scene.watches.is_watched(number, &Role::Way(vec![c"state".to_owned()])));
    fs::remove_dir_all(scene.path()).expect("removed");
    assert!(scene.news().iter().all(|news| *news == News::Way));
    assert!(!scene.watches.is_watched(number, &Role::Way(vec![c"state".to_owned()])));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn a_watch_that_is_given_up_says_nothing_more() {
    let (mut scene, number) = Scene::watching(Watched::Modes, Role::Base);
    fs::create_dir(scene.at("7")).expect("made");
    scene.watches.remove(number);
    fs::create_dir(scene.at("8")).expect("made");
    assert_eq!(scene.news(), []);
    assert!(
        !sys::wait_until_readable(&scene.wakers, Some(std::time::Instant::now())).expect("polled")
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn what_happens_while_it_is_read_is_left_for_the_next_time() {
    const BEFORE: usize = 1000;
    let (mut scene, _) = Scene::watching(Watched::Names, Role::Base);
    for number in 0..BEFORE {
        fs::create_dir(scene.at(&number.to_string())).expect("made");
    }
    let path = scene.path().to_owned();
    let mut heard = 0;
    let read = scene.watches.read(|_| {
        // For each that is heard of, somebody makes another.
        let number = BEFORE + heard;
        heard += 1;
        assert!(heard <= BEFORE, "there is no end to it");
        fs::create_dir(path.join(number.to_string())).expect("made");
    });
    read.expect("read");
    assert_eq!(heard, BEFORE);
    assert_eq!(scene.news().len(), BEFORE);
}
