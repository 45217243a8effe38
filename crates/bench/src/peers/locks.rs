//! Locks of files: the standard library's, and those of two crates. Each keeps its descriptor, and
//! none looks whether the name still means the locked file, names a holder, or keeps threads apart.

use std::fs::File;

use crate::Result;
use crate::place::Place;
use crate::rounds::Contender;

/// A contender of each.
pub(crate) fn contenders(place: &Place) -> Result<Vec<Contender>> {
    Ok(vec![
        std_lock(place)?,
        #[cfg(feature = "peers")]
        fd_lock(place)?,
        #[cfg(feature = "peers")]
        fs4_lock(place)?,
    ])
}

#[expect(clippy::disallowed_methods, reason = "it is what is measured beside")]
fn std_lock(place: &Place) -> Result<Contender> {
    let file = lock_file(place)?;
    Ok(Contender::new("std", move || {
        file.lock()?;
        Ok(file.unlock()?)
    }))
}

#[cfg(feature = "peers")]
fn fd_lock(place: &Place) -> Result<Contender> {
    let file = lock_file(place)?;
    let mut lock = fd_lock::RwLock::new(file);
    Ok(Contender::new("fd-lock", move || {
        drop(lock.write()?);
        Ok(())
    }))
}

#[cfg(feature = "peers")]
fn fs4_lock(place: &Place) -> Result<Contender> {
    let file = lock_file(place)?;
    Ok(Contender::new("fs4", move || {
        fs4::FileExt::lock(&file)?;
        Ok(fs4::FileExt::unlock(&file)?)
    }))
}

/// A file that has lost its name by the time that it is locked, which none of them asks for.
fn lock_file(place: &Place) -> Result<File> {
    Ok(File::create_new(place.directory()?.path().join("lock"))?)
}
