//! Where this process stands as a job of a shell's.

use crate::sys;

/// Whether nobody could continue this process's group if it stopped: no member of it has a parent in
/// another group of the same session, as a shell is.
///
/// The kernel lets no SIGTSTP stop such a group (setpgid(2)), for it would never wake. Only this
/// process's own line of parents is looked at.
pub(super) fn is_orphaned() -> bool {
    let Ok(me) = i32::try_from(std::process::id()) else { return true };
    let Some((session, group)) = sys::session_and_group(me) else { return true };
    let mut parent = sys::parent();
    while let Some(pid) = parent {
        match sys::session_and_group(pid) {
            Some((its_session, _)) if its_session != session => return true,
            Some((_, its_group)) if its_group != group => return false,
            Some(_) => parent = parent_of(pid),
            None => return true,
        }
    }
    true
}

/// Field 4 of `/proc/PID/stat` (proc(5)); none where there is none to be seen.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    parent_in(&stat).filter(|parent| *parent > 0)
}

/// The command's name stands in parentheses and may hold anything, so that the fields are counted
/// from behind the last one.
fn parent_in(stat: &[u8]) -> Option<i32> {
    let behind = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let fields = std::str::from_utf8(&stat[behind..]).ok()?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{parent_in, parent_of};

    #[test]
    fn the_parent_stands_behind_any_name() {
        assert_eq!(parent_in(b"12 (a) b) R) S 7 12 12 0"), Some(7));
        assert_eq!(parent_in(b"12 (sh) S -1"), Some(-1));
        assert_eq!(parent_in(b"12 sh S 7"), None);
        assert_eq!(parent_in(b"12 (sh) S"), None);
    }

    #[test]
    fn our_own_parent_is_who_the_kernel_says() {
        let me = i32::try_from(std::process::id()).unwrap();
        assert_eq!(parent_of(me), crate::sys::parent());
    }
}
