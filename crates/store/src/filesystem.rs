//! Whether a store may lie where it lies.

use crate::error::Error;
use crate::store::Store;

impl Store {
    /// Whether the filesystem will do, so far as it is known: several machines may not mount it,
    /// unless the caller insists. Nothing is made. A store that does not exist yet is fine, if what is
    /// there of the way to it may be trusted to make it.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on the state store`: [`Unsupported`](crate::ErrorKind::Unsupported) if it
    /// will not do, [`Untrusted`](crate::ErrorKind::Untrusted) if the base directory or one above it
    /// may be in somebody else's hands, or what the kernel answered.
    pub fn check_filesystem(&self) -> Result<(), Error> {
        self.shared
            .base
            .check_to_lock()
            .map_err(|cause| Error::path("acquire lock on the state store", cause))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use hakurei_check::Absolute;

    use crate::{ErrorKind, Store, fresh, sys};

    #[test]
    fn a_store_that_does_not_exist_is_fine_and_is_not_made() {
        let (_directory, store) = fresh::store();
        store.check_filesystem().expect("nothing is known against it");
        assert_eq!(sys::open_dir(store.base().as_path()).err(), Some(sys::Errno::NOENT));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test's own files")]
    fn one_that_would_be_made_below_what_others_can_change_is_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let open = Permissions::from_mode(0o777);
        fs::set_permissions(directory.path(), open).expect("its mode is set");
        let base = directory.path().join("missing/state");
        let store = Store::new(Absolute::try_from(base).expect("absolute"));
        let error = store.check_filesystem().expect_err("anybody could put a store there");
        assert_eq!(error.kind(), ErrorKind::Untrusted);
        assert!(error.message().contains("0777"), "{}", error.message());
    }
}
