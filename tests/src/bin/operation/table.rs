//! The operations, each on its own line; what a newer one needs is a line more.

use std::slice;

use crate::ground::{BYSTANDERS, Ground, SUBJECT};
use crate::say;
use crate::stage::Stage;

/// Something that is done to a store, or asked of it.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// What is there before.
    pub(crate) ground: Ground,
    /// What has become of the subject, an entry that the operation is about, once it is done.
    pub(crate) done: Subject,
    /// And once it has failed.
    pub(crate) failed: Subject,
    /// Whether the dead of the subject's segment may be collected on the way.
    pub(crate) collects: bool,
    pub(crate) act: Act,
}

/// What may be found of the subject.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// It is there, whole.
    There,
    Gone,
    /// It is there, whole, or it is not there at all.
    Either,
}

pub(crate) enum Act {
    /// A call of the library, performed by this program.
    Library(fn(&Stage)),
    /// The arguments of the command; `ID` stands for the subject's id.
    Command(&'static [&'static str]),
    /// The same of a command that ends when nobody listens any more, as is to be after that many lines.
    Endless(usize, &'static [&'static str]),
}

use Act::{Command, Endless, Library};
use Subject::{Either, Gone, There};

/// All bystanders, and the subject.
const EVERYBODY: usize = BYSTANDERS.len() + 1;

/// Asks, and leaves everything as it is.
const ASKS: Operation = Operation {
    name: "",
    ground: Ground::Subject,
    done: There,
    failed: There,
    collects: false,
    act: Command(&[]),
};

/// Makes directories and lock files, and no entry.
const MAKES: Operation = Operation { ground: Ground::Bare, done: Gone, failed: Gone, ..ASKS };

/// Records the subject.
const SAVES: Operation = Operation { ground: Ground::Bystanders, done: There, ..MAKES };

/// Takes away a subject that this process recorded itself, before the first mark.
const ENDS: Operation = Operation { done: Gone, failed: Either, ..SAVES };

#[rustfmt::skip]
pub(crate) const OPERATIONS: &[Operation] = {
    use crate::acts::{end, kill, lock, owner, read, save, wait};
    &[
        Operation { name: "create-store", act: Library(lock::make_segment), ..MAKES },
        Operation { name: "create-segment", ground: Ground::Bystanders, act: Library(lock::make_segment), ..MAKES },
        Operation { name: "lock", act: Library(lock::lock), ..ASKS },
        Operation { name: "lock-again", act: Library(lock::lock_again), ..ASKS },
        Operation { name: "lock-busy", ground: Ground::Locked, act: Library(lock::wait_in_vain), ..ASKS },
        Operation { name: "holder", ground: Ground::Locked, act: Library(lock::holder), ..ASKS },
        Operation { name: "save-first", ground: Ground::Bare, act: Library(save::cbor), ..SAVES },
        Operation { name: "save-cbor", act: Library(save::cbor), ..SAVES },
        Operation { name: "save-gob", act: Library(save::gob), ..SAVES },
        Operation { name: "save-again", act: Library(save::again), ..SAVES },
        Operation { name: "save-taken", ground: Ground::Subject, failed: There, act: Library(save::taken), ..SAVES },
        Operation { name: "save-durably", act: Library(save::cbor_durably), ..SAVES },
        Operation { name: "save-gob-durably", act: Library(save::gob_durably), ..SAVES },
        Operation { name: "adopt", ground: Ground::Orphaned, failed: There, act: Library(owner::adopt), ..SAVES },
        Operation { name: "hand-over", failed: There, act: Library(owner::hand_over), ..SAVES },
        Operation { name: "take-over", failed: There, act: Library(owner::take_over), ..SAVES },
        Operation { name: "destroy", act: Library(end::destroy), ..ENDS },
        Operation { name: "end", act: Library(end::end), ..ENDS },
        Operation { name: "end-with-account", act: Library(end::end_with_account), ..ENDS },
        Operation { name: "drop", done: Either, act: Library(end::drop_lease), ..ENDS },
        Operation { name: "release", done: There, failed: There, act: Library(end::release), ..ENDS },
        Operation { name: "destroy-entry", ground: Ground::Subject, act: Library(end::destroy_entry), ..ENDS },
        Operation { name: "collect", ground: Ground::Subject, collects: true, act: Library(end::collect), ..ENDS },
        Operation { name: "collect-all", ground: Ground::Subject, collects: true, act: Library(end::collect_all), ..ENDS },
        Operation { name: "collectable", act: Library(read::collectable), ..ASKS },
        Operation { name: "account", act: Library(read::account), ..ASKS },
        Operation { name: "locks", ground: Ground::Locked, act: Library(read::locks), ..ASKS },
        Operation { name: "kill", failed: There, act: Library(kill::kill), ..SAVES },
        Operation { name: "wait", act: Library(wait::ended), ..ASKS },
        Operation { name: "wait-for-end", act: Library(wait::end), failed: There, ..SAVES },
        Operation { name: "watch", act: Library(wait::watch), ..ENDS },
        Operation { name: "watch-from-nothing", ground: Ground::Bare, failed: Either, act: Library(wait::watch_from_nothing), ..SAVES },
        Operation { name: "load", act: Library(read::load), ..ASKS },
        Operation { name: "list", act: Library(read::list), ..ASKS },
        Operation { name: "list-nothing", ground: Ground::Bare, done: Gone, failed: Gone, act: Library(read::list_nothing), ..ASKS },
        Operation { name: "entry", act: Library(read::entry), ..ASKS },
        Operation { name: "id", act: Library(read::new_id), ..ASKS },
        Operation { name: "close", act: Library(lock::close), ..ASKS },
        Operation { name: "run", collects: true, act: Command(&["run", "--identity=7", "--", "/bin/true"]), ..ENDS },
        Operation { name: "run-first", ground: Ground::Bare, act: Command(&["run", "--identity=7", "--", "/bin/true"]), ..ENDS },
        Operation { name: "ps", act: Command(&["ps"]), ..ASKS },
        Operation { name: "ps-json", act: Command(&["--json", "ps"]), ..ASKS },
        Operation { name: "ps-watch", act: Endless(1, &["--json", "ps", "--watch"]), ..ASKS },
        Operation { name: "ps-nothing", ground: Ground::Bare, done: Gone, failed: Gone, act: Command(&["ps"]), ..ASKS },
        Operation { name: "run-durably", act: Command(&["run", "--identity=7", "--durable", "--", "/bin/true"]), collects: true, ..ENDS },
        Operation { name: "run-gob", act: Command(&["run", "--identity=11", "--format=gob", "--", "/bin/true"]), collects: true, ..ENDS },
        Operation { name: "command-adopt", ground: Ground::Orphaned, act: Command(&["adopt", "ID", "--", "/bin/true"]), ..ENDS },
        Operation { name: "gc", ground: Ground::Subject, collects: true, act: Command(&["gc"]), ..ENDS },
        Operation { name: "gc-dry-run", act: Command(&["gc", "--dry-run"]), ..ASKS },
        Operation { name: "command-kill", ground: Ground::Orphaned, act: Command(&["kill", "-s", "CONT", "ID"]), ..ASKS },
        Operation { name: "command-wait", act: Command(&["wait", "ID"]), ..ASKS },
        Operation { name: "command-locks", act: Command(&["locks"]), ..ASKS },
        Operation { name: "command-watch", act: Endless(EVERYBODY, &["watch"]), ..ASKS },
        Operation { name: "doctor", act: Command(&["doctor"]), ..ASKS },
        Operation { name: "doctor-fix", ground: Ground::Subject, collects: true, act: Command(&["doctor", "--fix"]), ..ENDS },
        Operation { name: "show", act: Command(&["--json", "show", "ID"]), ..ASKS },
    ]
};

/// Finds one by its name.
pub(crate) fn named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// Says which there are.
pub(crate) fn list() {
    for Operation { name, act, .. } in OPERATIONS {
        match act {
            Library(_) => say(&format!("{name} library")),
            Command(words) => say(&format!("{name} command {}", spelt_out(words))),
            Endless(lines, words) => say(&format!("{name} endless {lines} {}", spelt_out(words))),
        }
    }
}

fn spelt_out(words: &[&str]) -> String {
    words.join(" ").replace("ID", &SUBJECT.to_string())
}

impl Operation {
    /// What may be found of the subject after an operation that has been killed.
    pub(crate) fn killed(&self) -> Subject {
        if self.done == self.failed { self.done } else { Either }
    }
}

impl Subject {
    /// Whether that many entries are as it should be.
    pub(crate) fn allows(self, count: usize) -> bool {
        let allowed: &[usize] = match self {
            There => slice::from_ref(&1),
            Gone => slice::from_ref(&0),
            Either => &[0, 1],
        };
        allowed.contains(&count)
    }
}
