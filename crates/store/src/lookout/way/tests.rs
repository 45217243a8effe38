use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use hakurei_check::Absolute;

use super::*;
use crate::fresh::skipped;
use crate::store::Store;

struct Scene {
    _directory: tempfile::TempDir,
    above: std::path::PathBuf,
    store: Store,
    wakers: Wakers,
    watches: Watches,
    way: Way,
}

impl Scene {
    /// A store some directories down that does not exist.
    #[expect(clippy::disallowed_methods, reason = "the test's own files")]
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("made");
        let above = directory.path().join("above");
        fs::create_dir_all(above.join("below/there")).expect("made");
        let base = Absolute::try_from(above.join("below/there/state")).expect("absolute");
        Self {
            _directory: directory,
            above,
            store: Store::new(base),
            wakers: Wakers::new().expect("there are descriptors"),
            watches: Watches::default(),
            way: Way::default(),
        }
    }

    fn walk(&mut self, attempts: usize) {
        let Self { store, wakers, watches, way, .. } = self;
        let store = way.walk_until_it_holds(attempts, &store.shared.base, watches, wakers);
        assert!(store.expect("nothing is wrong with it").is_none());
    }
}

#[test]
fn a_way_that_never_came_to_rest_is_walked_again() {
    let mut scene = Scene::new();
    // What was watched by the first walk would have to be found again by the second.
    scene.walk(1);
    assert!(scene.way.is_blind());
    scene.walk(1);
    assert!(!scene.way.is_blind());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn a_directory_that_may_not_be_watched_does_not_keep_the_way_from_coming_to_rest() {
    let mut scene = Scene::new();
    let set_mode = |above: &std::path::Path, mode| {
        fs::set_permissions(above, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    set_mode(&scene.above, 0o300);
    if fs::read_dir(&scene.above).is_ok() {
        skipped!("takes a user who may not read everything");
        return;
    }
    scene.walk(2);
    let is_blind = scene.way.is_blind();
    set_mode(&scene.above, 0o700);
    assert!(!is_blind);
}
