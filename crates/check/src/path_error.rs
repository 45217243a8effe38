//! A system call that failed, and the pathname that it was given.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A system call on a pathname that failed: `open /x: permission denied`.
///
/// It is what Go calls a `PathError`, and says in one line which call failed, on what, and why. The
/// cause is part of that line and is also the [`source`](std::error::Error::source).
#[derive(Debug)]
pub struct PathError {
    call: &'static str,
    path: PathBuf,
    cause: io::Error,
}

impl PathError {
    /// Puts the call's name (`open`, `flock`, …), its pathname and its error together.
    pub fn new(call: &'static str, path: impl Into<PathBuf>, cause: impl Into<io::Error>) -> Self {
        Self { call, path: path.into(), cause: cause.into() }
    }

    /// The name of the call, as in section 2 of the manual.
    #[must_use]
    pub fn call(&self) -> &'static str {
        self.call
    }

    /// The pathname that the call was about.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the kernel answered.
    #[must_use]
    pub fn cause(&self) -> &io::Error {
        &self.cause
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.call, self.path.display())?;
        write_cause(&self.cause, f)
    }
}

impl std::error::Error for PathError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The words of the C library for an error number, in the lower case of a sentence that goes on and
/// without the number behind them; other errors as they are.
fn write_cause(cause: &io::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = cause.to_string();
    let Some(code) = cause.raw_os_error() else {
        return f.write_str(&text);
    };
    let words = text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text);
    let mut letters = words.chars();
    if let Some(first) = letters.next() {
        write!(f, "{}{}", first.to_lowercase(), letters.as_str())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
