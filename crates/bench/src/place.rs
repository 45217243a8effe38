//! Where is measured: a tmpfs, and a fresh ext4 with a journal where one may be mounted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{Result, sys};

/// How long the image of the ext4 is; it is sparse.
const IMAGE: u64 = 2 << 30;

/// A filesystem to measure on.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    root: PathBuf,
    _image: Option<Image>,
}

/// A filesystem in a file, mounted for as long as this value lives.
struct Image {
    mounted: PathBuf,
    _directory: TempDir,
}

impl Place {
    /// The first tmpfs that one may write to.
    pub(crate) fn tmpfs() -> Result<Self> {
        let candidates = ["/dev/shm", "/run", "/tmp"].map(PathBuf::from);
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let found = runtime.into_iter().chain(candidates).find(|directory| {
            filesystem(directory).is_some_and(|name| name == "tmpfs")
                && TempDir::new_in(directory).is_ok()
        });
        let root = found.ok_or("there is no tmpfs that may be written to, such as /dev/shm")?;
        Ok(Self { name: "tmpfs", root, _image: None })
    }

    /// A fresh ext4 with a journal, in a file on the tmpfs, so that it is the filesystem that is
    /// measured and not a disk; or why there is none.
    pub(crate) fn ext4(tmpfs: &Self) -> std::result::Result<Self, String> {
        if !sys::is_superuser() {
            return Err("only the superuser may mount it".into());
        }
        let image = Image::make(tmpfs).map_err(|error| error.to_string())?;
        Ok(Self { name: "ext4", root: image.mounted.clone(), _image: Some(image) })
    }

    /// A new directory there.
    pub(crate) fn directory(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("hakurei-bench-").tempdir_in(&self.root)?)
    }

    /// Bytes that are free there.
    pub(crate) fn free_space(&self) -> Result<u64> {
        sys::free_space(&self.root)
    }
}

impl Image {
    fn make(tmpfs: &Place) -> Result<Self> {
        let directory = tmpfs.directory()?;
        let file = directory.path().join("image");
        fs::File::create_new(&file)?.set_len(IMAGE)?;
        call(Command::new("mkfs.ext4").args(["-q", "-F", "-J", "size=64"]).arg(&file))?;
        let mounted = directory.path().join("mounted");
        fs::create_dir(&mounted)?;
        call(Command::new("mount").args(["-o", "loop"]).arg(&file).arg(&mounted))?;
        Ok(Self { mounted, _directory: directory })
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // What is left mounted goes with this process's mount namespace, if it has one.
        let _left = call(Command::new("umount").arg(&self.mounted));
    }
}

fn call(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{program}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
}

/// The type of the filesystem that is mounted at a directory or above it, by the mount table.
fn filesystem(directory: &Path) -> Option<String> {
    let table = fs::read_to_string("/proc/self/mounts").ok()?;
    let mounts = table.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    // The longest mount point that leads there; of equals, the last lies on top.
    let above = mounts.filter(|(point, _)| directory.starts_with(point));
    above.max_by_key(|(point, _)| point.len()).map(|(_, name)| name.to_owned())
}
