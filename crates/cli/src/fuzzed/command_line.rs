//! Command lines.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::words;
use crate::args::{Arguments, Command, quick};
use crate::exit::Exit;

/// Words, a line for each, are a command that means the same when it is written out again, or are
/// answered; returns whether they are a command.
///
/// # Panics
///
/// If they are neither.
#[must_use]
pub fn command_line(lines: &[u8]) -> bool {
    let words: Vec<_> = lines.split(|byte| *byte == b'\n').map(OsStr::from_bytes).collect();
    match parse(&words) {
        Ok(arguments) => {
            check_program(&words, &arguments.command);
            check_again(&arguments);
            true
        }
        Err(answer) => {
            check_answer(&words, &answer);
            false
        }
    }
}

fn parse(words: &[impl AsRef<OsStr>]) -> Result<Arguments, clap::Error> {
    let words = words.iter().map(|word| word.as_ref().to_owned());
    let words: Vec<_> = [OsString::from("hakurei-store")].into_iter().chain(words).collect();
    let quick = quick::parse(&words);
    let parsed = Arguments::try_parse_from(&words);
    if let Some(quick) = quick {
        let in_full = parsed.as_ref().map_err(ToString::to_string);
        assert_eq!(Ok(format!("{quick:?}")), in_full.map(|full| format!("{full:?}")), "{words:?}");
    }
    parsed
}

/// What stands behind the first `--` is the program's, every word of it.
fn check_program(words: &[&OsStr], command: &Command) {
    let program = match command {
        Command::Run(run) => &run.program,
        Command::Adopt(adopt) => &adopt.program,
        _ => return,
    };
    let behind = words.iter().position(|word| *word == "--").map(|end| &words[end + 1..]);
    assert!(behind.is_some_and(|behind| behind == program), "{words:?}: {program:?}");
}

/// What was understood can be said in one way, and is understood as the same.
fn check_again(arguments: &Arguments) {
    let words = words::of(arguments);
    match parse(&words) {
        Ok(again) => assert_eq!(format!("{again:?}"), format!("{arguments:?}"), "{words:?}"),
        Err(refused) => panic!("{words:?} is {arguments:?}, but: {refused}"),
    }
}

/// Help and the version are given if they are asked for; all else is wrong usage, and is told.
fn check_answer(words: &[&OsStr], answer: &clap::Error) {
    let text = answer.render().to_string();
    let asked_for = matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    match crate::exit_of(answer) {
        Exit::Done => {
            assert!(asked_for && words.iter().any(asks), "{words:?}: {text}");
            assert!(text.starts_with("hakurei-store ") || text.contains("Usage: "), "{text}");
        }
        Exit::Usage => {
            // Instead of an error, where there is no command at all.
            let is_help = answer.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            let is_told = is_help || text.starts_with("error: ");
            assert!(!asked_for && is_told, "{words:?}: {text}");
        }
        exit => panic!("{words:?}: {exit:?}"),
    }
}

/// Whether a word may ask for help or the version: by name, or among other letters.
fn asks(word: &&OsStr) -> bool {
    let word = word.as_bytes();
    let is_letters = word.starts_with(b"-") && !word.starts_with(b"--");
    word == b"--help"
        || word == b"--version"
        || is_letters && word.iter().any(|b| b"hV".contains(b))
}
