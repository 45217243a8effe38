//! The search for a lock's holder through `/proc`.

use std::fs;
use std::io::Read as _;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::path::Path;

use super::proc::{self, Device, File};
use super::{Holder, Process};
use crate::{Inode, Kept, sys};

/// No text of `/proc` is read further than this; a machine with a hundred thousand locks has more.
const LONGEST_LIST: u64 = 8 << 20;
const LONGEST_ENTRY: u64 = 64 << 10;
/// How many descriptors of other processes are looked at.
const MOST_DESCRIPTORS: usize = 1 << 17;

/// Says who holds the lock on an open file, knowing that somebody does.
pub(crate) fn find(file: BorrowedFd<'_>, inode: Inode) -> Holder {
    let hidden = Holder { process: None, recorded_by: None, recorder_is_gone: false };
    if !is_own_proc() {
        return hidden;
    }
    let files = names(file, inode);
    let recorded = recorders(&files);
    if let Some(process) = recorded.iter().find_map(|pid| confirmed(*pid, &files)) {
        return Holder { recorded_by: Some(process.pid), process: Some(process), ..hidden };
    }
    let recorded_by = recorded.first().copied();
    Holder {
        process: search(&files),
        recorded_by,
        recorder_is_gone: recorded_by.is_some_and(sys::is_gone),
    }
}

/// Whether the kernel lists a lock on that file, among those that this process may know of.
pub(crate) fn is_recorded<O: AsFd>(kept: &Kept<O>) -> bool {
    is_own_proc() && !recorders(&names(kept.opened.as_fd(), kept.inode)).is_empty()
}

/// Whether `/proc` is that of this process's pid namespace; otherwise its numbers mean nothing here.
fn is_own_proc() -> bool {
    let link = fs::read_link("/proc/self").ok();
    link.is_some_and(|link| link == Path::new(&sys::process_id().to_string()))
}

/// What the kernel's list may call the file. It uses the device of the filesystem as mounted, which
/// on btrfs and overlayfs is not the `st_dev` of the file.
fn names(file: BorrowedFd<'_>, inode: Inode) -> Vec<File> {
    let (major, minor) = sys::halves(inode.device);
    let mut names = vec![File { device: Device { major, minor }, number: inode.number }];
    let fdinfo = format!("/proc/thread-self/fdinfo/{}", file.as_raw_fd());
    let descriptor = read(fdinfo, LONGEST_ENTRY).map(|text| proc::descriptor(&text));
    let descriptor = descriptor.unwrap_or_default();
    let device = descriptor.mount.and_then(|mount| {
        proc::mount_device(&read("/proc/thread-self/mountinfo", LONGEST_LIST)?, mount)
    });
    if let Some(device) = device {
        names.push(File { device, number: descriptor.number.unwrap_or(inode.number) });
    }
    names
}

/// The processes that have taken locks on the file, as the kernel lists them.
///
/// The kernel writes a page of its list at a time, and counts its way from one to the next: of a list
/// that changes in between, a line can be left out. So nobody counts only if that is said again.
fn recorders(files: &[File]) -> Vec<u32> {
    const READINGS: usize = 4;
    let mut readings = (0..READINGS).map(|_| listed(files));
    readings.find(|recorders| !recorders.is_empty()).unwrap_or_default()
}

fn listed(files: &[File]) -> Vec<u32> {
    let locks = read("/proc/locks", LONGEST_LIST).unwrap_or_default();
    let records = proc::records(&locks).filter(|record| files.contains(&record.file));
    records.filter_map(|record| record.process).collect()
}

/// Any process that has the locked descriptor open.
fn search(files: &[File]) -> Option<Process> {
    let mut left = MOST_DESCRIPTORS;
    let processes = fs::read_dir("/proc").ok()?;
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|pid| has_lock(*pid, files, &mut left))
        .map(describe)
}

/// The process, if it has the locked descriptor open.
fn confirmed(pid: u32, files: &[File]) -> Option<Process> {
    has_lock(pid, files, &mut MOST_DESCRIPTORS.clone()).then(|| describe(pid))
}

/// Whether one of a process's descriptors holds the lock; looks at no more than are `left`.
fn has_lock(pid: u32, files: &[File], left: &mut usize) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fdinfo")) else {
        return false;
    };
    for descriptor in descriptors.filter_map(Result::ok) {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        if read(descriptor.path(), LONGEST_ENTRY).is_some_and(|text| proc::holds(&text, files)) {
            return true;
        }
    }
    false
}

fn describe(pid: u32) -> Process {
    let comm = read(format!("/proc/{pid}/comm"), LONGEST_ENTRY);
    let stat = read(format!("/proc/{pid}/stat"), LONGEST_ENTRY);
    Process {
        pid,
        command: comm.map(|text| super::escaped(text.strip_suffix('\n').unwrap_or(&text))),
        is_stopped: stat.is_some_and(|text| proc::is_stopped(&text)),
    }
}

/// Reads a text to its end, or as far as is allowed.
fn read(path: impl AsRef<Path>, longest: u64) -> Option<String> {
    // As much as the kernel gives at a time.
    let mut bytes = Vec::with_capacity(4096);
    fs::File::open(path).ok()?.take(longest).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
