//! The error that a person reads.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use hakurei_check::PathError;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// An error that a person reads: the step that failed, its cause, and what to say about it.
///
/// As text it is the step alone, and the cause is its [`source`](Error::source);
/// [`message`](Self::message) is the line for people.
///
/// ```
/// use hakurei_hst::AppError;
///
/// let error = AppError::new("read store segments", "unexpected weather");
/// assert_eq!(error.to_string(), "read store segments");
/// assert_eq!(error.message(), "cannot read store segments: unexpected weather");
///
/// let error = error.with_message("come back tomorrow");
/// assert_eq!(error.message(), "come back tomorrow");
/// ```
#[derive(Debug)]
pub struct AppError {
    step: Cow<'static, str>,
    cause: Option<Box<dyn Error + Send + Sync>>,
    message: Option<Cow<'static, str>>,
}

impl AppError {
    /// Puts a step, such as `open state entry`, and its cause together.
    pub fn new(
        step: impl Into<Cow<'static, str>>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { step: step.into(), cause: Some(cause.into()), message: None }
    }

    /// Takes a step that failed for no other reason than itself.
    pub fn without_cause(step: impl Into<Cow<'static, str>>) -> Self {
        Self { step: step.into(), cause: None, message: None }
    }

    /// Says this to people, in place of what would be made of the step and the cause.
    #[must_use = "the error is handed on with its message"]
    pub fn with_message(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.step
    }

    /// The line for people.
    ///
    /// Without a message of its own that is `cannot `, then the system call that failed if there is
    /// one among the causes (`open /x: permission denied`), else the step and the cause.
    #[must_use]
    pub fn message(&self) -> String {
        if let Some(message) = &self.message {
            return message.to_string();
        }
        if let Some(call) = self.causes().find_map(|cause| cause.downcast_ref::<PathError>()) {
            return format!("cannot {call}");
        }
        match self.cause_text() {
            Some(cause) => format!("cannot {}: {cause}", self.step),
            None => format!("cannot {}", self.step),
        }
    }

    /// The cause, its cause, and so on.
    fn causes(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        std::iter::successors(self.source(), |cause| (*cause).source())
    }

    /// All causes on one line, without those that an earlier one has told already.
    fn cause_text(&self) -> Option<String> {
        let mut causes = self.causes();
        let mut last = causes.next()?;
        let mut text = last.to_string();
        // A PathError tells its own cause, in other words.
        while !last.is::<PathError>()
            && let Some(cause) = causes.next()
        {
            let told = cause.to_string();
            if !text.contains(&told) {
                text.push_str(": ");
                text.push_str(&told);
            }
            last = cause;
        }
        Some(text)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.step)
    }
}

impl Error for AppError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The bounds of Send and Sync are dropped on the way.
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl Serialize for AppError {
    /// Writes `{"step", "err", "message"}`: `err` is null without a cause, `message` left out unless
    /// it was [set](Self::with_message).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = if self.message.is_some() { 3 } else { 2 };
        let mut object = serializer.serialize_struct("AppError", fields)?;
        object.serialize_field("step", &self.step)?;
        object.serialize_field("err", &self.cause_text())?;
        if let Some(message) = &self.message {
            object.serialize_field("message", message)?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fmt;
    use std::io;

    use hakurei_check::PathError;

    use super::AppError;

    /// An error with a cause, for chains.
    #[derive(Debug)]
    struct Over(&'static str, Box<dyn Error + Send + Sync>);

    impl fmt::Display for Over {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Over {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&*self.1)
        }
    }

    fn open_denied() -> PathError {
        PathError::new("open", "/x", io::Error::from_raw_os_error(13))
    }

    #[test]
    fn people_are_told() {
        let message = || AppError::new("step", "cause").with_message("override");
        let cases = [
            (AppError::new("step", "cause"), "cannot step: cause"),
            (AppError::without_cause("step"), "cannot step"),
            (AppError::without_cause("step").with_message("override"), "override"),
            (message(), "override"),
            (AppError::new("step", open_denied()), "cannot open /x: permission denied"),
            (
                AppError::new("step", Over("under", open_denied().into())),
                "cannot open /x: permission denied",
            ),
            (AppError::new("step", open_denied()).with_message("override"), "override"),
            (AppError::new("step", Over("over", "cause".into())), "cannot step: over: cause"),
            (AppError::new("step", Over("over cause", "cause".into())), "cannot step: over cause"),
            (AppError::new("step", AppError::new("inner", "cause")), "cannot step: inner: cause"),
            (AppError::new("step", message()), "cannot step: step: cause"),
        ];
        for (error, told) in cases {
            assert_eq!(error.message(), told);
        }
    }

    #[test]
    fn the_text_is_the_step_and_the_cause_is_the_source() {
        let error = AppError::new("step", open_denied()).with_message("override");
        assert_eq!(error.to_string(), "step");
        assert!(error.source().unwrap().is::<PathError>());
        assert!(AppError::without_cause("step").source().is_none());
    }

    #[test]
    fn json_has_step_err_and_the_message_that_was_set() {
        for (error, json) in [
            (AppError::without_cause("step"), r#"{"step":"step","err":null}"#),
            (AppError::new("step", "cause"), r#"{"step":"step","err":"cause"}"#),
            (
                AppError::new("step", open_denied()).with_message("override"),
                r#"{"step":"step","err":"open /x: permission denied","message":"override"}"#,
            ),
            (
                AppError::new("step", Over("over", open_denied().into())),
                r#"{"step":"step","err":"over: open /x: permission denied"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&error).unwrap(), json);
        }
    }
}
