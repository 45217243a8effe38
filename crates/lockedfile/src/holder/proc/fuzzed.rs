//! What is asked of texts of `/proc` that tell of locks. The fuzzer looks for bytes that break it, and
//! the tests see that those of the past no longer do.
//!
//! No other build has this.

use super::super::escaped;
use super::{Record, descriptor, held, is_stopped, mount_device, records};

/// What is found in any text is found again in the line that the kernel would write of it, and in no
/// other; returns whether anything is found.
///
/// # Panics
///
/// If it is not.
#[must_use]
pub fn locks(text: &[u8]) -> bool {
    let text = &*String::from_utf8_lossy(text);
    let found: Vec<Record> = records(text).collect();
    assert!(found.len() <= text.lines().count());
    found.iter().for_each(check_record);
    check_lines(text, &found);
    check_command(text);
    let mount = check_mount(text);
    !found.is_empty() || held(text).next().is_some() || mount
}

/// As the kernel writes it: on its own, in an fdinfo, and of one who waits.
fn check_record(record: &Record) {
    let Record { process, file } = *record;
    let (major, minor, number) = (file.device.major, file.device.minor, file.number);
    let process = process.unwrap_or_default();
    let behind =
        format!("FLOCK  ADVISORY  WRITE {process} {major:02x}:{minor:02x}:{number} 0 EOF\n");
    assert!(records(&format!("1: {behind}")).eq([*record]), "{behind}");
    assert!(held(&format!("pos:\t0\nlock:\t1: {behind}")).eq([file]), "{behind}");
    assert!(records(&format!("1: -> {behind}")).next().is_none(), "{behind}");
}

/// Each line says the same alone as among others, and in an fdinfo behind its name.
fn check_lines(text: &str, found: &[Record]) {
    let alone = text.lines().flat_map(|line| records(line).collect::<Vec<_>>());
    assert!(alone.eq(found.iter().copied()));
    let fdinfo: String = text.lines().map(|line| format!("lock:\t{line}\n")).collect();
    assert!(held(&fdinfo).eq(found.iter().map(|record| record.file)));
}

/// A program that has the text for its name is stopped or not as its state says, and is named in one
/// line that cannot drive a terminal.
fn check_command(text: &str) {
    assert!(is_stopped(&format!("4711 ({text}) T 1 4711 4711 0 -1")));
    assert!(!is_stopped(&format!("4711 ({text}) S 1 4711 4711 0 -1")));
    assert!(!escaped(text).chars().any(char::is_control));
}

/// A mount is found by the number that stands first in its line; returns whether there is any.
fn check_mount(text: &str) -> bool {
    let fdinfo = descriptor(text);
    for (name, value) in [("mnt_id", fdinfo.mount), ("ino", fdinfo.number)] {
        let Some(value) = value else { continue };
        let line = text.lines().find(|line| line.starts_with(&format!("{name}:")));
        let said =
            line.and_then(|line| line.split(':').nth(1)).and_then(|said| said.trim().parse().ok());
        assert_eq!(said, Some(value), "{line:?}");
    }
    let first = |line: &str| line.split_ascii_whitespace().next()?.parse().ok();
    // Each takes a look at the whole text.
    let some = text.lines().filter_map(first).take(16);
    let devices = some.filter_map(|mount: u64| {
        let device = mount_device(text, mount)?;
        let (major, minor) = (device.major, device.minor);
        let line = format!("{mount} 1 {major}:{minor} / / rw - tmpfs tmpfs rw\n");
        assert_eq!(mount_device(&line, mount), Some(device), "{line}");
        assert_eq!(mount_device(&line, mount.wrapping_add(1)), None, "{line}");
        Some(device)
    });
    devices.count() > 0
}

#[cfg(test)]
mod tests;
