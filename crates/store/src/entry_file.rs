//! From a name to a verdict: how one entry is read, with or without the segment's lock.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use crate::base::Directory;
use crate::error::{Error, ErrorKind};
use crate::fault::{self, EntryFault};
use crate::format::{self, FormatError, Front, MAX_ENTRY};
use crate::liveness::Kernels;
use crate::names::{LOCK, Name};
use crate::surroundings::Surroundings;
use crate::sys::{self, Errno, Probe, Stat};
use crate::trust::{Distrust, Fault};
use crate::verdict::{self, Circumstances, Verdict};

/// A segment that entries are read from, and what they are judged by.
pub(crate) struct Reader<'a> {
    segment: BorrowedFd<'a>,
    identity: Identity,
    base: &'a Absolute,
    uid: u32,
    kernels: Kernels,
    here: Arc<Surroundings>,
}

/// What was found out about an entry whose bytes are in the caller's buffer.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) leased: bool,
    /// Which file that was, if it was one.
    pub(crate) inode: Option<Inode>,
    pub(crate) front: Result<Front, Error>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        segment: BorrowedFd<'a>,
        identity: Identity,
        base: &'a Absolute,
        directory: &Directory,
    ) -> Self {
        Self {
            segment,
            identity,
            base,
            uid: directory.uid(),
            kernels: directory.kernels(),
            here: Surroundings::of_this_process(),
        }
    }

    /// Reads an entry and judges it; none if it is not there, or ends just now.
    ///
    /// The buffer holds the entry's bytes afterwards, as far as they could be read.
    pub(crate) fn examine(&self, id: InstanceId, buffer: &mut Vec<u8>) -> Option<Finding> {
        let finding = self.examine_once(id, buffer)?;
        // What lies there in part is being written if somebody holds the segment's lock. If nobody
        // does, it may have been completed in between.
        if !matches!(&finding.front, Err(error) if fault::is_incomplete(error, buffer)) {
            return Some(finding);
        }
        if self.is_locked() {
            return Some(Finding { verdict: Verdict::Starting, ..finding });
        }
        self.examine_once(id, buffer)
    }

    fn examine_once(&self, id: InstanceId, buffer: &mut Vec<u8>) -> Option<Finding> {
        buffer.clear();
        let (file, stat) = match self.open(id) {
            Ok(opened) => opened?,
            Err(error) => return Some(Finding::without_content(error)),
        };
        if let Err(errno) = sys::read_to_end(&file, stat.size, MAX_ENTRY, buffer) {
            return Some(Finding::without_content(self.error("read", id, errno)));
        }
        let lease = match sys::probe_lease(&file) {
            Ok(lease) => lease,
            Err(errno) => return Some(Finding::without_content(self.error("flock", id, errno))),
        };
        let front = self.decode(id, buffer);
        let verdict = match &front {
            Ok(front) => verdict::decide(&front.summary, &self.circumstances(lease, &stat)),
            Err(error) => verdict_on(error),
        };
        // An entry that has just ended is none, rather than a dead one or a broken one.
        let is_doubtful = matches!(verdict, Verdict::Dead | Verdict::Corrupt);
        if is_doubtful && sys::stat(&file).is_ok_and(|now| now.links == 0) {
            return None;
        }
        let leased = lease == Probe::Held;
        Some(Finding { verdict, leased, inode: Some(stat.inode), front })
    }

    fn circumstances(&self, lease: Probe, stat: &Stat) -> Circumstances<'_> {
        let Self { uid, kernels, ref here, .. } = *self;
        Circumstances { lease, written: stat.modified, uid, kernels, here }
    }

    /// Opens what stands under an entry's name, if it is an entry at all.
    pub(crate) fn open(&self, id: InstanceId) -> Result<Option<(OwnedFd, Stat)>, Error> {
        let file = match sys::open_entry(self.segment, Name::of_entry(id).as_c_str()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            // A symbolic link, or a socket (open(2)).
            Err(Errno::LOOP) => return Err(self.distrusted(id, Fault::Link)),
            Err(Errno::NXIO) => {
                return Err(self.distrusted(id, Fault::Kind(sys::FileType::Socket)));
            }
            Err(errno) => return Err(self.unopened(id, errno)),
        };
        let stat = sys::stat(&file).map_err(|errno| self.error("fstat", id, errno))?;
        match Fault::of_file(&stat, self.uid) {
            Some(fault) => Err(self.distrusted(id, fault)),
            None if stat.links == 0 => Ok(None),
            None => Ok(Some((file, stat))),
        }
    }

    /// What may not be read can still be seen to be no entry: another's file that was linked here.
    fn unopened(&self, id: InstanceId, errno: Errno) -> Error {
        let stat = sys::stat_at(self.segment, Name::of_entry(id).as_c_str());
        match stat.ok().and_then(|stat| Fault::of_file(&stat, self.uid)) {
            Some(fault) => self.distrusted(id, fault),
            None => self.error("open", id, errno),
        }
    }

    /// Decodes what a listing shows, and holds it against the name that it was found under.
    fn decode(&self, id: InstanceId, bytes: &[u8]) -> Result<Front, Error> {
        let front = format::decode_front(bytes).map_err(|fault| fault::malformed(id, fault))?;
        if front.summary.id() != id {
            return Err(EntryFault::UnexpectedId { entry: id, found: front.summary.id() }.into());
        }
        if front.summary.identity() != self.identity {
            let (found, segment) = (front.summary.identity(), self.identity);
            return Err(EntryFault::UnexpectedIdentity { entry: id, found, segment }.into());
        }
        Ok(front)
    }

    /// Whether somebody holds the segment's lock; if that cannot be told, somebody may.
    fn is_locked(&self) -> bool {
        let probed =
            sys::open_lock(self.segment, LOCK).and_then(|lock| sys::probe_lease(lock.as_fd()));
        probed != Ok(Probe::Free)
    }

    fn error(&self, call: &'static str, id: InstanceId, errno: Errno) -> Error {
        let cause = PathError::new(call, self.path(id), errno);
        Error::path("open state entry", cause)
    }

    fn distrusted(&self, id: InstanceId, fault: Fault) -> Error {
        Error::path("open state entry", Distrust::of(&self.path(id), fault))
    }

    fn path(&self, id: InstanceId) -> std::path::PathBuf {
        self.base.as_path().join(self.identity.to_string()).join(id.to_string())
    }
}

impl Finding {
    fn without_content(error: Error) -> Self {
        Self { verdict: verdict_on(&error), leased: false, inode: None, front: Err(error) }
    }
}

/// What cannot be read may be alive; what is read and makes no sense is corrupt.
fn verdict_on(error: &Error) -> Verdict {
    match error.kind() {
        ErrorKind::Newer => Verdict::Newer,
        ErrorKind::Corrupt | ErrorKind::Untrusted => Verdict::Corrupt,
        _ => Verdict::Unknown,
    }
}

/// Reads the header alone of an open entry.
pub(crate) fn read_header(file: BorrowedFd<'_>, id: InstanceId) -> Result<format::Header, Error> {
    let mut prefix = [0; format::PREFIX];
    let length = sys::read_exact_or_end(file, &mut prefix).map_err(|errno| {
        Error::path("decode state header", PathError::new("read", id.to_string(), errno))
    })?;
    format::Header::parse(&prefix[..length])
        .map_err(|fault: FormatError| fault::malformed(id, fault))
}
