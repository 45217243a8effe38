//! Understanding a command line without defining what it has nothing to do with.

use std::ffi::{OsStr, OsString};

use clap::{Args as _, FromArgMatches as _};

use super::{
    Adopt, Arguments, Completions, Doctor, Gc, Global, Kill, Locks, Man, Ps, Run, Show, Wait, Watch,
};

/// What the words say, of which the first is the program; none if it takes the definition in full to
/// say what they mean, or what is wrong with them.
///
/// To define all commands takes longer than to list a dozen instances. So this one defines the first
/// that is named, be it as an option's value, and leaves all that is more than valid to the other.
pub(crate) fn parse(words: &[OsString]) -> Option<Arguments> {
    let command = words.iter().skip(1).find_map(|word| define(word))?;
    let program = Global::augment_args(clap::Command::new("hakurei-store")).subcommand(command);
    let mut matches = program.try_get_matches_from(words).ok()?;
    Arguments::from_arg_matches_mut(&mut matches).ok()
}

/// Gives a command its arguments.
type Define = fn(clap::Command) -> clap::Command;

const COMMANDS: [(&str, Define); 12] = [
    ("run", Run::augment_args),
    ("ps", Ps::augment_args),
    ("show", Show::augment_args),
    ("wait", Wait::augment_args),
    ("kill", Kill::augment_args),
    ("watch", Watch::augment_args),
    ("gc", Gc::augment_args),
    ("adopt", Adopt::augment_args),
    ("doctor", Doctor::augment_args),
    ("locks", Locks::augment_args),
    ("completions", Completions::augment_args),
    ("man", Man::augment_args),
];

fn define(name: &OsStr) -> Option<clap::Command> {
    let (name, augment) = COMMANDS.into_iter().find(|(known, _)| name == *known)?;
    Some(augment(clap::Command::new(name)))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("hakurei-store").chain(line.split(' ')).map(OsString::from).collect()
    }

    #[test]
    fn every_command_is_known() {
        for command in Arguments::command().get_subcommands() {
            assert!(define(command.get_name().as_ref()).is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn what_is_valid_means_the_same_as_in_full() {
        for line in [
            "ps",
            "--store /s -vv ps --json --identity 9 -q --status dead,orphaned",
            "run --identity 9 --store /s -- ps --help",
            "show --pid 7",
            "wait --timeout 5s 17288281 17288282",
            "kill -s KILL 17288281",
            "watch --json",
            "gc --dry-run --orphans",
            "adopt 17288281 -- true",
            "doctor --fix",
            "locks",
            "completions bash",
            "man /tmp",
        ] {
            let quick = parse(&words(line)).unwrap_or_else(|| panic!("{line}: not understood"));
            let full = Arguments::try_parse_from(words(line)).expect("it is valid");
            assert_eq!(format!("{quick:?}"), format!("{full:?}"), "{line}");
        }
    }

    #[test]
    fn all_else_is_left_to_the_definition_in_full() {
        for line in [
            "",
            "--help",
            "--version",
            "-h ps",
            "ps --help",
            "ps --nosuch",
            "nosuch",
            "ps kill",
            "--store",
            "--identity 9",
            "show",
        ] {
            assert!(parse(&words(line)).is_none(), "{line}");
        }
        // The first name is an option's value here, and the definition has no other command.
        assert!(parse(&words("--store ps kill 17288281")).is_none());
    }
}
