//! What is read from /proc, and how much of it is believed.

use crate::owner::BootId;
use crate::sys;

/// When a process was started, in clock ticks since boot: field 22 of `/proc/PID/stat`.
pub(crate) fn start_time(pid: i32) -> Option<u64> {
    parse_start_time(&sys::read_proc(&format!("/proc/{pid}/stat")).ok()?)
}

/// The number of a process's parent: field 4 of `/proc/PID/stat`.
pub(crate) fn parent(pid: i64) -> Option<i64> {
    let stat = sys::read_proc(&format!("/proc/{pid}/stat")).ok()?;
    field(&stat, 4)?.parse().ok()
}

fn parse_start_time(stat: &[u8]) -> Option<u64> {
    field(stat, 22)?.parse().ok()
}

/// A field of `/proc/PID/stat`, from the third on, by its number in proc_pid_stat(5).
///
/// The command's name, the second, stands in parentheses and may itself hold spaces and parentheses,
/// so the fields are counted from behind the last one.
fn field(stat: &[u8], number: usize) -> Option<&str> {
    let behind = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let fields = std::str::from_utf8(&stat[behind..]).ok()?;
    fields.split_ascii_whitespace().nth(number.checked_sub(3)?)
}

/// The users whose rights a process has: real, effective, saved and for files, by
/// `/proc/PID/status`, which shows them even of a process that its owner may not trace.
pub(crate) fn users(pid: i32) -> Option<[u32; 4]> {
    parse_users(&sys::read_proc(&format!("/proc/{pid}/status")).ok()?)
}

fn parse_users(status: &[u8]) -> Option<[u32; 4]> {
    let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Uid:"))?;
    let mut users = std::str::from_utf8(line).ok()?.split_ascii_whitespace().map(str::parse);
    let mut next = || users.next()?.ok();
    Some([next()?, next()?, next()?, next()?])
}

/// The name of this boot, as this process is told it.
pub(crate) fn boot_id() -> Option<BootId> {
    let (text, is_the_kernels) = sys::read_and_see_whose("/proc/sys/kernel/random/boot_id").ok()?;
    let boot = if is_the_kernels { BootId::of_the_kernel } else { BootId::of_a_container };
    parse_boot_id(&text).map(boot)
}

fn parse_boot_id(text: &[u8]) -> Option<[u8; 16]> {
    let text = std::str::from_utf8(text).ok()?.trim_ascii_end();
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let number = u128::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
    Some(number.to_be_bytes())
}

/// The inode of one of this process's namespaces: `pid`, `time`, `user`.
pub(crate) fn namespace(name: &str) -> Option<u64> {
    sys::inode_of(&format!("/proc/self/ns/{name}")).ok()
}

/// Whether /proc is the one of this process's own process namespace: another container's, bound
/// into this one, numbers processes differently.
pub(crate) fn is_ours() -> bool {
    let itself = sys::read_link(sys::CWD, c"/proc/self");
    itself.is_ok_and(|number| number.to_bytes() == sys::getpid().to_string().as_bytes())
}

/// Whether users are numbered as the whole machine sees them: the first user namespace has a fixed
/// inode (PROC_USER_INIT_INO in the kernel's `proc_ns.h`). In any other, all who are not mapped look
/// alike, and the rest may look like somebody else.
pub(crate) fn is_first_user_namespace() -> bool {
    namespace("user") == Some(0xEFFF_FFFD)
}

/// Whether the superuser's number means the superuser in this user namespace: the outer one's, that
/// is, for a namespace in a namespace is not seen through.
///
/// Where it is not mapped, what belongs to it shows as the overflow user's.
pub(crate) fn root_is_mapped() -> bool {
    maps_root(&sys::read_proc("/proc/self/uid_map").unwrap_or_default())
}

/// A line is the first number inside, the first outside, and how many there are
/// (user_namespaces(7)).
fn maps_root(map: &[u8]) -> bool {
    map.split(|byte| *byte == b'\n').any(|line| {
        let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
        fields.next() == Some(b"0") && fields.next() == Some(b"0")
    })
}

/// The user that stands for all who are not mapped.
pub(crate) fn overflow_uid() -> u32 {
    let text = sys::read_proc("/proc/sys/kernel/overflowuid").unwrap_or_default();
    let number = std::str::from_utf8(&text).ok().and_then(|text| text.trim_ascii().parse().ok());
    // The kernel's default (proc(5)).
    number.unwrap_or(65534)
}

#[cfg(any(test, fuzzing))]
pub mod fuzzed;
#[cfg(test)]
mod tests;
