//! What the command understands.

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use hakurei_check::Absolute;
use hakurei_hst::Identity;
use hakurei_store::Format;

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

/// What every command takes, before or after its name.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The directory of the store, absolute.
    ///
    /// Without it: $HAKUREI_STORE, else $XDG_RUNTIME_DIR/hakurei/state, else
    /// /tmp/hakurei-store.UID/state.
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    #[arg(value_parser = OsStringValueParser::new().try_map(absolute))]
    pub(crate) store: Option<Absolute>,

    /// Print JSON, on stderr too where something fails.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Say on stderr which store is used, and each step taken.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Ps(Ps),
    Show(Show),
    Completions(Completions),
    Man(Man),
}

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
}

/// Show all that is recorded of an instance, or check a configuration.
///
/// An instance is named by its whole id, 32 digits, or by the first 8 to 16 digits of its random
/// half, which is what `ps` shows. Anything else is the name of a file with a configuration in it; -
/// is stdin.
#[derive(Args, Debug)]
#[command(after_long_help = help::SHOW)]
pub(crate) struct Show {
    /// An instance, or a file.
    #[arg(value_name = "ID|FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) subject: OsString,
}

/// Print a script that completes this command's arguments.
#[derive(Args, Debug)]
#[command(after_long_help = help::COMPLETIONS)]
pub(crate) struct Completions {
    /// The shell that it is for.
    pub(crate) shell: Shell,
}

/// Print the manual page hakurei-store(1), or write all pages.
#[derive(Args, Debug)]
#[command(after_long_help = help::MAN)]
pub(crate) struct Man {
    /// Write hakurei-store.1 and a page for each command into this directory.
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) directory: Option<std::path::PathBuf>,
}

/// The formats of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EntryFormat {
    /// This project's own: checksummed, and quick to list.
    Cbor,
    /// What the Go system reads too.
    Gob,
}

impl From<EntryFormat> for Format {
    fn from(format: EntryFormat) -> Self {
        match format {
            EntryFormat::Cbor => Self::Cbor,
            EntryFormat::Gob => Self::Gob,
        }
    }
}

fn absolute(value: OsString) -> Result<Absolute, hakurei_check::PathnameError> {
    use std::os::unix::ffi::OsStringExt as _;
    Absolute::new(value.into_vec())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::{Arguments, Command};

    fn parse(arguments: &[&str]) -> Result<Arguments, String> {
        let words = ["hakurei-store"].into_iter().chain(arguments.iter().copied());
        Arguments::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn global_options_stand_on_either_side() {
        for arguments in [
            &["--store", "/s", "--json", "-v", "run", "--", "true", "--json"][..],
            &["run", "--store", "/s", "--json", "-v", "--", "true", "--json"],
            &["--store=/s", "run", "--json", "-v", "--", "true", "--json"],
        ] {
            let parsed = parse(arguments).unwrap();
            assert_eq!(parsed.global.store.unwrap(), *"/s");
            assert!(parsed.global.json && parsed.global.verbose == 1);
            let Command::Run(run) = parsed.command else { panic!("{arguments:?}") };
            assert_eq!(run.program, ["true", "--json"]);
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_the_words_of_the_model() {
        for (arguments, words) in [
            (&["ps", "--identity", "007"][..], r#"identity "007" has a leading zero"#),
            (&["ps", "--identity", "+7"], r#"identity "+7" has a sign"#),
            (&["ps", "--identity", "-1"], r#"identity "-1" has a sign"#),
            (&["ps", "--identity", "10000"], "identity 10000 out of range"),
            (&["ps", "--store", "state"], r#"path "state" is not absolute"#),
            (&["ps", "--store", ""], r#"path "" is not absolute"#),
            (&["ps", "--store", "/a\0b"], "contains a NUL byte"),
            (&["run", "--id-fd", "2", "--", "true"], "2 is not in 3.."),
            (&["run", "--id-fd", "-1", "--", "true"], "-1 is not in 3.."),
            (&["run", "true"], "unexpected argument 'true'"),
            (&["run", "--"], "required"),
            (&["gc"], "unrecognized subcommand"),
        ] {
            let refused = parse(arguments).unwrap_err();
            assert!(refused.contains(words), "{arguments:?}: {refused}");
        }
    }
}
