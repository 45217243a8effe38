//! What the command understands.

mod changing;
mod generated;
pub(crate) mod quick;
mod reading;
mod values;

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand};
use hakurei_check::Absolute;

pub(crate) use self::changing::{Adopt, Doctor, Gc, Kill, Run};
pub(crate) use self::generated::{Completions, Man};
pub(crate) use self::reading::{Locks, Ps, Show, Wait, Watch};
pub(crate) use self::values::EntryFormat;

use crate::help;

/// Runs programs as tracked instances, and tells which instances run.
///
/// The store is a directory with a file for each instance. Whoever records an instance holds a lock
/// on its file for as long as it runs, and the kernel lets go when that process ends, however it
/// ends: there is no daemon, and nothing that could be out of date.
#[derive(Debug, Parser)]
#[command(name = "hakurei-store", version, after_long_help = help::GENERAL)]
#[command(disable_help_subcommand = true, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// What this process was called with; or help, the version, or what is wrong with it.
    pub(crate) fn of_this_process() -> Result<Self, clap::Error> {
        let words: Vec<OsString> = std::env::args_os().collect();
        quick::parse(&words).map_or_else(|| Self::try_parse_from(words), Ok)
    }
}

/// What every command takes, before or after its name.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The directory of the store, absolute.
    ///
    /// Without it: $HAKUREI_STORE, else $XDG_RUNTIME_DIR/hakurei/state, else
    /// /tmp/hakurei-store.UID/state.
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::absolute))]
    pub(crate) store: Option<Absolute>,

    /// Print JSON, on stderr too where something fails.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Say on stderr which store is used, and each step taken.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The commands, in the order in which help lists them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Ps(Ps),
    Show(Show),
    Wait(Wait),
    Kill(Kill),
    Watch(Watch),
    Gc(Gc),
    Adopt(Adopt),
    Doctor(Doctor),
    Locks(Locks),
    Completions(Completions),
    Man(Man),
}

#[cfg(test)]
mod tests;
