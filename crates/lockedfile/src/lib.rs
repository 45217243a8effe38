//! A mutex between processes and threads that names its holder, and files that change under their
//! lock.
//!
//! # Model
//!
//! A [`Mutex`] is a lock file's name; locking it opens the file, waits for this process's threads
//! and then for other processes by flock(2), and gives a [`Guard`] that releases on being dropped.
//! After each locking the name must still mean the locked file; if somebody has replaced it, what is
//! there now is locked instead. A [`LockedFile`] is a file that is its own lock, and [`read`],
//! [`write`](write()) and [`transform`](transform()) use one for a moment.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use hakurei_lockedfile::{Absolute, LockErrorKind, Mutex};
//!
//! # let directory = tempfile::tempdir()?;
//! let path = Absolute::try_from(directory.path().join("lock"))?;
//! let mutex = Mutex::at(path.clone());
//! let guard = mutex.lock()?;
//!
//! // Somebody else, who has a little patience.
//! let refused = std::thread::spawn(move || {
//!     let deadline = Instant::now() + Duration::from_millis(2);
//!     Mutex::at(path).lock_until(deadline).map(drop)
//! });
//! let error = refused.join().unwrap().unwrap_err();
//! assert_eq!(error.kind(), LockErrorKind::TimedOut);
//! assert_eq!(error.holder().and_then(|holder| holder.pid()), Some(std::process::id()));
//!
//! guard.unlock()?;
//! assert!(mutex.try_lock()?.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - Two guards of one file are never held at once, unless both share it: be they of two processes,
//!   two threads, two mutexes, or a process and its forked child.
//! - A thread that would wait for itself, or that breaks the order of [`Rank`]s, gets `EDEADLK` at
//!   once instead of hanging.
//! - A filesystem that cannot lock is an error. "Busy" is never confused with any other failure.
//! - When a wait is given up, nothing is left behind that the lock could be granted to.
//! - A process that dies, however it dies, lets go: the kernel sees to that. A guard that is dropped
//!   in a forked child lets nothing go.
//! - Files are opened close-on-exec, and no lock file is ever removed.
//! - Locking a free mutex is flock and fstatat; unlocking is flock. After a thread's first lock,
//!   neither allocates.
//!
//! # Limitations
//!
//! - The lock is advisory: it keeps out those who ask for it.
//! - A child that is forked while the lock is held, and does not exec, shares the locked descriptor.
//!   If the parent dies before it unlocks, the child holds on until it ends. [`Holder`] finds it.
//! - A fork while another thread of the process is just taking or releasing a lock leaves the child
//!   unable to use this crate, as with any lock; such a child may only exec.
//! - Fairness is that of flock(2) between processes: with a deadline or a way to cancel, a waiter
//!   asks again every 20 ms, and one that blocks in the kernel may be served first.
//! - [`transform`](transform()) and [`write`](write()) are not atomic to a reader that takes no lock, nor
//!   safe against a crash; nothing is synced.
//! - What flock means on filesystems that several kernels share (NFS, CIFS, …) is theirs to say.
//! - Linux alone.
//!
//! # Beside Go
//!
//! This is Go's `cmd/go/internal/lockedfile`, with these differences: threads exclude each other
//! even on one descriptor, a file that was replaced meanwhile is not taken for the one that the name
//! means, a second lock by the same thread is an error instead of a hang, and waiting has deadlines,
//! can be cancelled, and knows for whom it waits. A [`Mutex`] neither follows symbolic links nor
//! takes a file with several names, and creates its file with mode 0600 where Go gives 0666.

mod acquire;
mod error;
mod file;
mod generation;
mod guard;
mod held;
mod holder;
mod kept;
mod mutex;
mod place;
mod registry;
mod sync;
mod sys;
mod transform;
mod wait;

pub use error::{FileError, LockError, LockErrorKind};
pub use file::{Access, LockedFile, read, write};
pub use generation::Generation;
pub use guard::Guard;
pub use hakurei_check::{Absolute, PathError};
pub use held::Rank;
pub use holder::{Holder, Inquiry, Visibility, is_held_by};
pub use kept::Kept;
pub use mutex::{Mode, Mutex};
pub use place::{Inode, Place};
pub use transform::{TransformError, transform};
pub use wait::{Wait, Waiting};

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use holder::fuzzed;

#[cfg(test)]
#[cfg(shuttle)]
mod explored;
