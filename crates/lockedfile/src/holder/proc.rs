//! The texts of `/proc` that tell of locks, mounts and processes; proc(5).
//!
//! What is not understood is not there.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// No text of `/proc` is read further than this; a machine with a hundred thousand locks has more.
pub(super) const LONGEST_LIST: u64 = 8 << 20;
pub(super) const LONGEST_ENTRY: u64 = 64 << 10;

/// Reads a text to its end, or as far as is allowed.
pub(super) fn read(path: impl AsRef<Path>, longest: u64) -> Option<String> {
    try_read(path, longest).ok()
}

/// The same, where it matters why there is none.
pub(super) fn try_read(path: impl AsRef<Path>, longest: u64) -> io::Result<String> {
    // As much as the kernel gives at a time.
    let mut bytes = Vec::with_capacity(4096);
    fs::File::open(path)?.take(longest).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A filesystem's device as `/proc` writes it: its two halves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Device {
    pub(super) major: u32,
    pub(super) minor: u32,
}

/// A file as `/proc/locks` names it: the device of its filesystem, which need not be `st_dev`, and
/// its inode number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct File {
    pub(super) device: Device,
    pub(super) number: u64,
}

/// A flock that is held, as a line of the kernel has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record {
    /// Who took it; `None` if that process has no number here.
    pub(super) process: Option<u32>,
    pub(super) file: File,
}

/// What `/proc/PID/fdinfo/N` says of an open file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Descriptor {
    pub(super) mount: Option<u64>,
    /// The filesystem's own number of the inode, from Linux 5.14 on.
    pub(super) number: Option<u64>,
}

/// The flocks that are held, of the text of `/proc/locks`; those who wait for them are left out.
pub(super) fn records(locks: &str) -> impl Iterator<Item = Record> {
    locks.lines().filter_map(record)
}

/// The files on which a descriptor, of whose fdinfo this is the text, holds a flock: its own, or none.
pub(super) fn held(fdinfo: &str) -> impl Iterator<Item = File> {
    fdinfo.lines().filter_map(|line| Some(record(line.strip_prefix("lock:")?)?.file))
}

/// What the text of an fdinfo says of the file.
pub(super) fn descriptor(fdinfo: &str) -> Descriptor {
    let value = |name| {
        let text = fdinfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        text?.trim().parse().ok()
    };
    Descriptor { mount: value("mnt_id"), number: value("ino") }
}

/// The device of a mount, of the text of `/proc/PID/mountinfo`.
pub(super) fn mount_device(mountinfo: &str, mount: u64) -> Option<Device> {
    mountinfo.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let id: u64 = words.next()?.parse().ok()?;
        if id != mount {
            return None;
        }
        let (major, minor) = words.nth(1)?.split_once(':')?;
        Some(Device { major: major.parse().ok()?, minor: minor.parse().ok()? })
    })
}

/// Whether a process is stopped, of the text of its `stat`: by a signal or by a debugger.
///
/// Its state stands behind the last `)`, since its name may hold whatever it likes.
pub(super) fn is_stopped(stat: &str) -> bool {
    let state =
        stat.rsplit_once(')').and_then(|(_, fields)| fields.split_ascii_whitespace().next());
    matches!(state, Some("T" | "t"))
}

/// Reads `7: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF`. One who waits has an arrow before FLOCK.
fn record(line: &str) -> Option<Record> {
    let mut words = line.split_ascii_whitespace();
    words.next()?.strip_suffix(':')?;
    if words.next()? != "FLOCK" {
        return None;
    }
    let process = words.nth(2)?.parse().ok().filter(|process| *process != 0);
    Some(Record { process, file: file(words.next()?)? })
}

/// Reads `08:01:131`: two numbers in base 16, one in base 10.
fn file(text: &str) -> Option<File> {
    let mut numbers = text.split(':');
    let mut half = || u32::from_str_radix(numbers.next()?, 16).ok();
    let device = Device { major: half()?, minor: half()? };
    let number = numbers.next()?.parse().ok()?;
    numbers.next().is_none().then_some(File { device, number })
}

#[cfg(any(test, fuzzing))]
pub mod fuzzed;
#[cfg(test)]
mod tests;
