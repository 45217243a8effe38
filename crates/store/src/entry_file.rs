//! From a name to a verdict: how one entry is read, with or without the segment's lock.

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId, State};
use hakurei_lockedfile::Inode;

use crate::base::{self, Base, Directory, OpenFault};
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::fault::{self, EntryFault};
use crate::format::{self, FormatError, Front, MAX_ENTRY};
use crate::liveness::{Judged, Kernels};
use crate::names::{LOCK, Name};
use crate::surroundings::Surroundings;
use crate::sys::{self, Errno, FileType, Probe, Stat};
use crate::trust::{Distrust, Fault};
use crate::verdict::{self, Grounds, Verdict};

/// A segment that entries are read from, and what they are judged by.
pub(crate) struct Reader<'a> {
    segment: BorrowedFd<'a>,
    identity: Identity,
    base: &'a Base,
    uid: u32,
    kernels: Kernels,
    /// Read for the first entry that is judged.
    here: OnceCell<Arc<Surroundings>>,
    writers: Writers,
}

/// Who may be writing an entry in place while it is read, as the Go system does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writers {
    /// Whoever holds the segment's lock.
    Possible,
    /// Nobody, for this thread holds it.
    Excluded,
}

/// What was found out about an entry whose bytes are in the caller's buffer.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) leased: bool,
    /// Which file that was, if that is known.
    pub(crate) inode: Option<Inode>,
    /// What its processes are judged by, if it was read.
    pub(crate) grounds: Option<Grounds>,
    pub(crate) front: Result<Front, Error>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        segment: BorrowedFd<'a>,
        identity: Identity,
        base: &'a Base,
        directory: &Directory,
    ) -> Self {
        Self {
            segment,
            identity,
            base,
            uid: directory.uid(),
            kernels: directory.kernels(),
            here: OnceCell::new(),
            writers: Writers::Possible,
        }
    }

    /// The same while this thread holds the segment's lock: what is there in part will not be whole.
    pub(crate) fn under_lock(self) -> Self {
        Self { writers: Writers::Excluded, ..self }
    }

    /// Reads an entry and judges it; none if it is not there, or ends just now.
    ///
    /// The buffer holds the entry's bytes afterwards, as far as they could be read.
    pub(crate) fn examine(&self, id: InstanceId, buffer: &mut Vec<u8>) -> Option<Finding> {
        let finding = self.examine_once(id, buffer)?;
        // What lies there in part is being written if somebody holds the segment's lock. If nobody
        // does, it may have been completed in between.
        let is_whole = !matches!(&finding.front, Err(e) if fault::is_incomplete(e, buffer));
        if is_whole || self.writers == Writers::Excluded {
            return Some(finding);
        }
        if self.is_locked() {
            return Some(Finding { verdict: Verdict::Starting, ..finding });
        }
        self.examine_once(id, buffer)
    }

    fn examine_once(&self, id: InstanceId, buffer: &mut Vec<u8>) -> Option<Finding> {
        buffer.clear();
        let (file, stat) = match self.try_open(id) {
            Ok(opened) => opened?,
            Err(unopened) => return Some(unopened.into()),
        };
        let unread = |call, errno| {
            let error = self.error(call, id, errno);
            Some(Unopened { inode: Some(stat.inode), ..error.into() }.into())
        };
        if let Err(errno) = sys::read_to_end(&file, stat.size, MAX_ENTRY, buffer) {
            return unread("read", errno);
        }
        let mut lease = match sys::probe_lease(&file) {
            Ok(lease) => lease,
            Err(errno) => return unread("flock", errno),
        };
        let front = self.decode(id, buffer);
        let grounds = Grounds { written: stat.modified, uid: self.uid, kernels: self.kernels };
        let mut verdict = match &front {
            Ok(front) => verdict::decide(lease, &front.summary, &grounds, || self.here()),
            Err(error) => verdict_on(error),
        };
        // While its shim still lived, somebody may have adopted it behind the look at the lease. Who is
        // dead is not adopted, so that this look is the last.
        if verdict == Verdict::Dead {
            match sys::probe_lease(&file) {
                Ok(Probe::Free) => {}
                Ok(Probe::Held) => (lease, verdict) = (Probe::Held, Verdict::Running),
                Err(errno) => return unread("flock", errno),
            }
        }
        // An entry that has just ended is none, rather than a dead one or a broken one.
        let is_doubtful = matches!(verdict, Verdict::Dead | Verdict::Corrupt);
        if is_doubtful && sys::stat(&file).is_ok_and(|now| now.links == 0) {
            return None;
        }
        let leased = lease == Probe::Held;
        Some(Finding { verdict, leased, inode: Some(stat.inode), grounds: Some(grounds), front })
    }

    /// Reads a whole state, and asks neither for its lease nor for its processes; none if it is not
    /// there.
    pub(crate) fn load(&self, id: InstanceId) -> Result<Option<State>, Error> {
        let Some((file, stat)) = self.open(id)? else { return Ok(None) };
        let mut bytes = Vec::new();
        sys::read_to_end(&file, stat.size, MAX_ENTRY, &mut bytes)
            .map_err(|errno| self.error("read", id, errno))?;
        let front = self.decode(id, &bytes)?;
        fault::whole_state(id, &bytes, &front).map(Some)
    }

    /// What is known of the monitor and the shim of an entry that was read, whoever holds its lease.
    pub(crate) fn judge(&self, finding: &Finding) -> Option<[Judged; 2]> {
        let (Ok(front), Some(grounds)) = (&finding.front, &finding.grounds) else { return None };
        Some(verdict::judge(&front.summary, grounds, self.here()))
    }

    /// Whether the processes of an entry that was read are gone by now, whoever holds its lease.
    pub(crate) fn is_dead(&self, found: &Finding) -> bool {
        match (&found.front, &found.grounds) {
            (Ok(front), Some(grounds)) => {
                let verdict = verdict::decide(Probe::Free, &front.summary, grounds, || self.here());
                verdict == Verdict::Dead
            }
            _ => false,
        }
    }

    fn here(&self) -> &Surroundings {
        self.here.get_or_init(Surroundings::of_this_process)
    }

    /// Opens what stands under an entry's name, if it is an entry at all.
    pub(crate) fn open(&self, id: InstanceId) -> Result<Option<(OwnedFd, Stat)>, Error> {
        self.try_open(id).map_err(|unopened| unopened.error)
    }

    fn try_open(&self, id: InstanceId) -> Result<Option<(OwnedFd, Stat)>, Unopened> {
        let file = match base::open_file(self.segment, Name::of_entry(id).as_c_str()) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(None),
            Err(OpenFault::Distrusted(fault)) => return Err(self.unopenable(id, fault)),
            Err(OpenFault::System(errno)) => return Err(self.unreadable(id, errno)),
        };
        let stat = sys::stat(&file).map_err(|errno| self.error("fstat", id, errno))?;
        match Fault::of_file(&stat, self.uid) {
            Some(fault) => {
                // An instance runs on, whoever has given its entry a second name or another owner.
                let leased = stat.kind == FileType::RegularFile
                    && sys::probe_lease(&file) != Ok(Probe::Free);
                let error = self.distrusted(id, fault);
                Err(Unopened { error, inode: Some(stat.inode), leased })
            }
            None if stat.links == 0 => Ok(None),
            None => Ok(Some((file, stat))),
        }
    }

    /// Reads the header alone of an open entry.
    pub(crate) fn read_header(
        &self,
        file: BorrowedFd<'_>,
        id: InstanceId,
    ) -> Result<format::Header, Error> {
        let mut prefix = [0; format::PREFIX];
        let length = sys::read_exact_or_end(file, &mut prefix).map_err(|errno| {
            Error::path("decode state header", PathError::new("read", self.path(id), errno))
        })?;
        format::Header::parse(&prefix[..length])
            .map_err(|fault: FormatError| fault::malformed(id, fault))
    }

    /// What cannot be opened by its nature, a symbolic link or a socket. Which file that was is known
    /// if it still is one of those.
    fn unopenable(&self, id: InstanceId, fault: Fault) -> Unopened {
        let stat = sys::stat_at(self.segment, Name::of_entry(id).as_c_str());
        let is_of_them = |stat: &Stat| matches!(stat.kind, FileType::Symlink | FileType::Socket);
        let inode = stat.ok().filter(is_of_them).map(|stat| stat.inode);
        Unopened { error: self.distrusted(id, fault), inode, leased: false }
    }

    /// What may not be read can still be seen to be no entry: another's file that was linked here.
    fn unreadable(&self, id: InstanceId, errno: Errno) -> Unopened {
        let stat = sys::stat_at(self.segment, Name::of_entry(id).as_c_str()).ok();
        match stat.and_then(|stat| Some((stat, Fault::of_file(&stat, self.uid)?))) {
            Some((stat, fault)) => {
                // Nobody can be asked whether its lease is held.
                let leased = stat.kind == FileType::RegularFile;
                let error = self.distrusted(id, fault);
                Unopened { error, inode: Some(stat.inode), leased }
            }
            None => self.error("open", id, errno).into(),
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

    /// Whether somebody holds the segment's lock; if that cannot be told, somebody may. A lock file
    /// that is not there is nobody's: a power cut may have left an entry without it.
    fn is_locked(&self) -> bool {
        let probed = sys::open_for_reading(self.segment, LOCK)
            .and_then(|lock| sys::probe_lease(lock.as_fd()));
        !matches!(probed, Ok(Probe::Free) | Err(Errno::NOENT))
    }

    fn error(&self, call: &'static str, id: InstanceId, errno: Errno) -> Error {
        Error::path(OPEN_ENTRY, PathError::new(call, self.path(id), errno))
    }

    fn distrusted(&self, id: InstanceId, fault: Fault) -> Error {
        Error::path(OPEN_ENTRY, Distrust::of(&self.path(id), fault))
    }

    fn path(&self, id: InstanceId) -> PathBuf {
        self.base.entry_path(self.identity, id)
    }
}

/// What was met in an entry's place that cannot be read.
struct Unopened {
    error: Error,
    /// Which file that was, if that is known.
    inode: Option<Inode>,
    /// Whether somebody holds its lease; or may hold it, where that cannot be asked.
    leased: bool,
}

impl From<Error> for Unopened {
    fn from(error: Error) -> Self {
        Self { error, inode: None, leased: false }
    }
}

impl From<Unopened> for Finding {
    fn from(Unopened { error, inode, leased }: Unopened) -> Self {
        let verdict = verdict_on(&error);
        Self { verdict, leased, inode, grounds: None, front: Err(error) }
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

#[cfg(test)]
mod tests;
