use std::error::Error as _;

use super::*;

/// Error numbers of the generic Linux ABI (asm-generic/errno.h).
const EACCES: i32 = 13;
const ENOTDIR: i32 = 20;

#[test]
fn says_call_path_and_cause_in_one_line() {
    let denied = PathError::new("open", "/x", io::Error::from_raw_os_error(EACCES));
    assert_eq!(denied.to_string(), "open /x: permission denied");

    let not_directory = PathError::new("mkdirat", "/a/b", io::Error::from_raw_os_error(ENOTDIR));
    assert_eq!(not_directory.to_string(), "mkdirat /a/b: not a directory");
}

#[test]
fn leaves_the_words_of_other_errors_alone() {
    let own = PathError::new("read", "/x", io::Error::other("Checksum of B differs"));
    assert_eq!(own.to_string(), "read /x: Checksum of B differs");

    let bare = PathError::new("read", "/x", io::ErrorKind::UnexpectedEof);
    assert_eq!(bare.to_string(), "read /x: unexpected end of file");
}

#[test]
fn gives_out_its_parts() {
    let error = PathError::new("flock", "/run/lock", io::Error::from_raw_os_error(EACCES));
    assert_eq!(error.call(), "flock");
    assert_eq!(error.path(), Path::new("/run/lock"));
    assert_eq!(error.cause().kind(), io::ErrorKind::PermissionDenied);
}

#[test]
fn the_source_is_the_error_of_the_system() {
    let error = PathError::new("open", "/x", io::Error::from_raw_os_error(EACCES));
    let source = error.source().expect("it has a cause");
    let cause = source.downcast_ref::<io::Error>().expect("the cause is an I/O error");
    assert_eq!(cause.raw_os_error(), Some(EACCES));
}
