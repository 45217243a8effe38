//! The stand-ins, for `cargo xtask shuttle` alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub(crate) use shuttle::thread_local;
pub(crate) use shuttle_parking_lot::{
    ArcRwLockReadGuard, ArcRwLockWriteGuard, Mutex, RawRwLock, RwLock,
};

/// Declares a value that all threads share, and that each execution begins with anew.
macro_rules! process_wide {
    ($name:ident: $type:ty = $value:expr) => {
        shuttle::lazy_static! { static ref $name: $type = $value; }
    };
}

pub(crate) use process_wide;

/// Another thread may run before this one goes on, as around any system call.
pub(crate) fn let_others_run() {
    shuttle::sync::atomic::AtomicBool::new(false).load(Ordering::SeqCst);
}

/// Waiting with a limit, which the stand-ins lack: no time passes there, so it comes to letting the
/// others go first and trying once.
pub(crate) trait Timed<T> {
    fn try_read_arc_for(&self, limit: Duration) -> Option<ArcRwLockReadGuard<RawRwLock, T>>;
    fn try_write_arc_for(&self, limit: Duration) -> Option<ArcRwLockWriteGuard<RawRwLock, T>>;
}

impl<T> Timed<T> for Arc<RwLock<T>> {
    fn try_read_arc_for(&self, _limit: Duration) -> Option<ArcRwLockReadGuard<RawRwLock, T>> {
        shuttle::thread::yield_now();
        self.try_read_arc()
    }

    fn try_write_arc_for(&self, _limit: Duration) -> Option<ArcRwLockWriteGuard<RawRwLock, T>> {
        shuttle::thread::yield_now();
        self.try_write_arc()
    }
}
