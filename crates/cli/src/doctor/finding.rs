//! Something that is wrong.

use std::fmt;
use std::path::{Path, PathBuf};

use hakurei_store::Error;
use serde::Serialize;

use crate::escape::escape;
use crate::json;
use crate::selector::Named;

/// Something that is wrong, where, why it matters, and what to do about it.
#[derive(Debug)]
pub(super) struct Finding {
    finding: String,
    path: PathBuf,
    why: &'static str,
    fix: String,
    remedy: Remedy,
}

/// What `--fix` does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing: somebody has to decide.
    None,
    /// It gives a directory to its owner alone.
    Mode,
    /// It takes the entry of a dead instance away.
    Collect(Named),
    /// It has been done.
    Done,
}

impl Finding {
    pub(super) fn new(
        finding: impl Into<String>,
        path: impl Into<PathBuf>,
        why: &'static str,
        fix: impl Into<String>,
    ) -> Self {
        let (finding, path, fix) = (finding.into(), path.into(), fix.into());
        Self { finding, path, why, fix, remedy: Remedy::None }
    }

    /// One that `--fix` can do something about.
    pub(super) fn with_remedy(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn remedy(&self) -> Remedy {
        self.remedy
    }

    pub(super) fn is_repaired(&self) -> bool {
        self.remedy == Remedy::Done
    }

    /// It has been repaired, by what is said.
    pub(super) fn repaired(&mut self, what: &str) {
        self.fix = format!("done: {what}");
        self.remedy = Remedy::Done;
    }

    /// It could not be repaired; somebody has to.
    pub(super) fn not_repaired(&mut self, why: &str) {
        self.fix = format!("{} (not done: {why})", self.fix);
        self.remedy = Remedy::None;
    }

    pub(super) fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Object<'a> {
            finding: &'a str,
            path: String,
            why: &'a str,
            fix: &'a str,
        }
        let path = self.path.display().to_string();
        // Strings can always be written.
        json::line(&Object { finding: &self.finding, path, why: self.why, fix: &self.fix })
            .unwrap_or_default()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape(self.path.as_os_str().as_encoded_bytes());
        writeln!(f, "{path}: {}", escape(&self.finding))?;
        writeln!(f, "  why: {}", self.why)?;
        writeln!(f, "  fix: {}", escape(&self.fix))
    }
}

/// What an error is about: the pathname in it.
pub(super) fn path_of(error: &Error) -> Option<&Path> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<hakurei_check::PathError>() {
            return Some(cause.path());
        }
        source = cause.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn it_says_what_where_why_and_what_to_do() {
        let mut finding = Finding::new("it is \x1b[2J", "/a\nb", "it matters", "mend it");
        assert_eq!(
            finding.to_string(),
            "/a\\nb: it is \\u{1b}[2J\n  why: it matters\n  fix: mend it\n"
        );
        finding.repaired("mended");
        assert!(finding.is_repaired());
        assert_eq!(
            finding.to_json(),
            r#"{"finding":"it is \u001b[2J","path":"/a\nb","why":"it matters","fix":"done: mended"}"#
        );
    }
}
