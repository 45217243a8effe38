//! Lock files that the kernel keeps from nobody in this process.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use tempfile::TempDir;

use crate::sync::let_others_run;
use crate::sys::{self, Blocking, Flock};
use crate::{Absolute, Inode, Mode, PathError, Place};

/// A name, and the files that it has meant and will mean.
pub(super) struct Files {
    directory: TempDir,
    path: Absolute,
    files: Vec<OwnedFd>,
}

/// One name in one execution; clones are the same.
#[derive(Clone)]
pub(super) struct Name {
    files: Arc<Files>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Which of the files it means.
    current: AtomicUsize,
    /// Whether the next opening fails.
    is_closed: AtomicBool,
    /// How often it has been opened.
    openings: AtomicUsize,
}

impl Files {
    /// Makes so many files, of which the name means one after another.
    pub(super) fn new(count: usize) -> Arc<Self> {
        let directory = tempfile::tempdir().unwrap();
        let file =
            |number: usize| File::create(directory.path().join(number.to_string())).unwrap().into();
        let files = (0..count).map(file).collect();
        let path = Absolute::try_from(directory.path().join("lock")).unwrap();
        Arc::new(Self { directory, path, files })
    }

    /// The name as it is at first.
    pub(super) fn name(self: &Arc<Self>) -> Name {
        Name { files: Arc::clone(self), state: Arc::default() }
    }

    pub(super) fn inode(&self, number: usize) -> Inode {
        Inode::of(&self.files[number]).unwrap()
    }
}

impl Name {
    /// Makes it mean the next file, as if somebody had replaced the one before.
    pub(super) fn replace(&self) {
        self.state.current.fetch_add(1, SeqCst);
    }

    /// Makes the next opening fail.
    pub(super) fn fail_once(&self) {
        self.state.is_closed.store(true, SeqCst);
    }

    /// Whether the kernel would refuse the lock to another process.
    pub(super) fn is_refused_to_others(&self) -> bool {
        let number = self.state.current.load(SeqCst).to_string();
        let anew = File::open(self.files.directory.path().join(number)).unwrap();
        matches!(sys::flock(&anew, Mode::Shared, Blocking::No).unwrap(), Flock::Busy)
    }

    pub(super) fn openings(&self) -> usize {
        self.state.openings.load(SeqCst)
    }

    fn current_file(&self) -> &OwnedFd {
        &self.files.files[self.state.current.load(SeqCst)]
    }
}

impl Place for Name {
    type Opened = OwnedFd;

    fn path(&self) -> &Absolute {
        &self.files.path
    }

    fn open(&self) -> Result<OwnedFd, PathError> {
        let failed = |cause| PathError::new("open", self.files.path.as_path(), cause);
        // Others may come in between: opening takes its time.
        let_others_run();
        if self.state.is_closed.swap(false, SeqCst) {
            return Err(failed(io::ErrorKind::PermissionDenied.into()));
        }
        self.state.openings.fetch_add(1, SeqCst);
        let opened = self.current_file().try_clone().map_err(failed);
        let_others_run();
        opened
    }

    fn current(&self) -> Result<Option<Inode>, PathError> {
        let failed = |cause| PathError::new("stat", self.files.path.as_path(), cause);
        Inode::of(self.current_file()).map(Some).map_err(failed)
    }
}
