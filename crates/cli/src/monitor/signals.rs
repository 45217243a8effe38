//! Signals that come while a program runs, and what becomes of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io;
use std::os::unix::net::UnixStream;

use signal_hook::consts::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};

use super::held::Held;
use super::job;
use crate::exit::Exit;
use crate::report::Report;
use crate::standing::Standing;
use crate::sys;

/// What the program is told of.
const PASSED_ON: [i32; 9] =
    [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP];

/// What a process dies of that does not catch it.
const DEADLY: [i32; 6] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2];

/// Signals that are caught from now on, and kept until somebody looks.
///
/// What this process was started to ignore stays ignored, here and in the program, which inherits
/// that: nohup(1) works. Handlers end with the exec by themselves.
#[derive(Debug)]
pub(crate) struct Signals {
    caught: RefCell<SignalDelivery<UnixStream, WithOrigin>>,
    ended_by: Cell<Option<u8>>,
}

impl Signals {
    /// Catches them; before the child is started, or its end could be missed.
    pub(crate) fn catch() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        if mask("SigBlk:", &status).contains(&SIGCHLD) {
            return Err(io::Error::other("SIGCHLD is blocked, so the program would never end"));
        }
        let ignored = mask("SigIgn:", &status);
        let wanted = PASSED_ON.into_iter().filter(|signal| !ignored.contains(signal));
        let (read, write) = UnixStream::pair()?;
        let wanted = wanted.chain([SIGCHLD]);
        let caught = SignalDelivery::with_pipe(read, write, WithOrigin::default(), wanted)?;
        Ok(Self { caught: RefCell::new(caught), ended_by: Cell::new(None) })
    }

    /// Whether a signal came that this process would have died of, had it not caught it: then it
    /// waits for nothing any more. Asked to stop, it stops here.
    pub(crate) fn end_the_wait(&self) -> bool {
        for origin in self.caught.borrow_mut().pending() {
            if DEADLY.contains(&origin.signal) {
                self.ended_by.set(u8::try_from(origin.signal).ok());
            } else if origin.signal == SIGTSTP && !job::is_orphaned() {
                // If it cannot stop, it goes on waiting.
                let _kept_on = sys::stop();
            }
        }
        self.ended_by.get().is_some()
    }

    /// The signal that ended the wait.
    pub(crate) fn ended_by(&self) -> Option<u8> {
        self.ended_by.get()
    }

    /// Passes signals on to the program until it has ended.
    pub(crate) fn attend(&mut self, held: &mut Held, report: Report) -> io::Result<Exit> {
        loop {
            if let Some(status) = held.try_wait()? {
                return Ok(exit_of(status));
            }
            // A handler tells of its signal through a socket, for which there may be no memory; the
            // program's end is seen without.
            let caught = self.caught.get_mut();
            sys::wait_for_one_of(caught.get_read(), held.process())?;
            let batch: Vec<_> = caught.pending().collect();
            pass_on(batch, held.process(), report);
        }
    }
}

/// Passes on what came together, in no known order; who is told to stop and to go on, goes on.
fn pass_on(mut batch: Vec<Origin>, program: &sys::Process, report: Report) {
    batch.sort_by_key(|origin| origin.signal == SIGCONT);
    let goes_on = batch.iter().any(|origin| origin.signal == SIGCONT);
    for origin in &batch {
        if origin.signal == SIGCHLD {
            continue;
        }
        let reach = Reach::over(program);
        if !has_it_already(origin.signal, origin.cause, reach) {
            report.step(format_args!("passing signal {} on", origin.signal));
            // It may just have ended, or be another user's by now, whom this one may not signal.
            if let Err(error) = program.send(origin.signal) {
                report.step(format_args!("signal {} was not passed on: {error}", origin.signal));
            }
        }
        // Between this and a shell's SIGCONT is time enough: it waits until the job has stopped.
        if origin.signal == SIGTSTP
            && !goes_on
            && !job::is_orphaned()
            && let Err(error) = sys::stop()
        {
            report.step(format_args!("this process does not stop: {error}"));
        }
    }
}

/// Who else the kernel reaches when it sends this process a signal.
#[derive(Clone, Copy, Debug)]
struct Reach {
    /// Whether the program is in this process's group.
    group: bool,
    /// Whether this process leads its session.
    session: bool,
}

impl Reach {
    /// Without a /proc to tell, the program is where it was started, and this is no login shell.
    fn over(program: &sys::Process) -> Self {
        let Some(ours) = Standing::ours() else { return Self { group: true, session: false } };
        let group = Standing::of(program.pid()).is_none_or(|its| its.group == ours.group);
        Self { group, session: ours.leads_session() }
    }
}

/// Whether the program got the signal too, because the kernel sent it to the whole group on behalf
/// of a terminal. When the terminal hangs up, it tells the leader of the session alone.
fn has_it_already(signal: i32, cause: Cause, reach: Reach) -> bool {
    let to_the_leader_alone = reach.session && matches!(signal, SIGHUP | SIGCONT);
    cause == Cause::Kernel && reach.group && !to_the_leader_alone
}

/// The signals in one of the masks of `/proc/self/status` (proc(5)); none if it cannot be read.
fn mask(name: &str, status: &str) -> BTreeSet<i32> {
    let mask = status.lines().find_map(|line| line.strip_prefix(name));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim_ascii(), 16).ok()).unwrap_or(0);
    (1..=64).filter(|signal| mask >> (signal - 1) & 1 == 1).collect()
}

/// What this process was started to ignore.
pub(crate) fn ignored_signals() -> BTreeSet<i32> {
    mask("SigIgn:", &std::fs::read_to_string("/proc/self/status").unwrap_or_default())
}

/// As the program did, or as a shell says it.
fn exit_of(status: std::process::ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt as _;

    let number = |number: Option<i32>| number.and_then(|number| u8::try_from(number).ok());
    match (number(status.code()), number(status.signal())) {
        (Some(code), _) => Exit::Program(code),
        (None, Some(signal)) => Exit::Signal(signal),
        // wait(2) knows no other end.
        (None, None) => Exit::RunFailed,
    }
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    use signal_hook::low_level::siginfo::{Cause, Sent};

    use super::{Reach, has_it_already, mask};

    #[test]
    fn nothing_is_passed_on_twice() {
        const SHELL: Reach = Reach { group: true, session: false };
        const LEADER: Reach = Reach { group: true, session: true };
        const APART: Reach = Reach { group: false, session: false };
        const SENT: Cause = Cause::Sent(Sent::User);
        for (signal, cause, reach, has_it) in [
            // Ctrl-C and Ctrl-Z reach the group.
            (SIGINT, Cause::Kernel, SHELL, true),
            (SIGTSTP, Cause::Kernel, SHELL, true),
            (SIGINT, Cause::Kernel, LEADER, true),
            // The program went into a group of its own, which the terminal does not know.
            (SIGINT, Cause::Kernel, APART, false),
            // kill(1) reaches one process.
            (SIGINT, SENT, SHELL, false),
            (SIGTERM, SENT, SHELL, false),
            // The last of a session ends: its groups are told. The terminal is gone: the leader is.
            (SIGHUP, Cause::Kernel, SHELL, true),
            (SIGHUP, Cause::Kernel, LEADER, false),
            (SIGCONT, Cause::Kernel, LEADER, false),
            (SIGHUP, SENT, LEADER, false),
        ] {
            assert_eq!(
                has_it_already(signal, cause, reach),
                has_it,
                "{signal} {cause:?} {reach:?}"
            );
        }
    }

    #[test]
    fn a_mask_has_a_bit_for_each_signal() {
        let status = "SigBlk:\t0000000000000001\nSigIgn:\t0000000000001003\nSigCgt:\t00\n";
        assert_eq!(mask("SigIgn:", status), [1, 2, 13].into());
        assert_eq!(mask("SigBlk:", status), [1].into());
        assert!(mask("SigIgn:", "").is_empty());
    }
}
