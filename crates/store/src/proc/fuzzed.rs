//! What is asked of texts of `/proc`, in which the names of programs may say anything. The fuzzer
//! looks for bytes that break it, and the tests see that those of the past no longer do.
//!
//! No other build has this.

use super::{BootId, field, parse_boot_id, parse_start_time, parse_users};

/// Any text is read as another reader would, and what the kernel writes is read back, whatever the
/// program calls itself; returns whether there is anything in the text itself.
///
/// # Panics
///
/// If it is not.
#[must_use]
pub fn stat(text: &[u8]) -> bool {
    let start = parse_start_time(text);
    assert_eq!(start, field_from_behind(text, 22).and_then(|field| field.parse().ok()));
    check_whole_line(text);
    check_status(text);
    check_boot_id(text);
    start.is_some() || parse_users(text).is_some() || parse_boot_id(text).is_some()
}

/// Walks from the end to the last parenthesis, and counts from there.
fn field_from_behind(stat: &[u8], number: usize) -> Option<String> {
    let mut behind = Vec::new();
    for byte in stat.iter().rev() {
        if *byte == b')' {
            behind.reverse();
            let text = String::from_utf8(behind).ok()?;
            let mut words =
                text.split([' ', '\t', '\n', '\x0c', '\r']).filter(|word| !word.is_empty());
            return words.nth(number - 3).map(str::to_owned);
        }
        behind.push(*byte);
    }
    None
}

/// A line as the kernel writes it, of a program that has the text for its name.
fn check_whole_line(command: &[u8]) {
    let ticks = u64::from(crc32c::crc32c(command)) << 20;
    let parent = i64::from(crc32c::crc32c(command) >> 10);
    let numbers = "5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21";
    let behind = format!(") S {parent} {numbers} {ticks} 23 24\n");
    let line = [b"4711 (", command, behind.as_bytes()].concat();
    assert_eq!(parse_start_time(&line), Some(ticks), "{line:?}");
    assert_eq!(field(&line, 3), Some("S"), "{line:?}");
    assert_eq!(field(&line, 4), Some(&*parent.to_string()), "{line:?}");
}

/// The users of a program with that name, whose line ends the kernel escapes.
fn check_status(command: &[u8]) {
    let command: Vec<u8> = command.iter().copied().filter(|byte| *byte != b'\n').collect();
    let users = [0, crc32c::crc32c(&command), u32::MAX, 1000];
    let [real, effective, saved, files] = users;
    let behind =
        format!("\nUmask:\t0022\nUid:\t{real}\t{effective}\t{saved}\t{files}\nGid:\t1\t2\t3\t4\n");
    let status = [b"Name:\t", &command[..], behind.as_bytes()].concat();
    assert_eq!(parse_users(&status), Some(users), "{status:?}");
}

/// A boot id is written as it was read, but for the hyphens' places and the case.
fn check_boot_id(text: &[u8]) {
    let Some(boot) = parse_boot_id(text) else { return };
    let written = BootId::of_the_kernel(boot).to_string();
    assert_eq!(parse_boot_id(written.as_bytes()), Some(boot));
    let digits = |text: &[u8]| text.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
    assert_eq!((written.len(), digits(text)), (36, 32), "{text:?}");
}

#[cfg(test)]
mod tests;
