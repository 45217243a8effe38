//! Where an operation is performed: the marks around it, what came of it, and what it leaves behind.

use std::error::Error as StdError;
use std::io;

use hakurei_check::{Absolute, PathError};
use hakurei_lockedfile::LockError;
use hakurei_store::{Error, Store};
use rustix::fs::Access;

use crate::ground::{GOS, Ground, OURS, SUBJECT};
use crate::leaks::{self, Descriptors};
use crate::say;
use crate::table::{Act, Operation};

/// The store that an operation is performed on, as a new process sees it.
pub(crate) struct Stage {
    pub(crate) store: Store,
    operation: &'static Operation,
}

/// Performs an operation, and says what came of it.
pub(crate) fn perform(operation: &'static Operation, base: Absolute) {
    let Act::Library(act) = operation.act else { return };
    let before = Descriptors::open_now();
    let stage = Stage { store: Store::new(base), operation };
    act(&stage);
    drop(stage);
    for left in Descriptors::open_now().beside(&before) {
        say(&format!("left open: {left}"));
    }
}

impl Stage {
    /// Performs the operation itself, and if it fails, once more. Gives back what it gave.
    pub(crate) fn perform<T>(&self, mut act: impl FnMut() -> Result<T, Error>) -> Option<T> {
        mark(c"/the operation begins");
        let first = act();
        mark(c"/the operation ends");
        let error = match first {
            Ok(given) => {
                say("done");
                self.tell_of_locks();
                return Some(given);
            }
            Err(error) => error,
        };
        tell("", &error);
        self.tell_of_locks();
        self.tell_of_subject();
        match act() {
            Ok(given) => {
                say("again done");
                self.tell_of_locks();
                Some(given)
            }
            Err(error) => {
                tell("again ", &error);
                None
            }
        }
    }

    /// What the failure has left of the subject, before it is tried again.
    fn tell_of_subject(&self) {
        let base = self.store.base().as_path();
        let places = [OURS, GOS].map(|segment| base.join(format!("{segment}/{SUBJECT}")));
        let there = places.iter().filter(|place| place.is_file()).count();
        if !self.operation.failed.allows(there) {
            complain(&format!("after the failure the subject is there {there} times"));
        }
    }

    fn tell_of_locks(&self) {
        // Somebody else's is held on purpose.
        if self.operation.ground != Ground::Locked {
            for lock in leaks::held_locks(self.store.base().as_path()) {
                say(&format!("held: {}", lock.display()));
            }
        }
    }
}

/// Says what was found that should not be.
pub(crate) fn complain(what: &str) {
    say(&format!("wrong: {what}"));
}

/// The same of what no error excuses: that somebody is called dead whose lease is held.
pub(crate) fn complain_of_loss(what: &str) {
    say(&format!("lost: {what}"));
}

/// A system call that nobody else makes, for who traces this process.
fn mark(name: &std::ffi::CStr) {
    // There is no such file, and the answer is of no interest.
    let _absent = rustix::fs::access(name, Access::EXISTS);
}

/// Says why an operation failed, in lines that can be told apart.
fn tell(which: &str, error: &Error) {
    say(&format!("{which}failed"));
    say(&format!("kind {:?}", error.kind()));
    say(&format!("step {}", error.step()));
    say(&format!("message {}", error.message().replace('\n', " ")));
    let mut cause = error.source();
    while let Some(reason) = cause {
        if let Some(error) = reason.downcast_ref::<PathError>() {
            say(&format!("path {}", error.path().display()));
        }
        if let Some(error) = reason.downcast_ref::<LockError>() {
            say(&format!("path {}", error.path()));
        }
        if let Some(errno) = reason.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            say(&format!("errno {errno}"));
        }
        cause = reason.source();
    }
}
