//! Whether a store may lie where it lies.

use crate::error::Error;
use crate::store::Store;

impl Store {
    /// Whether the filesystem will do, so far as it is known: several machines may not mount it,
    /// unless the caller insists. Nothing is made, and a store that does not exist yet is fine.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on the state store`: [`Unsupported`](crate::ErrorKind::Unsupported) if it
    /// will not do, [`Untrusted`](crate::ErrorKind::Untrusted) if the base directory or one above it
    /// may be in somebody else's hands, or what the kernel answered.
    pub fn check_filesystem(&self) -> Result<(), Error> {
        let opened = self.shared.base.open_to_lock();
        opened.map(drop).map_err(|cause| Error::path("acquire lock on the state store", cause))
    }
}

#[cfg(test)]
mod tests {
    use hakurei_check::Absolute;

    use crate::{Store, sys};

    #[test]
    fn a_store_that_does_not_exist_is_fine_and_is_not_made() {
        let directory = tempfile::tempdir().expect("a directory");
        let base = Absolute::try_from(directory.path().join("state")).expect("absolute");
        let store = Store::new(base.clone());
        store.check_filesystem().expect("nothing is known against it");
        assert_eq!(sys::open_dir(base.as_path()).err(), Some(sys::Errno::NOENT));
    }
}
