//! What an operation may leave behind in its own process: nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// The descriptors of this process, by number, and what each means.
pub(crate) struct Descriptors(BTreeMap<i32, PathBuf>);

impl Descriptors {
    pub(crate) fn open_now() -> Self {
        let listed = fs::read_dir("/proc/self/fd").unwrap_or_else(|error| panic!("{error}"));
        let numbers = listed.flatten().filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            // The one that lists them is closed by the time that the rest is looked at.
            Some((number, entry.path()))
        });
        let numbers: Vec<(i32, PathBuf)> = numbers.collect();
        let open = numbers
            .into_iter()
            .filter_map(|(number, path)| Some((number, fs::read_link(path).ok()?)));
        Self(open.collect())
    }

    /// Those that were not open then.
    pub(crate) fn beside(&self, before: &Self) -> Vec<String> {
        let new = self.0.iter().filter(|(number, _)| !before.0.contains_key(number));
        new.map(|(number, target)| format!("{number} → {}", target.display())).collect()
    }
}

/// The lock files of a store that somebody holds, this process included.
pub(crate) fn held_locks(base: &Path) -> Vec<PathBuf> {
    let segments = fs::read_dir(base).into_iter().flatten().flatten().map(|entry| entry.path());
    let directories = [base.to_owned()].into_iter().chain(segments);
    directories.map(|directory| directory.join("lock")).filter(|lock| is_held(lock)).collect()
}

fn is_held(lock: &Path) -> bool {
    let Ok(file) = fs::File::open(lock) else { return false };
    flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
}
