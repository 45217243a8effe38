//! Commands that run programs, send signals or change the store.

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;
use hakurei_hst::Identity;
use hakurei_store::Signal;

use super::values::{EntryFormat, duration};
use crate::help;
use crate::selector::Selector;

/// Run a program as a recorded instance, and end as it does.
///
/// The program exists, held back, before the instance is recorded, and begins once it is: it finds
/// itself listed. What would end or stop it from a terminal or a supervisor is passed on: INT, TERM,
/// HUP, QUIT, USR1, USR2, WINCH, CONT and TSTP. When it has ended, its entry is removed. If `run` is
/// killed, so is the program, unless it has changed its user or group; what it forked may
/// live on.
///
/// Nothing is sandboxed here. The program is bwrap, a shim, anything.
#[derive(Args, Debug)]
#[command(after_long_help = help::RUN)]
pub(crate) struct Run {
    /// The identity to record it under, from 0 to 9999; overrides that of the configuration.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) identity: Option<Identity>,

    /// The configuration to record, as JSON; - is stdin, which the program then finds at its end.
    ///
    /// Without it, one is made of $HOME, $SHELL and the program with its arguments.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) config: Option<OsString>,

    /// The reverse-DNS name of the application; overrides that of the configuration.
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<OsString>,

    /// The format of the entry; cbor, unless the Go system uses the store.
    ///
    /// A launcher of the Go system does not count what it cannot read, and takes resources back under
    /// a running program. So where it is about, cbor is refused, and gob is what is written without
    /// this option.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<EntryFormat>,

    /// Begin only once the entry is on the disk: it is then found after a power cut, too.
    ///
    /// For stores that do not lie on a runtime directory.
    #[arg(long)]
    pub(crate) durable: bool,

    /// Write the instance's 16 bytes to this descriptor once it is recorded, and close it.
    ///
    /// The program does not inherit it.
    #[arg(long, value_name = "FD", value_parser = clap::value_parser!(i32).range(3..))]
    #[arg(allow_negative_numbers = true)]
    pub(crate) id_fd: Option<i32>,

    /// The program, found by $PATH, and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    #[arg(value_hint = clap::ValueHint::CommandWithArguments)]
    pub(crate) program: Vec<OsString>,
}

/// Send a signal to instances.
///
/// It goes to the monitor of each, or to its program where the monitor is gone: to the very process
/// that was recorded, never to a later one of its number. All instances are found before any is
/// signalled.
///
/// Of an adopted instance only the program that its entry names is signalled. It has not ended before
/// its adopter lets go; who that is, `locks` tells.
#[derive(Args, Debug)]
#[command(after_long_help = help::KILL)]
pub(crate) struct Kill {
    /// The signal, by name or number.
    #[arg(short, long, value_name = "SIG", default_value = "TERM", allow_negative_numbers = true)]
    pub(crate) signal: Signal,

    /// Then wait until all have ended, for so long at most: 500ms, 5s, 2m, 1h, or seconds.
    #[arg(long, value_name = "D", value_parser = duration, allow_hyphen_values = true)]
    pub(crate) timeout: Option<Duration>,

    /// The instances, by their whole ids or as `ps` shows them.
    #[arg(required = true, value_name = "ID")]
    pub(crate) instances: Vec<Selector>,
}

/// Remove the entries of the dead, and say which those were.
///
/// Only what is proven dead is removed, unless more is asked for. What is left is told on stderr, with
/// the reason. The lock of each segment with something to remove is waited for; Ctrl-C ends that.
#[derive(Args, Debug)]
#[command(after_long_help = help::GC)]
pub(crate) struct Gc {
    /// Say what would be removed, and remove nothing. No lock is taken.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Also those whose monitor is gone, though their program may live on.
    #[arg(long)]
    pub(crate) orphans: bool,

    /// Also those of which nothing can be told from here, though they may run.
    ///
    /// For what a process namespace that is gone has left, as after its container. An instance that
    /// runs in another namespace goes as well, unless its lease is held: nobody lists it then, and its
    /// identity's resources are taken back under it.
    #[arg(long)]
    pub(crate) unknown: bool,

    /// Also what is damaged, or is no entry at all; never what has its lease held.
    #[arg(long)]
    pub(crate) corrupt: bool,
}

/// Take an orphaned instance over, and run a program as its new monitor's.
///
/// The instance's lease is held while the program runs, and its entry removed when that has ended:
/// for a supervisor that was restarted. One of unknown status is refused: adopt it where it was
/// started. The program begins only once the lease is held; signals are
/// passed on as `run` does. If `adopt` is killed, so is the program, and the instance is orphaned or
/// dead as before.
#[derive(Args, Debug)]
#[command(after_long_help = help::ADOPT)]
pub(crate) struct Adopt {
    /// The instance, by its whole id or as `ps` shows it.
    #[arg(value_name = "ID")]
    pub(crate) instance: Selector,

    /// The program, found by $PATH, and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    #[arg(value_hint = clap::ValueHint::CommandWithArguments)]
    pub(crate) program: Vec<OsString>,
}

/// Look for what is wrong with the store, and say why it matters and what to do.
///
/// It looks at the directories on the way, their owners and modes, the filesystem, names that do not
/// belong there, entries that are damaged or left behind, entries of two formats side by side, and
/// locks that somebody holds all the while it looks, which are two seconds, or that a stopped process
/// holds. Leases are no concern: they are held for as long as their instances run, stopped or not.
#[derive(Args, Debug)]
#[command(after_long_help = help::DOCTOR)]
pub(crate) struct Doctor {
    /// Repair what can be repaired safely: modes of the store's own directories, and dead entries.
    ///
    /// A directory that does not look like a store, or holds foreign files, keeps its mode.
    #[arg(long)]
    pub(crate) fix: bool,
}
