#![expect(clippy::disallowed_methods, reason = "what the calls are compared with")]

use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt as _, symlink};

use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::{FdFlags, fcntl_getfd};

use super::file::open_for_reading;
use super::*;

const NAME: &std::ffi::CStr = c"name";

/// What a descriptor was opened with.
fn flags(fd: &OwnedFd) -> OFlags {
    assert_eq!(fcntl_getfd(fd), Ok(FdFlags::CLOEXEC));
    fcntl_getfl(fd).unwrap()
}

#[test]
fn what_is_opened_is_closed_on_exec_and_follows_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let dir = open_dir(directory.path()).unwrap();
    // Not every filesystem has such files.
    let flags_of_unnamed = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    if rustix::fs::openat(&dir, ".", flags_of_unnamed, rustix::fs::Mode::RUSR).is_ok() {
        assert!(flags(&create_unnamed(&dir).unwrap()).contains(OFlags::RDWR));
    }
    let created = create_exclusive(&dir, NAME).unwrap();
    assert!(flags(&created).contains(OFlags::RDWR | OFlags::NOFOLLOW));
    assert_eq!(create_exclusive(&dir, NAME).unwrap_err(), Errno::EXIST);
    let lock = open_lock(&dir, NAME).unwrap();
    assert!(flags(&lock).contains(OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK));
    let entry = open_for_reading(&dir, NAME).unwrap();
    let read_only = !(flags(&entry) & OFlags::ACCMODE).intersects(OFlags::RDWR | OFlags::WRONLY);
    assert!(read_only && flags(&entry).contains(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    assert!(flags(&dir).contains(OFlags::DIRECTORY | OFlags::NOFOLLOW));
    for other in [open_root(), open_path(&dir, NAME), duplicate(&entry)] {
        flags(&other.unwrap());
    }
    for waits_for_nothing in [timer(), inotify()] {
        match waits_for_nothing {
            Ok(fd) => assert!(flags(&fd).contains(OFlags::NONBLOCK)),
            // A user has only so many, and other tests have some.
            Err(errno) => assert_eq!(errno, Errno::MFILE),
        }
    }
    symlink("name", directory.path().join("link")).unwrap();
    for refused in [open_for_reading(&dir, c"link"), open_lock(&dir, c"link")] {
        assert_eq!(refused.unwrap_err(), Errno::LOOP);
    }
}

#[test]
fn a_new_file_is_the_owners_whatever_it_was_made_with() {
    let file = tempfile::tempfile().unwrap();
    rustix::fs::fchmod(&file, rustix::fs::Mode::empty()).unwrap();
    restrict_to_owner(&file).unwrap();
    assert_eq!(stat(&file).unwrap().mode, 0o600);
}

#[test]
fn what_somebody_else_has_opened_is_closed_on_exec_as_well() {
    let given = rustix::io::dup(tempfile::tempfile().unwrap()).unwrap();
    assert_eq!(fcntl_getfd(&given), Ok(FdFlags::empty()));
    close_on_exec(&given).unwrap();
    assert_eq!(fcntl_getfd(&given), Ok(FdFlags::CLOEXEC));
}

#[test]
fn what_proc_says_is_read_whole_and_told_from_files() {
    // More than one read takes, and nothing in it changes by itself.
    let read = |path: &str| std::fs::read(path).unwrap();
    for path in ["/proc/self/environ", "/proc/filesystems", "/proc/self/cmdline"] {
        assert_eq!(read_proc(path).unwrap(), read(path), "{path}");
        assert_eq!(read_and_see_whose(path).unwrap(), (read(path), true), "{path}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    std::fs::write(path, "a file").unwrap();
    assert_eq!(read_and_see_whose(path), Ok((b"a file".to_vec(), false)));
    let namespace = std::fs::metadata("/proc/self/ns/pid").unwrap();
    assert_eq!(inode_of("/proc/self/ns/pid"), Ok(namespace.ino()));
}

#[test]
fn ticks_are_parts_of_a_second() {
    let per_second = rustix::param::clock_ticks_per_second();
    assert_eq!(ticks_to_duration(0), Duration::ZERO);
    assert_eq!(ticks_to_duration(7 * per_second), Duration::from_secs(7));
    let half = per_second / 2;
    let time =
        Duration::from_secs(3) + Duration::from_secs(half) / u32::try_from(per_second).unwrap();
    assert_eq!(ticks_to_duration(3 * per_second + half), time);
}

#[test]
fn clocks_go_on_and_chance_is_never_the_same() {
    let before = boottime();
    assert!(!before.is_zero());
    pause(Duration::from_millis(2));
    assert!(boottime() >= before + Duration::from_millis(2));
    assert_ne!(random().unwrap(), random().unwrap());
}

#[test]
fn a_process_has_one_inode_for_good_where_there_are_any() {
    let [one, same] = [(); 2].map(|()| pidfd_open(getpid()).unwrap());
    let is_pidfs = filesystem_magic(&one).unwrap() == 0x5049_4446;
    assert_eq!(pidfd_inode(&one).is_some(), is_pidfs);
    assert_eq!(pidfd_inode(&one), pidfd_inode(&same));
    assert_eq!(pidfd_inode(open_root().unwrap()), None);
    for no_number in [0, -1, i32::MIN] {
        assert_eq!(pidfd_open(no_number).unwrap_err(), Errno::INVAL);
    }
}
