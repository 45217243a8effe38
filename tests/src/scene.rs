//! A private place for one test.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hakurei_check::Absolute;
use hakurei_store::Store;
use tempfile::TempDir;

/// A directory that goes away at the end, with a store that does not exist yet, and a copy of the
/// helper program that every user may execute.
#[derive(Debug)]
pub struct Scene {
    directory: TempDir,
}

/// A user who is not this process's and owns nothing, if this process may become one: root may.
#[must_use]
pub fn other_user() -> Option<u32> {
    rustix::process::geteuid().is_root().then_some(61_234)
}

impl Scene {
    /// Makes the directory.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[must_use]
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        set_mode(directory.path(), 0o755);
        Self { directory }
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Where the store is, or will be.
    ///
    /// # Panics
    ///
    /// If the directory for temporary files is not absolute.
    #[must_use]
    pub fn base(&self) -> Absolute {
        Absolute::try_from(self.path().join("state")).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> Store {
        Store::new(self.base())
    }

    /// Makes the store's directory for a user.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn create_base_for(&self, user: Option<u32>) {
        let base = self.base();
        fs::create_dir(base.as_path()).unwrap_or_else(|error| panic!("{error}"));
        set_mode(base.as_path(), 0o700);
        std::os::unix::fs::chown(base.as_path(), user, user)
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Copies a program here, for users who may not enter where it was built.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[must_use]
    pub fn adopt_program(&self, program: &str) -> PathBuf {
        let copy = self.path().join("program");
        // Not by this process: a child that another test forks meanwhile would inherit the descriptor
        // that is written to, and nobody can execute a file that is open for writing (ETXTBSY).
        let copied = Command::new("cp").arg(program).arg(&copy).status();
        assert!(copied.is_ok_and(|status| status.success()), "cp {program}");
        set_mode(&copy, 0o755);
        copy
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .unwrap_or_else(|error| panic!("{error}"));
}
