//! The store's work in bare system calls: every call that its guarantees take, and nothing else. No
//! error is explained, nothing is tried again, no older kernel is thought of.

use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use crate::sys::{self, Pidfd, Stat};
use crate::{Result, mirror};

/// The longest entry that is measured with.
const LONGEST: usize = 16 * 1024;

/// A segment's directory, and the kept descriptor of its lock.
pub(crate) struct Segment {
    pub(crate) directory: OwnedFd,
    lock: OwnedFd,
    /// Where the lock must still be once it is held.
    path: CString,
    kept: Stat,
}

impl Segment {
    /// Opens one that is there.
    pub(crate) fn open(base: &Path, identity: u16) -> Result<Self> {
        let directory = sys::open_dir(&sys::c_path(&base.join(identity.to_string()))?)?;
        let lock = sys::open_to_lock(directory.as_fd(), c"lock")?;
        let path = sys::c_path(&base.join(identity.to_string()).join("lock"))?;
        let kept = sys::stat(lock.as_fd())?;
        Ok(Self { directory, lock, path, kept })
    }

    /// flock, and a look at what the name means now.
    #[inline]
    pub(crate) fn lock(&self) -> Result<()> {
        sys::flock(self.lock.as_fd())?;
        if sys::stat_path(&self.path)? != self.kept {
            return Err("the lock was replaced".into());
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn unlock(&self) -> Result<()> {
        Ok(sys::unlock(self.lock.as_fd())?)
    }

    /// The same, with a descriptor for this once.
    #[inline]
    pub(crate) fn lock_anew(&self) -> Result<()> {
        let lock = sys::open_to_lock(self.directory.as_fd(), c"lock")?;
        let opened = sys::stat(lock.as_fd())?;
        sys::flock(lock.as_fd())?;
        if sys::stat_path(&self.path)? != opened {
            return Err("the lock was replaced".into());
        }
        Ok(sys::unlock(lock.as_fd())?)
    }

    /// Whole and leased, or not at all.
    #[inline]
    pub(crate) fn publish(&self, name: &CStr, entry: &[u8]) -> Result<OwnedFd> {
        let file = sys::create_unnamed(self.directory.as_fd())?;
        write(&file, entry)?;
        sys::flock(file.as_fd())?;
        sys::link(file.as_fd(), self.directory.as_fd(), name)?;
        Ok(file)
    }

    /// The name goes, then the lease.
    #[inline]
    pub(crate) fn withdraw(&self, name: &CStr) -> Result<()> {
        Ok(sys::unlink(self.directory.as_fd(), name)?)
    }

    /// What the guarantees cost: made under its name, seen before it is whole, leased to nobody.
    #[inline]
    pub(crate) fn create(&self, name: &CStr, entry: &[u8]) -> Result<()> {
        write(&sys::create(self.directory.as_fd(), name)?, entry)
    }
}

fn write(file: &OwnedFd, entry: &[u8]) -> Result<()> {
    match sys::write(file.as_fd(), entry)? {
        all if all == entry.len() => Ok(()),
        some => Err(format!("{some} of {} bytes were written", entry.len()).into()),
    }
}

/// A buffer that every entry is read into.
pub(crate) struct Reader {
    buffer: Vec<u8>,
    uid: Option<u32>,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; LONGEST], uid: None }
    }

    /// openat2, fstat, read, close: the first eight bytes.
    #[inline]
    pub(crate) fn header(&mut self, segment: BorrowedFd<'_>, name: &CStr) -> Result<[u8; 8]> {
        let file = self.open(segment, name)?;
        sys::read(file.as_fd(), &mut self.buffer[..8])?;
        let header = *self.buffer.first_chunk().ok_or("there is no room for a header")?;
        if header[..4] != [0x00, 0xff, 0xca, 0xfe] {
            return Err("no header".into());
        }
        Ok(header)
    }

    /// openat2, fstat, read, close: all bytes.
    #[inline]
    pub(crate) fn read(&mut self, segment: BorrowedFd<'_>, name: &CStr) -> Result<&[u8]> {
        let file = self.open(segment, name)?;
        let length = sys::read(file.as_fd(), &mut self.buffer)?;
        Ok(&self.buffer[..length])
    }

    /// The same, and whether the lease is held.
    #[inline]
    pub(crate) fn read_with_lease(
        &mut self,
        segment: BorrowedFd<'_>,
        name: &CStr,
    ) -> Result<(&[u8], bool)> {
        let file = self.open(segment, name)?;
        let length = sys::read(file.as_fd(), &mut self.buffer)?;
        let is_leased = sys::is_locked(file.as_fd())?;
        Ok((&self.buffer[..length], is_leased))
    }

    /// What `ps` shows, and whether the instance runs: by its lease, or else by its monitor.
    #[inline]
    pub(crate) fn summary(
        &mut self,
        segment: BorrowedFd<'_>,
        name: &CStr,
    ) -> Result<(mirror::Summary, bool)> {
        let (entry, is_leased) = self.read_with_lease(segment, name)?;
        let summary = mirror::read_summary(entry)?;
        let runs = is_leased || lives(&summary)?;
        Ok((summary, runs))
    }

    /// The whole state.
    #[inline]
    pub(crate) fn full(
        &mut self,
        segment: BorrowedFd<'_>,
        name: &CStr,
    ) -> Result<(mirror::Summary, mirror::Rest)> {
        mirror::read_both(self.read(segment, name)?)
    }

    #[inline]
    fn open(&mut self, segment: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
        let file = sys::open_to_read(segment, name)?;
        let stat = sys::stat(file.as_fd())?;
        if stat.links != 1 || *self.uid.get_or_insert(stat.uid) != stat.uid {
            return Err("no entry of one's own".into());
        }
        Ok(file)
    }
}

/// pidfd_open, poll, fstat, close: whether the recorded monitor is still that process.
fn lives(summary: &mirror::Summary) -> Result<bool> {
    let pidfd = Pidfd::open(i32::try_from(summary.p)?)?;
    let recorded = summary.o.m.as_ref().and_then(|monitor| monitor.i);
    Ok(!pidfd.has_ended()? && Some(pidfd.inode()?) == recorded)
}

/// Every entry of a store, in turn: its segment's descriptor and its name.
#[inline]
pub(crate) fn each_entry(
    base: &CStr,
    mut look: impl FnMut(BorrowedFd<'_>, &CStr) -> Result<()>,
) -> Result<usize> {
    let base = sys::open_dir(base)?;
    let mut segments = Vec::new();
    sys::names(base.as_fd(), |name| {
        if name != c"lock" {
            segments.push(name.to_owned());
        }
    })?;
    let (mut count, mut result) = (0, Ok(()));
    for segment in segments {
        let segment = sys::open_dir_below(base.as_fd(), &segment)?;
        sys::names(segment.as_fd(), |name| {
            if name != c"lock" && result.is_ok() {
                count += 1;
                result = look(segment.as_fd(), name);
            }
        })?;
    }
    result.map(|()| count)
}

/// The id that a name says.
#[inline]
pub(crate) fn id(name: &CStr) -> Result<u128> {
    Ok(u128::from_str_radix(name.to_str()?, 16)?)
}
