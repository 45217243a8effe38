//! What is told on stderr, and how a command fails.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use hakurei_hst::AppError;
use hakurei_store::Error as StoreError;
use serde::Serialize;

use crate::escape::escape;
use crate::exit::Exit;
use crate::json;

/// Why a command did not do what it was asked for, and the exit code that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    cause: Cause,
}

/// An error of the store's, or one of the command's own; both have a line for people.
#[derive(Debug)]
pub(crate) enum Cause {
    App(AppError),
    Store(StoreError),
}

impl Failure {
    pub(crate) fn new(exit: Exit, cause: impl Into<Cause>) -> Self {
        Self { exit, cause: cause.into() }
    }

    /// Something went wrong, and there is no better exit code for it.
    pub(crate) fn failed(cause: impl Into<Cause>) -> Self {
        Self::new(Exit::Failed, cause)
    }

    /// The same, ending otherwise.
    pub(crate) fn exiting(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The exit code to end with.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What happened.
    pub(crate) fn error(&self) -> &AppError {
        self.cause.error()
    }
}

impl Cause {
    pub(crate) fn error(&self) -> &AppError {
        match self {
            Self::App(error) => error,
            Self::Store(error) => error.as_app_error(),
        }
    }
}

impl From<AppError> for Cause {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for Cause {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Whoever reads stderr, and how much they want to know.
///
/// Nothing that is told fails for want of a reader: a closed stderr is silent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    /// Whether errors are objects; notes and steps are plain lines in any case.
    pub(crate) json: bool,
    /// Whether each step is told.
    pub(crate) verbose: bool,
}

impl Report {
    /// Tells an error: a line for people, or an object.
    pub(crate) fn error(self, error: &AppError) {
        self.error_object(ErrorObject::from(error));
    }

    /// Tells an error whose message does not say by itself what it is about.
    pub(crate) fn error_about(self, subject: impl fmt::Display, error: &AppError) {
        let mut object = ErrorObject::from(error);
        object.message = format!("{subject}: {}", object.message);
        self.error_object(object);
    }

    fn error_object(self, object: ErrorObject) {
        match self.json.then(|| json::line(&object)) {
            Some(Ok(line)) => print(&line),
            _ => self.note(object.message),
        }
    }

    /// Tells something that is no error, but that the result alone does not say.
    #[expect(clippy::unused_self, reason = "all that is told goes through a Report")]
    pub(crate) fn note(self, note: impl fmt::Display) {
        print(&format!("hakurei-store: {}", escape(note.to_string())));
    }

    /// Tells a step that is being taken, to those who asked for that.
    pub(crate) fn step(self, step: impl fmt::Display) {
        if self.verbose {
            self.note(step);
        }
    }

    /// Tells what somebody at a terminal wonders about while nothing happens.
    pub(crate) fn delay(self, delay: impl fmt::Display) {
        if self.verbose || io::stderr().is_terminal() {
            self.note(delay);
        }
    }
}

fn print(line: &str) {
    // There is nobody left to tell that stderr is closed.
    let _unheard = writeln!(io::stderr(), "{line}");
}

/// The form of an error in JSON, whole: the cause may be null, and the message is never left out.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorObject {
    step: String,
    err: serde_json::Value,
    message: String,
}

impl From<&AppError> for ErrorObject {
    fn from(error: &AppError) -> Self {
        // It serializes into an object of strings, which cannot fail.
        let mut object = serde_json::to_value(error).unwrap_or_default();
        let err = object.get_mut("err").map(serde_json::Value::take).unwrap_or_default();
        Self { step: error.step().to_owned(), err, message: error.message() }
    }
}

/// Prints the result on stdout. If nobody reads on, it counts as printed.
pub(crate) fn print_result(text: &str) -> Result<(), Failure> {
    print_on(text).map(drop)
}

/// As [`print_result`], with the colours in it, if they are wanted.
pub(crate) fn print_coloured(text: &str) -> Result<(), Failure> {
    print_on_in_colour(text).map(drop)
}

/// Whether somebody reads what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Printed {
    ToSomebody,
    /// The pipe is closed.
    ToNobody,
}

/// As [`print_result`], for who would print more and more.
pub(crate) fn print_on(text: &str) -> Result<Printed, Failure> {
    write_result(io::stdout(), text)
}

/// As [`print_coloured`], for who would print more and more.
pub(crate) fn print_on_in_colour(text: &str) -> Result<Printed, Failure> {
    write_result(anstream::AutoStream::auto(io::stdout()), text)
}

fn write_result(mut stdout: impl io::Write, text: &str) -> Result<Printed, Failure> {
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(Printed::ToSomebody),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Printed::ToNobody),
        Err(error) => Err(Failure::failed(AppError::new("write to standard output", error))),
    }
}

#[cfg(test)]
mod tests {
    use hakurei_hst::AppError;

    use super::ErrorObject;
    use crate::json;

    #[test]
    fn an_error_object_always_has_its_message() {
        for (error, object) in [
            (
                AppError::new("read store segments", "unexpected weather"),
                r#"{"step":"read store segments","err":"unexpected weather","message":"cannot read store segments: unexpected weather"}"#,
            ),
            (
                AppError::without_cause("find instance").with_message("no instance"),
                r#"{"step":"find instance","err":null,"message":"no instance"}"#,
            ),
        ] {
            assert_eq!(json::line(&ErrorObject::from(&error)).unwrap(), object);
        }
    }
}
