//! Commands that print what is made of the arguments' definition.

use clap::Args;
use clap_complete::Shell;

use crate::help;

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
