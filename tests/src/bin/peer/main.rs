//! The other process in the tests: does what it is told, line by line, and answers each line.
//!
//! ```text
//! peer BASE [FD]        → taken ID | error …      if told of a descriptor to take a lease over by
//!   handle N            → ok | error KIND: MESSAGE
//!   save N COUNT [SHIM [MONITOR]] → saved ID | error …  keeps the lease; 0 is none, and itself
//!   save-durably N COUNT → the same, synced
//!   adopt N ID          → adopted ID | error …    keeps the lease
//!   end                 → left COUNT | error …    ends the lease that it has had the longest
//!   end-in-a-child      → refused | error …       what a forked child hears that tries the same
//!   send PATH           → sent                    hands the lease it has had the longest over
//!   receive PATH        → listening, then taken ID | error …
//!   exec                → again                   executes itself anew, and loses its leases
//!   exec-handing-over   → taken ID | error …      keeps the one it has had the longest
//!   save-many N COUNT   → saved COUNT | error …   keeps the leases
//!   release             → released                lets all leases go, and leaves their entries
//!   verdict N ID        → what is said of it | none | error …
//!   kill N ID SIGNAL    → sent to monitor PID | sent to shim PID | error …
//!   locks               → KIND, HOLDER; …       all that are held
//!   hide                → hidden                  from those of its user, where /proc is not for all
//!   sees PID            → true | false            whether /proc shows it the process
//!   leave               → left                    its leading thread ends, and another goes on
//!   churn N COUNT       → done                    saves and destroys, and looks at each in between
//!   verdicts N          → ID=VERDICT …            of every entry of that segment
//!   watch COUNT         → watching | error …      then, until so many have been removed, each
//!                       → appeared|ended|removed N ID
//!   ends                → waiting for COUNT       for the ends of all that are there; then each
//!                       → ended ID
//!   ends-beside-a-child   the same, after a forked child has dropped its copy
//!   limit COUNT         → limited                 to so many descriptors
//!   use-up-inotify      → used up                 no instance is left for this user
//!   list                → N listings until a line comes | error …
//!   lock N              → locked | error …        then, until it is unlocked:
//!     unlock            → unlocked
//!     fork              → forked PID              and the child answers `orphan` when its parent is gone
//!     fork-and-drop     → busy                    what a forked child found that dropped its copy
//!     fork-a-first-and-drop   the same            by a child that is the first process of a namespace
//!   try N               → free | busy | error …
//!   exit                ends it at once, with everything held
//! ```

mod leases;
mod look;
mod order;
mod process;
mod signs;

use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::thread;

use hakurei_check::Absolute;
use hakurei_hst::Identity;
use hakurei_store::{Error, Format, Lease, Segment, Store};
use rustix::process::{Pid, WaitOptions, waitpid};

use order::Order;
use process::{end_this_thread, exit_with_everything_held, fork, fork_an_heir, inherited};

type Answer = Result<String, String>;

fn main() -> ExitCode {
    let Some(Ok(base)) = std::env::args_os().nth(1).map(Absolute::try_from) else {
        return ExitCode::FAILURE;
    };
    let mut peer = Peer { store: Store::new(base), leases: Vec::new(), instances: Vec::new() };
    if let Some(word) = std::env::args().nth(2) {
        let answer = if word == "again" { Ok(word) } else { peer.take_over(inherited(&word)) };
        say(&answer.unwrap_or_else(|error| error));
    }
    peer.obey_all();
    ExitCode::SUCCESS
}

struct Peer {
    store: Store,
    leases: Vec<Lease>,
    instances: Vec<OwnedFd>,
}

impl Peer {
    fn obey_all(mut self) {
        while let Some(line) = next_line() {
            if line == "leave" {
                return self.go_on_without_leader();
            }
            let answer = self.obey(&line);
            say(&answer.unwrap_or_else(|error| error));
        }
    }

    fn obey(&mut self, line: &str) -> Answer {
        let mut order = Order::new(line);
        let answer = self.change(&mut order).or_else(|| look::look(&self.store, &mut order));
        answer.unwrap_or_else(|| Err(format!("no such order: {line}")))
    }

    /// Obeys an order to do something; none if it is none.
    fn change(&mut self, order: &mut Order<'_>) -> Option<Answer> {
        Some(match order.name() {
            "handle" => {
                let handle = self.store.handle(order.identity());
                handle.map(|_| "ok".to_owned()).map_err(|e| failed(&e))
            }
            "format" => {
                let format = if order.word() == "gob" { Format::Gob } else { Format::Cbor };
                self.store = self.store.clone().in_format(format);
                Ok(format.to_string())
            }
            "lock" => self.hold(order.identity()),
            "hide" => process::hide(),
            "limit" => process::limit(order.number()),
            "use-up-inotify" => self.use_up_inotify(),
            "exit" => exit_with_everything_held(),
            _ => return self.change_leases(order),
        })
    }

    /// Obeys what is said until the lock is given up.
    fn hold(&mut self, identity: Identity) -> Answer {
        let store = self.store.clone();
        let handle = store.handle(identity).map_err(|e| failed(&e))?;
        let segment = handle.lock().map_err(|e| failed(&e))?;
        say("locked");
        while let Some(line) = next_line() {
            match &*line {
                "unlock" => return unlock(segment),
                "fork" => fork_an_heir(),
                "fork-and-drop" | "fork-a-first-and-drop" => {
                    if line == "fork-a-first-and-drop" {
                        process::number_children_anew()?;
                    }
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

    /// Hands everything to another thread, and ends the one that the process began with.
    fn go_on_without_leader(self) {
        thread::spawn(|| {
            let leader = format!("/proc/self/task/{}/stat", std::process::id());
            // Behind its name, which is this program's, stands its state.
            let is_zombie = || std::fs::read_to_string(&leader).is_ok_and(|s| s.contains(") Z "));
            while !is_zombie() {
                thread::yield_now();
            }
            say("left");
            self.obey_all();
            exit_with_everything_held();
        });
        end_this_thread();
    }

    fn use_up_inotify(&mut self) -> Answer {
        loop {
            match rustix::fs::inotify::init(rustix::fs::inotify::CreateFlags::CLOEXEC) {
                Ok(instance) => self.instances.push(instance),
                Err(rustix::io::Errno::MFILE) => return Ok("used up".to_owned()),
                Err(errno) => return Err(format!("error inotify_init: {errno}")),
            }
        }
    }
}

fn unlock(segment: Segment<'_>) -> Answer {
    segment.unlock().map(|()| "unlocked".to_owned()).map_err(|e| failed(&e))
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
