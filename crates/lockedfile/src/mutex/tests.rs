use std::cell::Cell;
use std::error::Error as _;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode as Permissions, OFlags};
use tempfile::TempDir;

use super::*;
use crate::acquire::ATTEMPTS;
use crate::{Inode, LockErrorKind, Visibility, Waiting};

/// A directory of the test's own, and a lock file's name in it.
fn place() -> (TempDir, Absolute) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("lock")).unwrap();
    (directory, path)
}

/// Does something in another thread, and waits for it.
fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn exists(path: &Absolute) -> bool {
    path.as_path().try_exists().unwrap()
}

fn is_free(path: &Absolute) -> bool {
    elsewhere(|| Mutex::at(path.clone()).try_lock().unwrap().is_some())
}

/// A place that does as it is told, over a real file.
struct Strange {
    path: Absolute,
    opens: AtomicU32,
    /// How many times opening fails before it succeeds.
    failures: u32,
    current: fn(&Absolute) -> Result<Option<Inode>, PathError>,
}

impl Strange {
    fn new(path: &Absolute) -> Self {
        let current = |path: &Absolute| path.current();
        Self { path: path.clone(), opens: AtomicU32::new(0), failures: 0, current }
    }
}

impl Place for Strange {
    type Opened = OwnedFd;

    fn path(&self) -> &Absolute {
        &self.path
    }

    fn open(&self) -> Result<OwnedFd, PathError> {
        if self.opens.fetch_add(1, Ordering::Relaxed) < self.failures {
            return Err(PathError::new("open", self.path.as_path(), io::ErrorKind::OutOfMemory));
        }
        Place::open(&self.path)
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        (self.current)(&self.path)
    }
}

#[test]
fn making_a_mutex_touches_nothing_and_locking_creates_the_file() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    assert!(!exists(&path));
    let guard = mutex.lock().unwrap();
    let mode = fs::metadata(path.as_path()).unwrap().permissions().mode();
    assert_eq!((guard.mode(), mode & 0o777), (Mode::Exclusive, 0o600));
    assert_eq!(Inode::of(guard.opened()).unwrap(), path.current().unwrap().unwrap());
    guard.unlock().unwrap();
    assert!(exists(&path), "the file stays");
}

#[test]
fn two_mutexes_on_one_file_exclude_each_other() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let guard = mutex.lock().unwrap();
    assert!(!is_free(&path));
    assert!(elsewhere(|| mutex.try_lock().unwrap().is_none()), "nor may it on the same descriptor");
    guard.unlock().unwrap();
    assert!(is_free(&path));
    let guard = mutex.try_lock().unwrap();
    assert!(guard.is_some() && !is_free(&path));
    drop(guard);
    assert!(is_free(&path));
}

#[test]
fn threads_take_turns() {
    let (_directory, path) = place();
    let shared = Mutex::at(path.clone());
    let count = AtomicU32::new(0);
    let work = |mutex: &Mutex| {
        for _ in 0..200 {
            let _guard = mutex.lock().unwrap();
            // Two steps, so that a second thread in here would lose one.
            let seen = count.load(Ordering::Relaxed);
            thread::yield_now();
            count.store(seen + 1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| work(&shared));
            scope.spawn(|| work(&Mutex::at(path.clone())));
        }
    });
    assert_eq!(count.into_inner(), 1200);
}

#[test]
fn a_thread_is_refused_what_it_holds() {
    let (_directory, path) = place();
    let (mutex, other) = (Mutex::at(path.clone()), Mutex::at(path));
    for mode in [Mode::Exclusive, Mode::Shared] {
        let guard = mutex.lock_with(mode, Wait::forever()).unwrap();
        let refused = [
            mutex.lock().unwrap_err(),
            other.lock().unwrap_err(),
            other.try_lock().unwrap_err(),
            other.lock_with(Mode::Shared, Wait::forever()).unwrap_err(),
        ];
        for error in refused {
            assert_eq!((error.kind(), error.is_held_here()), (LockErrorKind::Deadlock, true));
            assert!(error.to_string().ends_with("/lock: this thread holds it already"), "{error}");
            let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
            assert_eq!(source.kind(), io::ErrorKind::Deadlock);
        }
        drop(guard);
    }
    drop(other.lock().unwrap());
}

#[test]
fn ranks_are_taken_upwards() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| Absolute::try_from(directory.path().join(name)).unwrap();
    let (store, one, two) = (
        Mutex::at(at("store")).ranked(Rank(1)),
        Mutex::at(at("one")).ranked(Rank(2)),
        Mutex::at(at("two")).ranked(Rank(2)),
    );
    let _store = store.lock().unwrap();
    let segment = one.lock().unwrap();
    for (refused, is_held_here) in
        [(two.lock(), false), (store.lock(), true), (two.try_lock().map(Option::unwrap), false)]
    {
        let error = refused.unwrap_err();
        assert_eq!((error.kind(), error.is_held_here()), (LockErrorKind::Deadlock, is_held_here));
    }
    let error = two.lock().unwrap_err().to_string();
    assert!(error.ends_with(": it has rank 2, and this thread holds a lock of rank 2"), "{error}");
    elsewhere(|| drop(two.lock().unwrap()));
    drop(Mutex::at(at("unranked")).lock().unwrap());
    segment.unlock().unwrap();
    drop(two.lock().unwrap());
}

#[test]
fn what_the_name_means_now_is_what_is_locked() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    drop(mutex.lock().unwrap());
    let replace: [fn(&Absolute); 3] = [
        |path| fs::remove_file(path.as_path()).unwrap(),
        |path| fs::rename(path.as_path(), path.as_path().with_extension("old")).unwrap(),
        |path| {
            let new = path.as_path().with_extension("new");
            fs::write(&new, "").unwrap();
            fs::rename(new, path.as_path()).unwrap();
        },
    ];
    for replace in replace {
        replace(&path);
        let guard = mutex.lock().unwrap();
        assert_eq!(Inode::of(guard.opened()).unwrap().number, inode_number(&path));
        assert!(!is_free(&path));
    }
}

fn inode_number(path: &Absolute) -> u64 {
    fs::metadata(path.as_path()).unwrap().ino()
}

#[test]
fn a_name_that_never_stays_is_given_up() {
    let (_directory, path) = place();
    let elsewhere = |_: &Absolute| Ok(Some(Inode { device: u64::MAX, number: 0 }));
    for current in [elsewhere, |_: &Absolute| Ok(None)] {
        let mutex = Mutex::at(Strange { current, ..Strange::new(&path) });
        let error = mutex.lock().unwrap_err();
        assert_eq!(error.kind(), LockErrorKind::Unstable);
        assert!(error.to_string().contains("after each of 16 lockings"), "{error}");
        assert_eq!(mutex.place().opens.load(Ordering::Relaxed), ATTEMPTS);
        assert!(is_free(&path));
    }
}

#[test]
fn a_name_that_cannot_be_looked_up_is_not_kept_locked() {
    let (_directory, path) = place();
    let current = |path: &Absolute| {
        Err(PathError::new("lstat", path.as_path(), io::ErrorKind::PermissionDenied))
    };
    let mutex = Mutex::at(Strange { current, ..Strange::new(&path) });
    let error = mutex.lock().unwrap_err();
    assert_eq!(error.kind(), LockErrorKind::System);
    assert_eq!(error.source().unwrap().downcast_ref::<PathError>().unwrap().call(), "lstat");
    assert!(is_free(&path));
    assert_eq!(mutex.lock().unwrap_err().kind(), LockErrorKind::System, "not a deadlock");
}

#[test]
fn a_failure_to_open_is_not_remembered() {
    let (_directory, path) = place();
    let mutex = Mutex::at(Strange { failures: 2, ..Strange::new(&path) });
    assert_eq!(mutex.open().unwrap_err().kind(), LockErrorKind::System);
    assert_eq!(mutex.lock().unwrap_err().kind(), LockErrorKind::System);
    drop(mutex.lock().unwrap());
}

#[test]
fn the_file_is_opened_once_and_by_each_who_shares() {
    let (_directory, path) = place();
    let mutex = Mutex::at(Strange::new(&path));
    let opens = || mutex.place().opens.load(Ordering::Relaxed);
    let kept = mutex.open().unwrap();
    for _ in 0..3 {
        let guard = mutex.lock().unwrap();
        assert!(std::ptr::eq(guard.opened(), kept.opened()));
    }
    assert_eq!(opens(), 1);
    for _ in 0..3 {
        drop(mutex.lock_with(Mode::Shared, Wait::forever()).unwrap());
    }
    assert_eq!(opens(), 4);
}

#[test]
fn sharers_exclude_only_who_does_not_share() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let share = || mutex.lock_with(Mode::Shared, Wait::never());
    let guard = share().unwrap();
    assert_eq!(guard.mode(), Mode::Shared);
    elsewhere(|| drop(share().unwrap()));
    assert!(!is_free(&path), "the end of another's share is not the end of this");
    drop(guard);
    let _guard = mutex.lock().unwrap();
    assert_eq!(elsewhere(|| share().unwrap_err().kind()), LockErrorKind::TimedOut);
}

#[test]
fn what_is_free_is_had_without_a_word() {
    let (_directory, path) = place();
    let mut observer = |_: &Waiting<'_>| panic!("there is nothing to wait for");
    let wait = Wait::until(Instant::now()).cancelled_by(&|| true).observed_by(&mut observer);
    assert!(Mutex::at(path).lock_with(Mode::Exclusive, wait).is_ok());
}

#[test]
fn who_waits_is_told_once_and_then_served() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let guard = mutex.lock().unwrap();
    let (waits, waiting) = mpsc::channel();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let mut tell = |waiting: &Waiting<'_>| {
                waits
                    .send((waiting.path().clone(), waiting.holder(), waiting.to_string()))
                    .unwrap();
            };
            let wait = Wait::forever().observed_by(&mut tell);
            Mutex::at(path.clone()).lock_with(Mode::Exclusive, wait).unwrap().unlock().unwrap();
        });
        let (told, holder, text) = waiting.recv().unwrap();
        assert_eq!(told, path);
        assert_eq!(holder.pid(), Some(sys::process_id()));
        assert_eq!(text, format!("waiting for {path}, {holder}"));
        guard.unlock().unwrap();
        waiter.join().unwrap();
        assert!(waiting.try_recv().is_err(), "told twice");
    });
}

#[test]
fn at_the_deadline_the_holder_is_named() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let _guard = mutex.lock().unwrap();
    let errors = elsewhere(|| {
        let other = Mutex::at(path.clone());
        [
            mutex.lock_until(Instant::now() + Duration::from_millis(5)).unwrap_err(),
            other.lock_until(Instant::now()).unwrap_err(),
            other.lock_with(Mode::Exclusive, Wait::never()).unwrap_err(),
        ]
    });
    for error in errors {
        assert_eq!((error.kind(), error.path()), (LockErrorKind::TimedOut, &path));
        assert!(error.source().is_none());
        let holder = error.holder().unwrap();
        assert_eq!(holder.visibility(), Visibility::Confirmed);
        assert_eq!(holder.recorded_by(), Some(sys::process_id()));
        let (pid, command) = (holder.pid().unwrap(), holder.command().unwrap());
        let expected = format!("lock {path}: timed out, held by pid {pid} ({command})");
        assert_eq!((error.to_string(), pid), (expected, sys::process_id()));
    }
}

#[test]
fn a_wait_is_cancelled() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let _guard = mutex.lock().unwrap();
    let error = elsewhere(|| {
        let asked = Cell::new(0);
        let cancelled = || asked.replace(asked.get() + 1) == 3;
        let wait = Wait::forever().cancelled_by(&cancelled);
        mutex.lock_with(Mode::Exclusive, wait).unwrap_err()
    });
    assert_eq!(error.kind(), LockErrorKind::Cancelled);
    assert_eq!(error.to_string(), format!("lock {path}: cancelled while waiting"));
}

#[test]
fn nobody_holds_a_lock_that_is_free() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    assert_eq!(mutex.holder().unwrap(), None);
    assert!(!exists(&path), "asking creates nothing");
    let guard = mutex.lock().unwrap();
    assert_eq!(mutex.holder().unwrap().unwrap().pid(), Some(sys::process_id()));
    assert!(!is_free(&path), "asking releases nothing");
    drop(guard);
    assert_eq!(mutex.holder().unwrap(), None);
    let _guard = mutex.lock_with(Mode::Shared, Wait::never()).unwrap();
    assert_eq!(mutex.holder().unwrap().unwrap().pid(), Some(sys::process_id()));
}

#[test]
fn what_is_no_lock_file_is_refused() {
    let (directory, path) = place();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    type Make = fn(&PathBuf, &Absolute);
    let make: [(Make, &str); 4] = [
        (|file, path| symlink(file, path.as_path()).unwrap(), "oo many levels of symbolic links"),
        (|_, path| fs::create_dir(path.as_path()).unwrap(), "s a directory"),
        (|file, path| fs::hard_link(file, path.as_path()).unwrap(), "the file has another name"),
        (|_, path| make_fifo(path), "not a regular file"),
    ];
    for (make, expected) in make {
        make(&file, &path);
        let error = Mutex::at(path.clone()).lock().unwrap_err();
        assert_eq!(error.to_string(), format!("lock {path}"));
        let source = error.source().unwrap().to_string();
        assert!(source.starts_with(&format!("open {path}: ")), "{source}");
        assert!(source.contains(expected), "{source}");
        fs::remove_file(path.as_path()).or_else(|_| fs::remove_dir(path.as_path())).unwrap();
    }
}

fn make_fifo(path: &Absolute) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path.as_path(), FileType::Fifo, Mode::RWXU, 0).unwrap();
}

#[test]
fn a_thread_that_panics_lets_go() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let panicked = thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _guard = mutex.lock().unwrap();
            panic!("while it holds the lock");
        });
        holder.join().is_err()
    });
    assert!(panicked && is_free(&path));
}

#[test]
fn closing_leaves_open_what_is_lent() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let kept = mutex.open().unwrap();
    mutex.close().unwrap();
    assert_eq!(kept.inode(), Inode::of(kept.opened().as_fd()).unwrap());
    let mutex = Mutex::at(path.clone());
    drop(mutex.lock().unwrap());
    mutex.close().unwrap();
    Mutex::at(path).close().unwrap();
}

#[test]
fn mutexes_are_sent_and_shared() {
    fn is_sent_and_shared<T: Send + Sync>(_: &T) {}
    let (_directory, path) = place();
    let mutex = Mutex::at(path);
    is_sent_and_shared(&mutex);
    let error = Mutex::at(Absolute::ROOT).lock().unwrap_err();
    is_sent_and_shared(&error);
    assert!(format!("{mutex:?}").contains("lock"));
}

/// A lock file that can come to be one that flock refuses.
struct Refusing {
    file: OwnedFd,
    /// Opened by `O_PATH`, which flock(2) answers EBADF.
    other: OwnedFd,
    refuses: Cell<bool>,
}

impl AsFd for Refusing {
    fn as_fd(&self) -> BorrowedFd<'_> {
        if self.refuses.get() { self.other.as_fd() } else { self.file.as_fd() }
    }
}

impl Place for Refused {
    type Opened = Refusing;

    fn path(&self) -> &Absolute {
        &self.0
    }

    fn open(&self) -> Result<Refusing, PathError> {
        let other = rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Permissions::empty());
        Ok(Refusing { file: self.0.open()?, other: other.unwrap(), refuses: Cell::new(false) })
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        self.0.current()
    }
}

struct Refused(Absolute);

#[test]
fn what_cannot_be_unlocked_is_closed() {
    let (_directory, path) = place();
    let mutex = Mutex::at(Refused(path.clone()));
    let guard = mutex.lock().unwrap();
    guard.opened().refuses.set(true);
    assert!(!is_free(&path));
    let error = guard.unlock().unwrap_err();
    assert_eq!(error.kind(), LockErrorKind::System);
    assert!(is_free(&path), "it is not kept locked until the process ends");

    let guard = mutex.lock().unwrap();
    guard.opened().refuses.set(true);
    drop(guard);
    assert!(is_free(&path));
    mutex.lock().unwrap().unlock().unwrap();
}
