//! The other process in the tests: does what it is told, line by line, and answers each line.
//!
//! ```text
//! peer BASE
//!   handle N            → ok | error KIND: MESSAGE
//!   save N COUNT        → saved ID | error …      keeps the lease
//!   churn N COUNT       → done                    saves and destroys, and looks at each in between
//!   verdicts N          → ID=VERDICT …            of every entry of that segment
//!   list                → N listings until a line comes | error …
//!   lock N              → locked | error …        then, until it is unlocked:
//!     unlock            → unlocked
//!     fork              → forked PID              and the child answers `orphan` when its parent is gone
//!     fork-and-drop     → busy                    what a forked child found that dropped its copy
//!   try N               → free | busy | error …
//!   exit                ends it at once, with everything held
//! ```

use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use hakurei_check::Absolute;
use hakurei_store::{Error, Format, Lease, Segment, Store, Verdict};
use hakurei_tests::{id, identity, state};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, WaitOptions, getpid, pidfd_open, waitpid};

type Answer = Result<String, String>;

fn main() -> ExitCode {
    let Some(Ok(base)) = std::env::args_os().nth(1).map(Absolute::try_from) else {
        return ExitCode::FAILURE;
    };
    let mut peer = Peer { store: Store::new(base), leases: Vec::new() };
    while let Some(line) = next_line() {
        let answer = peer.obey(&line);
        say(&answer.unwrap_or_else(|error| error));
    }
    ExitCode::SUCCESS
}

struct Peer {
    store: Store,
    leases: Vec<Lease>,
}

impl Peer {
    fn obey(&mut self, line: &str) -> Answer {
        let mut words = line.split(' ');
        let order = words.next().unwrap_or_default();
        let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
        let mut segment = || identity(number().unwrap_or_default().try_into().unwrap_or_default());
        match order {
            "handle" => {
                self.store.handle(segment()).map(|_| "ok".to_owned()).map_err(|e| failed(&e))
            }
            "save" => {
                let identity = segment();
                let state = state(identity, id(std::process::id(), number().unwrap_or_default()));
                let handle = self.store.handle(identity).map_err(|e| failed(&e))?;
                let record = self.store.record(&state).map_err(|e| failed(&e))?;
                self.leases.push(handle.save(&record).map_err(|e| failed(&e))?);
                Ok(format!("saved {}", state.id))
            }
            "churn" => churn(&self.store, segment(), number().unwrap_or_default()),
            "format" => {
                let format = if line == "format gob" { Format::Gob } else { Format::Cbor };
                self.store = self.store.clone().in_format(format);
                Ok(format.to_string())
            }
            "verdicts" => verdicts(&self.store, segment()),
            // Where the filesystem has no unnamed files, an entry is seen while it is written.
            "list" => {
                list(&self.store, |verdict| matches!(verdict, Verdict::Running | Verdict::Starting))
            }
            "list-beside-go" => {
                list(&self.store, |verdict| !matches!(verdict, Verdict::Corrupt | Verdict::Newer))
            }
            "try" => {
                let handle = self.store.handle(segment()).map_err(|e| failed(&e))?;
                let tried = handle.try_lock().map_err(|e| failed(&e))?;
                Ok(tried.map_or("busy", |_| "free").to_owned())
            }
            "lock" => self.hold(segment()),
            "exit" => exit_with_everything_held(),
            _ => Err(format!("no such order: {line}")),
        }
    }

    /// Obeys what is said until the lock is given up.
    fn hold(&mut self, identity: hakurei_hst::Identity) -> Answer {
        let store = self.store.clone();
        let handle = store.handle(identity).map_err(|e| failed(&e))?;
        let segment = handle.lock().map_err(|e| failed(&e))?;
        say("locked");
        while let Some(line) = next_line() {
            match &*line {
                "unlock" => return unlock(segment),
                "fork" => fork_an_heir(),
                "fork-and-drop" => {
                    let Some(child) = fork() else {
                        drop(segment);
                        let tried = self.obey(&format!("try {identity}"));
                        say(&tried.unwrap_or_else(|error| error));
                        exit_with_everything_held();
                    };
                    // Its answer has been heard; what it was takes up no number any more.
                    let _ended = waitpid(Pid::from_raw(child), WaitOptions::empty());
                }
                other => {
                    let answer = self.obey(other);
                    say(&answer.unwrap_or_else(|error| error));
                }
            }
        }
        Err("the other side is gone".to_owned())
    }
}

fn unlock(segment: Segment<'_>) -> Answer {
    segment.unlock().map(|()| "unlocked".to_owned()).map_err(|e| failed(&e))
}

/// Saves and destroys; in between, the entry must be there and running for all to see.
fn churn(store: &Store, identity: hakurei_hst::Identity, count: u32) -> Answer {
    let handle = store.handle(identity).map_err(|e| failed(&e))?;
    for count in 0..count {
        let id = id(std::process::id(), count);
        let record = store.record(&state(identity, id)).map_err(|e| failed(&e))?;
        let lease = handle.lock().and_then(|segment| segment.save(&record));
        let lease = lease.map_err(|e| failed(&e))?;
        match store.entry(identity, id).map_err(|e| failed(&e))? {
            Some(view) if view.verdict() == Verdict::Running && view.state().is_ok() => {}
            found => return Err(format!("error lost: {found:?}")),
        }
        lease.destroy().map_err(|e| failed(e.error()))?;
        if let Some(view) = store.entry(identity, id).map_err(|e| failed(&e))? {
            return Err(format!("error left: {view:?}"));
        }
    }
    Ok("done".to_owned())
}

fn verdicts(store: &Store, identity: hakurei_hst::Identity) -> Answer {
    let mut words = Vec::new();
    for view in store.entries_of(identity).map_err(|e| failed(&e))? {
        let view = view.map_err(|e| failed(&e))?;
        words.push(format!("{}={}", view.id(), view.verdict()));
    }
    Ok(words.join(" "))
}

/// Lists until a line comes. Every listing must show what lies there for good, and no other verdicts
/// than those that are fine.
fn list(store: &Store, is_fine: fn(Verdict) -> bool) -> Answer {
    let enough = AtomicBool::new(false);
    let listed = thread::scope(|scope| {
        scope.spawn(|| {
            let _line = next_line();
            enough.store(true, Ordering::Relaxed);
        });
        let mut listings = 0_u32;
        let permanent = permanent_ones(store, is_fine)?;
        while !enough.load(Ordering::Relaxed) {
            if permanent_ones(store, is_fine)? != permanent {
                return Err("error incomplete listing".to_owned());
            }
            listings += 1;
        }
        Ok(listings)
    });
    listed.map(|count| format!("{count} listings"))
}

/// How many entries of the process that began it all are listed.
fn permanent_ones(store: &Store, is_fine: fn(Verdict) -> bool) -> Result<usize, String> {
    let parent = std::os::unix::process::parent_id().to_be_bytes();
    let mut permanent = 0;
    for view in store.entries().map_err(|e| failed(&e))? {
        let view = view.map_err(|e| failed(&e))?;
        if !is_fine(view.verdict()) {
            return Err(format!("error {}: {view:?}", view.verdict()));
        }
        permanent += usize::from(view.id().as_bytes()[8..12] == parent);
    }
    Ok(permanent)
}

/// Leaves a child that has inherited all that is open, and that answers once its parent is gone.
fn fork_an_heir() {
    // Opened before, for the child may first run when its parent is gone already.
    let itself = pidfd_open(getpid(), PidfdFlags::empty());
    match (fork(), itself) {
        (None, Ok(parent)) => {
            wait_for_end(&parent);
            say("orphan");
        }
        (None, Err(errno)) => say(&format!("error pidfd_open: {errno}")),
        (Some(child), _) => {
            say(&format!("forked {child}"));
            if next_line().as_deref() == Some("exit") {
                exit_with_everything_held();
            }
        }
    }
}

/// The child's number in the parent, and none in the child.
#[expect(unsafe_code, reason = "no safe interface forks without executing something")]
fn fork() -> Option<i32> {
    // SAFETY: this process has one thread, so the child finds every lock in memory as it should be.
    Some(unsafe { libc::fork() }).filter(|child| *child != 0)
}

fn wait_for_end(process: &OwnedFd) {
    let mut ended = [PollFd::new(process, PollFlags::IN)];
    while poll(&mut ended, None).is_err() {}
}

#[expect(unsafe_code, reason = "std's exit would flush and run handlers")]
fn exit_with_everything_held() -> ! {
    // SAFETY: it ends the process and touches nothing of it.
    unsafe { libc::_exit(0) }
}

fn failed(error: &Error) -> String {
    format!("error {:?}: {}", error.kind(), error.message())
}

fn next_line() -> Option<String> {
    let mut line = String::new();
    match stdin().lock().read_line(&mut line) {
        Ok(length) if length > 0 => Some(line.trim_end().to_owned()),
        _ => None,
    }
}

fn say(line: &str) {
    // If nobody listens any more, the end of the input comes next.
    let _unheard = writeln!(stdout(), "{line}").and_then(|()| stdout().flush());
}
