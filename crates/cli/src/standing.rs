//! Where a process stands among the others: its parent, its group and its session.

/// What `/proc/PID/stat` tells of it (proc(5)).
///
/// Numbers are 0 for what is outside of this pid namespace: a session that began there, say. The
/// system calls answer the same, where rustix takes no 0 for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) group: i32,
    pub(crate) session: i32,
}

impl Standing {
    /// Of this process; none without a /proc that shows this pid namespace.
    pub(crate) fn ours() -> Option<Self> {
        let pid = i32::try_from(std::process::id()).ok()?;
        Self::read("self").filter(|ours| ours.pid == pid)
    }

    /// Of another one; none where there is none to be seen.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        Self::read(&pid.to_string())
    }

    /// Whether it leads its session, as a login shell does.
    pub(crate) fn leads_session(self) -> bool {
        self.pid == self.session
    }

    fn read(process: &str) -> Option<Self> {
        Self::in_stat(&std::fs::read(format!("/proc/{process}/stat")).ok()?)
    }

    /// The command's name stands in parentheses and may hold anything, so that the fields are
    /// counted from behind the last one.
    fn in_stat(stat: &[u8]) -> Option<Self> {
        let open = stat.iter().position(|byte| *byte == b'(')?;
        let close = stat.iter().rposition(|byte| *byte == b')')?;
        let number = |text: &str| text.parse().ok();
        let pid = number(std::str::from_utf8(&stat[..open]).ok()?.trim_ascii())?;
        let mut fields = std::str::from_utf8(&stat[close + 1..]).ok()?.split_ascii_whitespace();
        let _state = fields.next()?;
        let mut next = || fields.next().and_then(number);
        Some(Self { pid, parent: next()?, group: next()?, session: next()? })
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;

    #[test]
    fn the_numbers_stand_behind_any_name() {
        let seven = Standing { pid: 12, parent: 7, group: 5, session: 0 };
        assert_eq!(Standing::in_stat(b"12 (a) b) R) S 7 5 0 34816"), Some(seven));
        assert_eq!(Standing::in_stat(b"12 ((sh)) S 7 5 0"), Some(seven));
        assert_eq!(Standing::in_stat(b"12 sh S 7 5 0"), None);
        assert_eq!(Standing::in_stat(b"12 (sh) S 7 5"), None);
        assert_eq!(Standing::in_stat(b"12 )sh( S 7 5 0"), None);
    }

    #[test]
    fn our_own_parent_is_who_the_kernel_says() {
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        let ours = Standing::ours().unwrap();
        assert_eq!(ours.parent, parent);
        // The parent itself may be hidden (hidepid).
        assert_eq!(Standing::of(ours.pid), Some(ours));
    }
}
