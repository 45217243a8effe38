//! What a store holds before an operation, all of which but the subject must be there after it, byte
//! for byte and with the same verdict.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Format, Lease, Record, Store, Verdict};
use hakurei_tests::{identity, state};
use rustix::fs::{FlockOperation, flock};

use crate::say;

/// The entry that operations are about.
pub(crate) const SUBJECT: InstanceId = InstanceId::from_bytes(*b"an entry: itself");

/// The segment that most operations are about. There is a stranger's rubbish in it, too.
pub(crate) const OURS: u16 = 7;

/// A segment that the Go system uses.
pub(crate) const GOS: u16 = 11;

/// A number that the kernel gives to no process: it ends at 2^22 (proc(5), pid_max).
const NOBODY: i64 = 0x7fff_fff0;

/// How much there is before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// No store, nor the directory that it is to lie in.
    Bare,
    /// Entries that are no affair of the operation's.
    Bystanders,
    /// And the subject, of an instance that is dead.
    Subject,
    /// The same, of one that is orphaned: its shim lives.
    Orphaned,
    /// The subject is dead, and the segment's lock is held by another process.
    Locked,
}

/// An entry that is no affair of the operation's.
pub(crate) struct Bystander {
    pub(crate) identity: u16,
    pub(crate) id: InstanceId,
    pub(crate) verdict: Verdict,
    /// Whether somebody holds its lease.
    pub(crate) leased: bool,
}

impl Bystander {
    /// Whether it lives by processes, which are asked for.
    pub(crate) fn is_of_processes(&self) -> bool {
        matches!(self.verdict, Verdict::Running | Verdict::Orphaned)
    }
}

const fn bystander(identity: u16, id: [u8; 16], verdict: Verdict) -> Bystander {
    Bystander { identity, id: InstanceId::from_bytes(id), verdict, leased: false }
}

/// One whose lease is held, and who so runs, whatever else is known.
const fn leased(identity: u16, id: [u8; 16]) -> Bystander {
    Bystander { leased: true, ..bystander(identity, id, Verdict::Running) }
}

/// Commands show an id by its bytes from the ninth to the twelfth, which differ here.
pub(crate) const BYSTANDERS: &[Bystander] = &[
    leased(OURS, *b"one that is held"),
    bystander(OURS, *b"one that's alive", Verdict::Running),
    bystander(OURS, *b"one whose shim's", Verdict::Orphaned),
    bystander(OURS, *b"one that's ended", Verdict::Dead),
    bystander(OURS, *b"one that's wrong", Verdict::Corrupt),
    bystander(OURS, *b"one that's newer", Verdict::Newer),
    bystander(9, *b"another that ran", Verdict::Dead),
    leased(GOS, *b"a gob which runs"),
    bystander(GOS, *b"a gob that's end", Verdict::Dead),
];

/// Says which entries there are, and which of them are leased.
pub(crate) fn list() {
    for Bystander { id, leased, .. } in BYSTANDERS {
        say(&format!("{id} {}", if *leased { "leased" } else { "free" }));
    }
    say(&format!("{SUBJECT} free"));
}

/// What was laid out, and who holds it.
pub(crate) struct Laid {
    /// The files of the entries, with their inodes and bytes.
    pub(crate) files: Vec<(PathBuf, u64, Vec<u8>)>,
    leases: Vec<Lease>,
    lock: Option<OwnedFd>,
}

impl Ground {
    /// What is said of the subject, while nobody holds its lease.
    pub(crate) fn verdict(self) -> Verdict {
        if self == Self::Orphaned { Verdict::Orphaned } else { Verdict::Dead }
    }

    /// Lays it out. Who runs does so by this process.
    pub(crate) fn lay(self, store: &Store) -> Laid {
        let mut laid = Laid { files: Vec::new(), leases: Vec::new(), lock: None };
        if self == Self::Bare {
            return laid;
        }
        BYSTANDERS.iter().for_each(|bystander| laid.put(store, bystander));
        if self != Self::Bystanders {
            laid.put(store, &bystander(OURS, *SUBJECT.as_bytes(), self.verdict()));
            // It is no bystander.
            laid.files.pop();
        }
        if self == Self::Locked {
            laid.lock = Some(locked(store));
        }
        laid
    }
}

impl Laid {
    fn put(&mut self, store: &Store, bystander: &Bystander) {
        let Bystander { identity: number, id, verdict, leased } = *bystander;
        let path = store.base().as_path().join(format!("{number}/{id}"));
        let lives = i64::from(std::process::id());
        let processes = match verdict {
            Verdict::Running => Some([lives, 0]),
            Verdict::Orphaned => Some([NOBODY, lives]),
            Verdict::Dead => Some([NOBODY, 0]),
            _ => None,
        };
        match (processes, verdict) {
            (Some(processes), _) => {
                let lease = save(store, &record_of(store, identity(number), id, processes));
                if leased { self.leases.push(lease) } else { lease.release() }
            }
            (None, Verdict::Newer) => {
                write(&path, b"\x00\xff\xca\xfe\x80\x7f\x0d\xf2 in time to come");
            }
            (None, _) => write(&path, b"not an entry, nor the beginning of one"),
        }
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{error}"));
        let inode = fs::metadata(&path).unwrap_or_else(|error| panic!("{error}")).ino();
        self.files.push((path, inode, bytes));
    }

    /// Lets the segment's lock go, if it was held.
    pub(crate) fn unlock(&mut self) {
        drop(self.lock.take());
    }
}

/// The subject, or one like it, whose monitor is that process.
pub(crate) fn record(store: &Store, identity: Identity, id: InstanceId, pid: i64) -> Record {
    record_of(store, identity, id, [pid, 0])
}

fn record_of(
    store: &Store,
    identity: Identity,
    id: InstanceId,
    [pid, shim_pid]: [i64; 2],
) -> Record {
    let format = if identity.get() == GOS { Format::Gob } else { Format::Cbor };
    let state = hakurei_hst::State { pid, shim_pid, ..state(identity, id) };
    store.clone().in_format(format).record(&state).unwrap_or_else(|error| panic!("{error:?}"))
}

fn save(store: &Store, record: &Record) -> Lease {
    let handle = store.handle(record.identity()).unwrap_or_else(|error| panic!("{error:?}"));
    handle.save(record).unwrap_or_else(|error| panic!("{error:?}"))
}

fn write(path: &PathBuf, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{error}"));
}

fn locked(store: &Store) -> OwnedFd {
    let path = store.base().as_path().join(format!("{OURS}/lock"));
    let file = fs::File::open(path).unwrap_or_else(|error| panic!("{error}"));
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .unwrap_or_else(|errno| panic!("{errno}"));
    file.into()
}
