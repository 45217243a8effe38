//! Which store is meant.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use hakurei_check::{Absolute, PathnameError};
use hakurei_hst::AppError;

use crate::exit::Exit;
use crate::report::Failure;
use crate::sys;

/// The variable that names the store, and that programs under `run` find theirs in.
pub(crate) const VARIABLE: &str = "HAKUREI_STORE";

/// The directory of a store, and what made it that one.
#[derive(Debug)]
pub(crate) struct Location {
    pub(crate) directory: Absolute,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Option,
    Variable,
    RuntimeDirectory,
    Temporary,
}

impl Location {
    /// Takes `--store`, else `$HAKUREI_STORE`, else the runtime directory's, else one in `/tmp`.
    ///
    /// A variable that is empty counts as unset. One that names no absolute path is refused if it is
    /// ours, for whoever set it meant something, and passed over if it is `$XDG_RUNTIME_DIR`, as the
    /// XDG base directory specification has it.
    pub(crate) fn find(option: Option<&Absolute>) -> Result<Self, Failure> {
        Self::choose(option, |name| std::env::var_os(name).filter(|value| !value.is_empty()))
            .map_err(|error| Failure::new(Exit::Usage, refused(&error)))
    }

    fn choose(
        option: Option<&Absolute>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, PathnameError> {
        if let Some(directory) = option {
            return Ok(Self { directory: directory.clone(), origin: Origin::Option });
        }
        if let Some(directory) = variable(VARIABLE) {
            let directory = Absolute::new(directory.into_vec())?;
            return Ok(Self { directory, origin: Origin::Variable });
        }
        let runtime = variable("XDG_RUNTIME_DIR").map(|value| Absolute::new(value.into_vec()));
        if let Some(Ok(runtime)) = runtime {
            let directory = runtime.join("hakurei/state")?;
            return Ok(Self { directory, origin: Origin::RuntimeDirectory });
        }
        let directory = format!("/tmp/hakurei-store.{}/state", sys::effective_uid());
        Ok(Self { directory: Absolute::new(directory)?, origin: Origin::Temporary })
    }

    /// Whether there is no such directory.
    pub(crate) fn is_missing(&self) -> bool {
        let found = std::fs::symlink_metadata(self.directory.as_path());
        found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }
}

fn refused(error: &PathnameError) -> AppError {
    AppError::new("choose a store", error.clone()).with_message(format!("${VARIABLE}: {error}"))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match self.origin {
            Origin::Option => "--store",
            Origin::Variable => "$HAKUREI_STORE",
            Origin::RuntimeDirectory => "$XDG_RUNTIME_DIR",
            Origin::Temporary => "neither $HAKUREI_STORE nor $XDG_RUNTIME_DIR being set",
        };
        write!(f, "{}, by {origin}", self.directory)
    }
}

/// The stores of the Go system that exist: `$TMPDIR/hakurei.N/state`, where N is a number that its
/// privileged helper goes by, and seldom the user's.
pub(crate) fn stores_of_go() -> Vec<PathBuf> {
    stores_of_go_in(&std::env::temp_dir())
}

fn stores_of_go_in(temporary: &Path) -> Vec<PathBuf> {
    let Ok(entries) = temporary.read_dir() else { return Vec::new() };
    let mut stores: Vec<_> = entries
        .flatten()
        .filter(|entry| is_name_of_go(entry.file_name().as_encoded_bytes()))
        .map(|entry| entry.path().join("state"))
        .filter(|state| state.is_dir())
        .collect();
    stores.sort();
    stores
}

fn is_name_of_go(name: &[u8]) -> bool {
    name.strip_prefix(b"hakurei.")
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use hakurei_check::absolute;

    use super::{Location, stores_of_go_in};
    use crate::sys;

    fn with(variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        match Location::choose(None, variable) {
            Ok(location) => Ok(location.directory.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_variables_are_asked_in_order() {
        let temporary = format!("/tmp/hakurei-store.{}/state", sys::effective_uid());
        for (variables, directory) in [
            (&[("HAKUREI_STORE", "/a/b/"), ("XDG_RUNTIME_DIR", "/run/1")][..], "/a/b/"),
            (&[("XDG_RUNTIME_DIR", "/run/1")], "/run/1/hakurei/state"),
            (&[("XDG_RUNTIME_DIR", "run/1")], &*temporary),
            (&[], &*temporary),
        ] {
            assert_eq!(with(variables).unwrap(), directory);
        }
        let refused = with(&[("HAKUREI_STORE", "state"), ("XDG_RUNTIME_DIR", "/run/1")]);
        assert_eq!(refused.unwrap_err(), r#"path "state" is not absolute"#);
    }

    #[test]
    fn the_option_comes_first() {
        let chosen = Location::choose(Some(&absolute!("/x")), |_| Some("/y".into())).unwrap();
        assert_eq!(chosen.to_string(), "/x, by --store");
    }

    #[test]
    fn only_directories_of_go_are_found() {
        let temporary = tempfile::tempdir().unwrap();
        for made in ["hakurei.0/state", "hakurei.12/state", "hakurei.x/state", "hakurei./state"] {
            std::fs::create_dir_all(temporary.path().join(made)).unwrap();
        }
        std::fs::create_dir(temporary.path().join("hakurei.7")).unwrap();
        let found = stores_of_go_in(temporary.path());
        let expected = ["hakurei.0/state", "hakurei.12/state"];
        assert_eq!(found, expected.map(|store| temporary.path().join(store)));
    }
}
