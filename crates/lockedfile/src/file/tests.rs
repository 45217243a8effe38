use std::error::Error as _;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::{LockErrorKind, Mutex};

fn place() -> (TempDir, Absolute) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("file")).unwrap();
    (directory, path)
}

fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn exists(path: &Absolute) -> bool {
    path.as_path().try_exists().unwrap()
}

/// What an attempt in another thread to open the file comes to, without waiting.
fn attempt(path: &Absolute, access: Access) -> Result<(), LockErrorKind> {
    elsewhere(|| match LockedFile::open_with(path, access, 0o600, Wait::never()) {
        Ok(_) => Ok(()),
        Err(FileError::Lock(error)) => Err(error.kind()),
        Err(error) => panic!("{error}"),
    })
}

#[test]
fn what_is_written_is_read() {
    let (_directory, path) = place();
    write(&path, "first and long", 0o640).unwrap();
    write(&path, "second", 0o600).unwrap();
    assert_eq!(read(&path).unwrap(), b"second");
    let mode = fs::metadata(path.as_path()).unwrap().mode();
    assert_eq!(mode & 0o700, 0o600, "the permissions are those of its creation");
}

#[test]
fn readers_share_and_writers_do_not() {
    let (_directory, path) = place();
    write(&path, "kept", 0o600).unwrap();
    let reader = LockedFile::open(&path).unwrap();
    assert_eq!(attempt(&path, Access::Read), Ok(()));
    assert_eq!(attempt(&path, Access::Edit), Err(LockErrorKind::TimedOut));
    assert_eq!(attempt(&path, Access::Create), Err(LockErrorKind::TimedOut));
    assert_eq!(io::read_to_string(reader).unwrap(), "kept", "emptied before it was locked");
    let editor = LockedFile::edit(&path).unwrap();
    assert_eq!(attempt(&path, Access::Read), Err(LockErrorKind::TimedOut));
    editor.close().unwrap();
    assert_eq!(attempt(&path, Access::Create), Ok(()));
    assert_eq!(read(&path).unwrap(), b"");
}

#[test]
fn an_edit_reads_seeks_and_writes() {
    let (_directory, path) = place();
    let mut file = LockedFile::edit(&path).unwrap();
    file.write_all(b"hello").unwrap();
    file.flush().unwrap();
    file.seek(SeekFrom::Start(1)).unwrap();
    file.write_all(b"u").unwrap();
    let mut rest = String::new();
    file.read_to_string(&mut rest).unwrap();
    assert_eq!((rest.as_str(), file.metadata().unwrap().len()), ("llo", 5));
    assert_eq!(file.path(), &path);
    file.close().unwrap();
    assert_eq!(read(&path).unwrap(), b"hullo");
}

#[test]
fn a_file_and_a_mutex_are_one_lock() {
    let (_directory, path) = place();
    let mutex = Mutex::at(path.clone());
    let guard = mutex.lock().unwrap();
    let Err(FileError::Lock(error)) = LockedFile::open(&path) else { panic!("locked twice") };
    assert_eq!(error.kind(), LockErrorKind::Deadlock);
    drop(guard);
    let file = LockedFile::open(&path).unwrap();
    assert_eq!(mutex.lock().unwrap_err().kind(), LockErrorKind::Deadlock);
    drop(file);
    drop(mutex.lock().unwrap());
}

#[test]
fn a_link_is_followed_and_what_is_no_file_is_refused() {
    let (directory, path) = place();
    let link = Absolute::try_from(directory.path().join("link")).unwrap();
    symlink(path.as_path(), link.as_path()).unwrap();
    write(&link, "through the link", 0o600).unwrap();
    assert_eq!(read(&path).unwrap(), b"through the link");
    let directory = Absolute::try_from(directory.path()).unwrap();
    let error = read(&directory).unwrap_err();
    let source = error.source().unwrap().to_string();
    assert_eq!(source, format!("open {directory}: not a regular file"));
}

#[test]
fn reading_creates_nothing() {
    let (_directory, path) = place();
    let FileError::Lock(error) = read(&path).unwrap_err() else { panic!("opened what is not") };
    assert_eq!(error.kind(), LockErrorKind::System);
    let cause = error.source().unwrap().downcast_ref::<PathError>().unwrap().cause();
    assert_eq!(cause.kind(), io::ErrorKind::NotFound);
    assert!(!exists(&path));
}
