//! A control group that gives its processes little memory.

use std::fs;
use std::path::PathBuf;

/// As much memory as a shell takes, and little more, in bytes.
const LIMIT: &str = "20971520";

/// A control group of a test's own, which goes away at the end.
pub(crate) struct Cgroup(PathBuf);

impl Cgroup {
    /// Makes one, of version 2 or 1; none where that is not allowed.
    pub(crate) fn with_little_memory() -> Option<Self> {
        let name = format!("hakurei-store-test-{}", std::process::id());
        let places = [
            ("/sys/fs/cgroup", "memory.max"),
            ("/sys/fs/cgroup/unified", "memory.max"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ];
        for (root, limit) in places {
            let made = Self(PathBuf::from(root).join(&name));
            // Without a controller for memory there is no such file. Where version 1 has its
            // hierarchies, a directory that is made is no group at all.
            if fs::create_dir(&made.0).is_ok() && made.0.join(limit).is_file() {
                fs::write(made.0.join(limit), LIMIT).unwrap();
                // Nor any other memory; where nothing is swapped out, there is no such file.
                for swap in ["memory.swap.max", "memory.swappiness"] {
                    let _no_swap = fs::write(made.0.join(swap), "0");
                }
                return Some(made);
            }
        }
        skipped!("no control group can be made here (takes root)");
        None
    }

    /// Who writes 0 to this moves into the group.
    pub(crate) fn members(&self) -> PathBuf {
        self.0.join("cgroup.procs")
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Fails for one that was not made; a group is empty once its processes have been waited for.
        let _removed = fs::remove_dir(&self.0);
    }
}
