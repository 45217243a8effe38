//! Where a program lies that is named on the command line.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use hakurei_check::{Absolute, PathError};
use hakurei_hst::AppError;

use crate::sys;

/// Where programs are looked for without `$PATH`, as execvp(3) does.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Where the program lies, by `$PATH` unless there is a slash in its name. It is not looked up
/// beyond that: links are recorded as they are.
pub(crate) fn resolve(name: &OsStr) -> Result<Absolute, AppError> {
    let found = find(name, &path()).unwrap_or_else(|| PathBuf::from(name));
    // An absolute path stays as it is (Path::join).
    let found = match std::env::current_dir() {
        Ok(current) => current.join(found),
        Err(error) if found.is_relative() => {
            let cause = PathError::new("getcwd", name, error);
            return Err(AppError::new("resolve program", cause));
        }
        Err(_) => found,
    };
    Absolute::try_from(found).map_err(|error| AppError::new("resolve program", error))
}

/// Whether a name is looked for by `$PATH`, and no file of it can be seen there.
///
/// execvp(3) speaks of missing permission instead, if it may not look into one of the directories.
pub(crate) fn is_nowhere(name: &OsStr) -> bool {
    !has_slash(name) && !candidates(name, &path()).any(|candidate| candidate.is_file())
}

/// The first that may be executed.
fn find(name: &OsStr, path: &OsStr) -> Option<PathBuf> {
    if has_slash(name) {
        return None;
    }
    candidates(name, path).find(|candidate| is_program(candidate))
}

/// What a name may mean. An empty directory in the list is the current one (execvp(3)).
fn candidates(name: &OsStr, path: &OsStr) -> impl Iterator<Item = PathBuf> {
    std::env::split_paths(path).map(move |directory| directory.join(name))
}

fn has_slash(name: &OsStr) -> bool {
    name.as_bytes().contains(&b'/')
}

fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into())
}

fn is_program(path: &Path) -> bool {
    path.is_file() && sys::may_execute(path)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::find;

    #[test]
    fn only_programs_are_found() {
        let directory = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| directory.path().join(name));
        std::fs::create_dir_all(first.join("tool")).unwrap();
        std::fs::create_dir(&second).unwrap();
        std::fs::write(first.join("text"), "").unwrap();
        for program in [second.join("tool"), second.join("text")] {
            std::fs::write(&program, "").unwrap();
            std::fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
        }
        let path = std::env::join_paths([&first, &second]).unwrap();
        for (name, found) in [
            ("tool", Some(second.join("tool"))),
            ("text", Some(second.join("text"))),
            ("none", None),
            ("./tool", None),
        ] {
            assert_eq!(find(OsStr::new(name), &path), found, "{name}");
        }
    }
}
