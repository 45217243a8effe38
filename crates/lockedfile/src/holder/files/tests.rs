use std::fs;
use std::os::fd::AsFd as _;

use super::*;

#[test]
fn a_file_has_one_place_for_each_time_it_is_asked_about() {
    let file = tempfile::tempfile().unwrap();
    let inode = Inode::of(&file).unwrap();
    let (major, minor) = sys::halves(inode.device);
    let name = File { device: Device { major, minor }, number: inode.number };
    let mut files = Files::default();
    assert_eq!((files.count(), files.places(name)), (0, &[][..]));
    files.add(file.as_fd(), inode);
    files.add(file.as_fd(), inode);
    assert_eq!(files.count(), 2);
    let places = files.places(name);
    assert_eq!(places, [0, 1], "{files:?}");
    let other = File { number: inode.number.wrapping_add(1), ..name };
    assert_eq!(files.places(other), [0; 0]);
}

#[test]
fn the_device_of_a_mount_is_found_and_remembered() {
    let mut files = Files::default();
    let file = fs::File::open("/proc/self/stat").unwrap();
    let fdinfo = format!("/proc/self/fdinfo/{}", file.as_raw_fd());
    let text = proc::read(fdinfo, LONGEST_ENTRY).unwrap();
    let mount = proc::descriptor(&text).mount.unwrap();
    // The filesystem of /proc has no other number than its own.
    let (major, minor) = sys::halves(Inode::of(&file).unwrap().device);
    assert_eq!(files.device_of(mount), Some(Device { major, minor }));
    assert_eq!(files.mounts.len(), 1);
    assert_eq!(files.device_of(u64::MAX), None);
}
