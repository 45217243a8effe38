//! What threads may do with the handles of a store, in many orders: `cargo xtask shuttle`.
//!
//! The stores are real, and the threads of one process; what they wait for is shuttle's.

#![expect(clippy::disallowed_methods, reason = "what users do to a store goes by pathnames")]

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use hakurei_check::Absolute;
use hakurei_hst::Identity;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner, thread};
use tempfile::TempDir;

use crate::sync::let_others_run;
use crate::{ErrorKind, Handle, Store};

/// How many orders are tried, of those in sequence and of those by lot.
const EXECUTIONS: usize = 500;

const ID: Identity = Identity::MIN;

/// Runs a scene in many orders: by lot with few changes of thread, which finds what takes a certain
/// order, by lot, and in sequence from the first. The lots are the same each time.
fn explore(scene: impl Fn() + Send + Sync + 'static) {
    let scene = Arc::new(scene);
    let run = |scheduler: Box<dyn Scheduler + Send>| {
        let scene = Arc::clone(&scene);
        let mut config = Config::new();
        // It would say that statics end with an execution, which is what is wanted of them.
        config.silence_warnings = true;
        Runner::new(scheduler, config).run(move || scene())
    };
    run(Box::new(PctScheduler::new_from_seed(1971, 3, EXECUTIONS)));
    run(Box::new(RandomScheduler::new_from_seed(1971, EXECUTIONS)));
    // Last, for it wants each execution to find what the one before found: a segment that is there.
    run(Box::new(DfsScheduler::new(Some(EXECUTIONS), false)));
}

/// Starts so many threads that do the same, and waits for what they come to.
fn together<T: Send + 'static>(
    count: usize,
    what: impl Fn() -> T + Send + Sync + 'static,
) -> impl Iterator<Item = T> {
    let what = Arc::new(what);
    let threads: Vec<_> = (0..count)
        .map(|_| {
            let what = Arc::clone(&what);
            thread::spawn(move || what())
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap())
}

/// Directories for stores, a new one for each execution where that is wanted.
struct Places {
    directory: TempDir,
    made: AtomicU32,
}

impl Places {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), made: AtomicU32::new(0) }
    }

    /// A directory of that mode, which no execution has seen.
    fn fresh(&self, mode: u32) -> Absolute {
        let path = self.directory.path().join(self.made.fetch_add(1, SeqCst).to_string());
        DirBuilder::new().mode(mode).create(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        Absolute::try_from(path).unwrap()
    }
}

/// Takes the lock, and sees that nobody else has it.
fn hold(handle: &Handle, inside: &AtomicU32) {
    let segment = handle.lock().unwrap();
    assert_eq!(inside.fetch_add(1, SeqCst), 0, "two hold one segment");
    let_others_run();
    assert_eq!(inside.fetch_sub(1, SeqCst), 1, "two hold one segment");
    segment.unlock().unwrap();
}

fn is_forgotten(store: &Store) -> bool {
    store.shared.handles.is_empty()
}

#[test]
fn whoever_asks_at_once_gets_one_handle() {
    let places = Places::new();
    let base = places.fresh(0o700);
    explore(move || {
        let store = Store::new(base.clone());
        let asking = store.clone();
        let handles: Vec<_> = together(3, move || asking.handle(ID).unwrap()).collect();
        assert!(handles.iter().all(|handle| *handle == handles[0]), "two handles of one identity");
        assert_eq!(store.shared.handles.len(), 1);
        let leaving: Vec<_> =
            handles.into_iter().map(|handle| thread::spawn(move || drop(handle))).collect();
        leaving.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(is_forgotten(&store), "a place in the map is left");
    });
}

#[test]
fn a_handle_is_the_same_for_as_long_as_it_lives_and_its_place_ends_with_it() {
    let places = Places::new();
    let base = places.fresh(0o700);
    explore(move || {
        let store = Store::new(base.clone());
        let asking = store.clone();
        let come_and_go = move || {
            for _ in 0..2 {
                let handle = asking.handle(ID).unwrap();
                let_others_run();
                assert!(asking.handle(ID).unwrap() == handle, "another while the first one lives");
                drop(handle);
            }
        };
        together(2, come_and_go).for_each(drop);
        assert!(is_forgotten(&store), "a place in the map is left");
    });
}

#[test]
fn a_segment_that_is_made_by_several_is_whole_for_all() {
    let places = Places::new();
    explore(move || {
        let base = places.fresh(0o700);
        let stores = [Store::new(base.clone()), Store::new(base)];
        let inside = Arc::new(AtomicU32::new(0));
        let makers = stores.clone().map(|store| {
            let inside = Arc::clone(&inside);
            thread::spawn(move || hold(&store.handle(ID).unwrap(), &inside))
        });
        makers.into_iter().for_each(|maker| maker.join().unwrap());
        assert!(stores.iter().all(is_forgotten), "a place in the map is left");
    });
}

#[test]
fn stores_of_one_directory_exclude_each_other() {
    let places = Places::new();
    let base = places.fresh(0o700);
    explore(move || {
        let store = Store::new(base.clone());
        let (inside, base) = (AtomicU32::new(0), base.clone());
        let number = AtomicU32::new(0);
        let take = move || {
            // Two by one store, and one by another.
            let own = Store::new(base.clone());
            let store = if number.fetch_add(1, SeqCst) == 0 { &own } else { &store };
            hold(&store.handle(ID).unwrap(), &inside);
        };
        together(3, take).for_each(drop);
    });
}

#[test]
fn nothing_is_left_of_a_failure() {
    let places = Places::new();
    explore(move || {
        // Others may enter it, so it is refused; until its owner mends that.
        let base = places.fresh(0o755);
        let store = Store::new(base.clone());
        let asking = store.clone();
        let mending = thread::spawn(move || {
            let_others_run();
            fs::set_permissions(base.as_path(), Permissions::from_mode(0o700)).unwrap();
        });
        let ask = move || asking.handle(ID).map(drop).map_err(|error| error.kind());
        for answer in together(2, ask) {
            assert!(matches!(answer, Ok(()) | Err(ErrorKind::Untrusted)), "{answer:?}");
        }
        mending.join().unwrap();
        assert!(is_forgotten(&store), "a place in the map is left");
        let handle = store.handle(ID).expect("what failed once is tried again");
        hold(&handle, &AtomicU32::new(0));
        handle.close().unwrap();
        assert!(is_forgotten(&store), "a place in the map is left");
    });
}
