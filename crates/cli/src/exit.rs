//! Why the command ends, as a number.

use std::process::ExitCode;

/// Why the command ends.
///
/// | code | meaning |
/// |---|---|
/// | 0 | done |
/// | 1 | failed |
/// | 2 | wrong usage |
/// | 3 | no such instance, or more than one |
/// | 4 | `doctor` found something, or a listing met what it could not read; everything else has been printed |
/// | 124 | a `--timeout` ran out |
/// | 125 | `run` or `adopt` itself failed |
/// | 126 | the program of `run` or `adopt` cannot be executed |
/// | 127 | the program of `run` or `adopt` was not found |
/// | any | the program's own code, or 128 + N if signal N ended it |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done.
    Done,
    /// It was not done, for a reason that was printed.
    Failed,
    /// It was not understood.
    Usage,
    /// No instance matches, or more than one does.
    NotFound,
    /// A listing is complete but for what could not be read.
    Incomplete,
    /// Something is wrong with the store.
    Found,
    /// It took longer than was asked for.
    TimedOut,
    /// `run` or `adopt` failed before its program could begin.
    RunFailed,
    /// The program is there, but cannot be executed.
    NotExecutable,
    /// The program is not there.
    ProgramNotFound,
    /// As the program did.
    Program(u8),
    /// A signal of this number, from 1 to 64, ended this command or its program.
    Signal(u8),
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Incomplete | Self::Found => 4,
            Self::TimedOut => 124,
            Self::RunFailed => 125,
            Self::NotExecutable => 126,
            Self::ProgramNotFound => 127,
            Self::Program(code) => code,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
