//! Which sandboxed programs run on a machine: a daemonless store of instances, leased to the
//! processes that own them.
//!
//! # Model
//!
//! A [`Store`] is a directory with one segment per identity; a [`Handle`] leads to a segment, and
//! locking it gives a [`Segment`], which alone can be written to. Saving an instance publishes its
//! entry, whole and immutable, and gives back a [`Lease`], which the kernel ends with the process.
//! Listings take no lock: they look at each entry's lease and owner, and say in a [`Verdict`] whether
//! the instance runs. A [`Watch`] tells what changes, and [`Ends`] when given instances have ended: the
//! kernel wakes them.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use hakurei_check::Absolute;
//! use hakurei_hst::{State, template};
//! use hakurei_store::{Record, Store, Verdict, new_instance_id};
//!
//! # let directory = tempfile::tempdir()?;
//! # let base = Absolute::try_from(directory.path().join("state"))?;
//! let store = Store::new(base);
//!
//! // A launcher records what it has started, and keeps the lease for as long as that runs.
//! let state = State {
//!     id: new_instance_id()?,
//!     pid: std::process::id().into(),
//!     config: template(),
//!     time: std::time::SystemTime::now().into(),
//!     ..State::default()
//! };
//! let record = Record::new(&state)?;
//! let lease = store.handle(record.identity())?.save(&record)?;
//!
//! // Anybody else of the same user sees it, without waiting for anyone.
//! for view in store.entries()? {
//!     let view = view?;
//!     println!("{} {} {}", view.id().short(), view.identity(), view.verdict());
//!     assert_eq!(view.verdict(), Verdict::Running);
//! }
//!
//! lease.destroy()?;
//! assert_eq!(store.entries()?.count(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Guarantees
//!
//! - An entry is there whole and leased, or not at all, wherever its writer is killed (with O_TMPFILE:
//!   tmpfs, ext4, xfs, btrfs and most others).
//! - A lease goes from process to process without a moment in which it is free, and one whose owner is
//!   gone can be adopted, by one process.
//! - Who counts what is left counts everything that is not proven dead; and only the proven dead are
//!   collected, unless others are asked for by the name of their verdict.
//! - While an instance's owner lives, its entry is not called dead; once it has ended, however, the
//!   kernel has let its lease go. A process is told from a later one of the same number.
//! - Listing waits for no lock and makes nothing. One bad name, entry or segment hides no other.
//! - Of all threads, processes and forked children, one holds a segment's lock. A wait can have a
//!   deadline or be cancelled, and its error names the holder.
//! - A signal to an instance reaches a process of it or nobody, whatever has become of its number.
//! - Of every entry a watch tells that it has appeared, has ended and is removed, once each and in that
//!   order; unless it came and went while inotify could not tell of it: its queue had overflowed, or the
//!   segment had just been made.
//! - What others can put in the way is an error or a verdict: never a hang, never followed, never
//!   written to.
//!
//! # Limitations
//!
//! - Nothing is synced unless [`Segment::save_durably`] is asked to: the store belongs on a runtime
//!   directory, which a reboot empties.
//! - The lock is the store's only protection against programs of the same user; they can remove
//!   anything in it.
//! - On a filesystem without O_TMPFILE an entry is written under its name: seen meanwhile as
//!   [`Starting`](Verdict::Starting), and left behind, corrupt, if its writer is killed at that moment.
//! - A forked child that has not executed anything shares the leases and locks of its parent, and
//!   keeps them for as long as it lives. A fork while another thread is inside of this library leaves
//!   a child that may not use it.
//! - From another process namespace, or with another's `/proc`, an instance whose lease is free is
//!   [`Unknown`](Verdict::Unknown) rather than dead.
//! - What the kernel tells nobody of is looked at every 50 ms; [`Watch`] says what that is.
//! - Filesystems that several machines mount are refused; [`Store::on_any_filesystem`] insists.
//!
//! # The protocol
//!
//! ```text
//! BASE/                 0700, the user's own; every directory above it is root's or the user's, and
//!                       writable by nobody else unless it is sticky
//! BASE/lock             the store's lock: held to make a segment
//! BASE/7/               the segment of identity 7
//! BASE/7/lock           the segment's lock: held to write, or to see one moment of the segment
//! BASE/7/<32 hex>       an entry, immutable from the moment it has a name
//! ```
//!
//! No other name ever stands there. Locks are flock(2) on those files, which are never removed; a
//! thread holds at most one segment's, and takes the store's before. An entry is written to a file
//! without a name, locked (its lease), and linked: so it appears leased. It is destroyed by unlinking
//! it under the segment's lock. A reader opens, reads, and asks for the lease's lock in shared mode,
//! which it lets go of at once; owners alone take it exclusively. While a process has leases it shares
//! a lock on BASE itself, which keeps cleaners of temporary directories away.
//!
//! `docs/` in the repository draws the format byte by byte, and lists every difference from the Go
//! system.
//!
//! # Beside Go
//!
//! Names, locks and the header of entries are those of hakurei's `internal/store`, and its entries are
//! read and, in [`Format::Gob`], written. Where it uses a store, saving in this project's own format is
//! [refused](ErrorKind::ForeignFormat), for it would not count such an entry.

mod account;
mod base;
mod beside_go;
mod claim;
mod collect;
mod directories;
mod ends;
mod entry;
mod entry_file;
mod error;
mod fault;
mod filesystem;
mod format;
#[cfg(test)]
mod fresh;
mod handle;
mod handover;
mod instance_id;
mod kill;
mod lease;
mod listing;
mod liveness;
mod locks;
mod lookout;
mod names;
mod owner;
mod place;
mod proc;
mod publish;
mod record;
mod segment;
mod signal;
mod store;
mod surroundings;
mod sync;
mod sys;
mod trust;
mod verdict;
mod watch;
mod with;

pub use self::account::Account;
pub use self::collect::{Collected, Collection};
pub use self::ends::Ends;
pub use self::entry::Entry;
pub use self::error::{Error, ErrorKind};
pub use self::format::{Format, FormatError, Header, Revision, Summary, decode};
pub use self::handle::Handle;
pub use self::handover::HandoverError;
pub use self::instance_id::new_instance_id;
pub use self::kill::{Member, Role};
pub use self::lease::{Lease, LeaseError};
pub use self::listing::{Entries, Ids, Segments, View};
pub use self::liveness::Life;
pub use self::locks::{HeldLock, LockKind};
pub use self::owner::{BootId, Owner, Process};
pub use self::record::Record;
pub use self::segment::{Segment, SegmentEntries};
pub use self::signal::{Signal, SignalError};
pub use self::store::Store;
pub use self::trust::Distrust;
pub use self::verdict::Verdict;
pub use self::watch::{Change, Event, Watch};
pub use self::with::WithError;

pub use hakurei_lockedfile::{Holder, Wait, Waiting};

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use self::proc::fuzzed;

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
#[cfg(shuttle)]
mod explored;
