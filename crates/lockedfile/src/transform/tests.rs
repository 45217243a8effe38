use std::convert::Infallible;
use std::os::fd::{AsRawFd as _, OwnedFd};

use proptest::prelude::*;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use tempfile::TempDir;

use super::*;
use crate::{PathError, read, write};

fn place() -> (TempDir, Absolute) {
    let directory = tempfile::tempdir().unwrap();
    let path = Absolute::try_from(directory.path().join("file")).unwrap();
    (directory, path)
}

/// A file to which the kernel refuses some change, and its name.
fn sealed(contents: &[u8], seals: SealFlags) -> (OwnedFd, Absolute) {
    let file = memfd_create("sealed", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    let path = Absolute::new(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
    write(&path, contents, 0).unwrap();
    fcntl_add_seals(&file, seals).unwrap();
    (file, path)
}

fn fails_to_write(path: &Absolute, new: &[u8]) {
    let error = transform(path, |_| Ok::<_, Infallible>(new.to_vec())).unwrap_err();
    let TransformError::File(FileError::System(error)) = error else { panic!("{error}") };
    assert_eq!((PathError::call(&error), error.path()), ("write", path.as_path()));
}

#[test]
fn a_callers_error_comes_back_as_it_is_and_changes_nothing() {
    let (_directory, path) = place();
    write(&path, "old", 0o600).unwrap();
    let error = transform(&path, |_| Err::<Vec<u8>, _>(io::Error::other("no"))).unwrap_err();
    assert!(matches!(&error, TransformError::Change(own) if own.to_string() == "no"), "{error}");
    assert_eq!(read(&path).unwrap(), b"old");
}

#[test]
fn a_file_that_cannot_grow_is_untouched() {
    let (_file, path) = sealed(b"old", SealFlags::GROW);
    fails_to_write(&path, b"new and longer");
    assert_eq!(read(&path).unwrap(), b"old");
}

#[test]
fn a_file_that_cannot_shrink_gets_its_contents_back() {
    let (_file, path) = sealed(b"old and longer", SealFlags::SHRINK);
    fails_to_write(&path, b"new");
    assert_eq!(read(&path).unwrap(), b"old and longer");
}

#[test]
fn it_is_locked_meanwhile() {
    let (_directory, path) = place();
    transform(&path, |old| {
        assert_eq!(old, b"");
        let nested = read(&path).unwrap_err();
        assert!(nested.to_string().contains("this thread holds it already"), "{nested}");
        Ok::<_, Infallible>(b"new".to_vec())
    })
    .unwrap();
    assert_eq!(read(&path).unwrap(), b"new");
}

proptest! {
    #[test]
    fn any_contents_replace_any_others(
        old in proptest::collection::vec(any::<u8>(), 0..20),
        new in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let (_directory, path) = place();
        write(&path, &old, 0o600).unwrap();
        transform(&path, |seen| {
            assert_eq!(seen, old);
            Ok::<_, Infallible>(new.clone())
        }).unwrap();
        prop_assert_eq!(read(&path).unwrap(), new);
    }
}
