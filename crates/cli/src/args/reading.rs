//! Commands that change nothing.

use std::ffi::OsString;
use std::time::Duration;

use clap::{ArgGroup, Args};
use hakurei_hst::Identity;

use super::values::{Status, duration};
use crate::help;
use crate::selector::Selector;

/// List the instances.
///
/// No lock is waited for, so a launcher that hangs does not hang this. What cannot be read is listed
/// as well, and hides nothing else.
#[derive(Args, Debug)]
#[command(after_long_help = help::PS)]
pub(crate) struct Ps {
    /// Print whole ids alone, one a line.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Only the instances of this identity.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) identity: Option<Identity>,

    /// Only the instances of these statuses, separated by commas.
    ///
    /// What cannot be read is still told on stderr, for nobody knows what it would be.
    #[arg(long, value_name = "S", value_delimiter = ',', value_enum)]
    pub(crate) status: Vec<Status>,

    /// List them again whenever something has changed, until a signal comes or nobody reads on.
    ///
    /// On a terminal the list is drawn in place. The kernel tells of changes; only what it cannot tell is
    /// looked at every 50 ms.
    #[arg(long)]
    pub(crate) watch: bool,
}

/// Show all that is recorded of an instance, or check a configuration.
///
/// An instance is named by its whole id, 32 digits, or by the first 8 to 16 digits of its random
/// half, which is what `ps` shows; or by a process that belongs to it. Anything else is the name of a
/// file with a configuration in it; - is stdin.
#[derive(Args, Debug)]
#[command(after_long_help = help::SHOW)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct Show {
    /// An instance, or a file.
    #[arg(value_name = "ID|FILE", value_hint = clap::ValueHint::FilePath, group = "what")]
    pub(crate) subject: Option<OsString>,

    /// The instance that this process belongs to: its own, or that of its nearest ancestor.
    #[arg(long, value_name = "PID", group = "what", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) pid: Option<i32>,
}

/// Wait until instances have ended.
///
/// An instance has ended when its entry is gone, or when all that it lived by is. The kernel wakes
/// this; no lock is taken, and nothing is removed.
#[derive(Args, Debug)]
#[command(after_long_help = help::WAIT)]
pub(crate) struct Wait {
    /// Give up after so long, with exit code 124: 500ms, 5s, 2m, 1h, or seconds.
    #[arg(long, value_name = "D", value_parser = duration, allow_hyphen_values = true)]
    pub(crate) timeout: Option<Duration>,

    /// The instances, by their whole ids or as `ps` shows them.
    #[arg(required = true, value_name = "ID")]
    pub(crate) instances: Vec<Selector>,
}

/// Print a line for each change: appeared, ended, removed.
///
/// What is there at first appears first, so that nothing falls between a listing and this. No lock is
/// taken. It ends when nobody reads on, or by a signal.
#[derive(Args, Debug)]
#[command(after_long_help = help::WATCH)]
pub(crate) struct Watch {}

/// List the locks that are held now, and by whom.
///
/// The store's lock is held to make a segment, a segment's to write, and each instance's lease for as
/// long as it runs. None is waited for.
#[derive(Args, Debug)]
#[command(after_long_help = help::LOCKS)]
pub(crate) struct Locks {}
