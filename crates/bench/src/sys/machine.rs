//! The machine, and what it allows.

use std::path::Path;

use rustix::fs::statvfs;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The kernel's name and release.
pub(crate) fn kernel() -> String {
    let name = rustix::system::uname();
    format!("{} {}", name.sysname().to_string_lossy(), name.release().to_string_lossy())
}

/// Bytes that are free on the filesystem of a directory.
pub(crate) fn free_space(directory: &Path) -> crate::Result<u64> {
    let filesystem = statvfs(directory)?;
    Ok(filesystem.f_bavail * filesystem.f_frsize)
}

/// Lets this process have as many descriptors as it may, and says how many those are.
pub(crate) fn limit_descriptors() -> crate::Result<u64> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(maximum.unwrap_or(u64::MAX))
}
