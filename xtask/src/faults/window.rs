//! Which of the calls in a trace are the operation's: those between its marks, or those of `main`.

use std::collections::BTreeMap;

/// What a helper program calls at its begin and end.
const BEGIN: &str = "\"/the operation begins\"";
const END: &str = "\"/the operation ends\"";

/// How Rust's runtime prepares a thread's stack for signals, last thing before `main`, and takes that
/// back, first thing after it.
const MAIN_BEGINS: &str = "sigaltstack({ss_sp=0x";
const MAIN_ENDS: &str = "sigaltstack({ss_sp=NULL";

/// The calls that these are, and the last one, for strace: not every machine has all.
pub(super) const MARKS: &str = "?access,?faccessat,sigaltstack,exit_group";

/// One call of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// Its line in the trace.
    pub(super) line: String,
    /// Which it is among those of that name in the whole process, from 1 on: what strace counts.
    pub(super) number: usize,
    /// And which among those of the operation.
    pub(super) nth: usize,
}

/// The calls of an operation, in order, and the one behind the last.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) calls: Vec<Call>,
    /// None if the process did not come so far.
    pub(super) end: Option<Call>,
}

/// Finds the operation in a trace of its process alone; none if it did not begin.
pub(super) fn find(trace: &str, is_marked: bool) -> Option<Window> {
    let calls = calls(trace);
    let (begin, end) = if is_marked { (BEGIN, END) } else { (MAIN_BEGINS, MAIN_ENDS) };
    let first = calls.iter().position(|call| call.line.contains(begin))? + 1;
    let is_end = |call: &Call| call.line.contains(end) || call.name == "exit_group";
    let last = calls[first..].iter().position(is_end).map(|length| first + length);
    let mut nth = BTreeMap::new();
    let mut count = |call: &Call| {
        let nth: &mut usize = nth.entry(call.name.clone()).or_default();
        *nth += 1;
        Call { nth: *nth, ..call.clone() }
    };
    let within = &calls[first..last.unwrap_or(calls.len())];
    let calls_within = within.iter().map(&mut count).collect();
    Some(Window { calls: calls_within, end: last.map(|last| count(&calls[last])) })
}

/// Whether there is but one process in it, with one thread.
pub(super) fn is_of_one(trace: &str) -> bool {
    calls(trace).iter().all(|call| !matches!(&*call.name, "clone" | "clone3" | "fork" | "vfork"))
}

fn calls(trace: &str) -> Vec<Call> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let named = trace.lines().filter_map(|line| {
        // Where strace would follow children, it begins with the process.
        let line = line.trim_start_matches(|first: char| first.is_ascii_digit() || first == ' ');
        let (name, _) = line.split_once('(')?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_name && !name.is_empty()).then_some((name, line))
    });
    named
        .map(|(name, line)| {
            let number = numbers.entry(name).or_default();
            *number += 1;
            Call { name: name.to_owned(), line: line.to_owned(), number: *number, nth: 0 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "\
openat(AT_FDCWD, \"/lib\", O_RDONLY) = 3
close(3)                                = 0
access(\"/the operation begins\", F_OK)  = -1 ENOENT (No such file or directory)
getpid()                                = 7
close(4)                                = -1 EIO (Input/output error) (INJECTED)
--- SIGCHLD {si_signo=SIGCHLD} ---
close(5)                                = 0
access(\"/the operation ends\", F_OK)    = -1 ENOENT (No such file or directory)
close(6)                                = 0
+++ exited with 0 +++
";

    #[test]
    fn counts_calls_in_the_process_and_in_the_operation() {
        let window = find(TRACE, true).unwrap();
        let short = |call: &Call| (call.name.clone(), call.number, call.nth);
        let calls: Vec<_> = window.calls.iter().map(short).collect();
        let close = || "close".to_owned();
        assert_eq!(calls, [("getpid".to_owned(), 1, 1), (close(), 2, 1), (close(), 3, 2)]);
        assert_eq!(window.end.as_ref().map(short), Some(("access".to_owned(), 2, 1)));
    }

    #[test]
    fn an_operation_may_not_begin_or_not_end() {
        assert_eq!(find("close(3) = 0\n", true), None);
        let killed = TRACE.split("close(5)").next().unwrap();
        let window = find(killed, true).unwrap();
        assert_eq!((window.calls.len(), window.end), (2, None));
    }

    #[test]
    fn followed_or_not_it_is_the_same() {
        let followed: String = TRACE.lines().map(|line| format!("4711  {line}\n")).collect();
        let [found, plain] = [&followed, TRACE].map(|trace| find(trace, true).unwrap());
        assert_eq!(found, plain);
        assert!(is_of_one(TRACE));
        assert!(!is_of_one("clone(child_stack=NULL, flags=SIGCHLD) = 7\n"));
    }

    #[test]
    fn a_command_is_what_main_does() {
        let trace = "\
close(3) = 0
sigaltstack(NULL, {ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0}) = 0
sigaltstack({ss_sp=0x7fb30558f000, ss_flags=0, ss_size=8192}, NULL) = 0
close(3) = 0
sigaltstack({ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=8192}, NULL) = 0
";
        let window = find(trace, false).unwrap();
        assert_eq!((window.calls.len(), window.calls[0].number), (1, 2));
        assert_eq!(window.end.unwrap().number, 3);
    }
}
