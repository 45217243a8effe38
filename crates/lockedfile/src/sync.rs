//! What threads share, and wait for: the one module that names the crates for that.
//!
//! With `--cfg shuttle` all of it is replaced by stand-ins that hand control to another thread
//! wherever threads could meet, so that `cargo xtask shuttle` can try every order. No other build has
//! anything of that.

#[cfg(shuttle)]
mod stand_ins;

#[cfg(not(shuttle))]
pub(crate) use std::thread_local;

#[cfg(not(shuttle))]
pub(crate) use parking_lot::{ArcRwLockReadGuard, ArcRwLockWriteGuard, Mutex, RawRwLock, RwLock};

#[cfg(shuttle)]
pub(crate) use stand_ins::{
    ArcRwLockReadGuard, ArcRwLockWriteGuard, Mutex, RawRwLock, RwLock, Timed, let_others_run,
    process_wide, thread_local,
};

/// Declares a value that all threads of the process share.
#[cfg(not(shuttle))]
macro_rules! process_wide {
    ($name:ident: $type:ty = $value:expr) => {
        static $name: $type = $value;
    };
}

#[cfg(not(shuttle))]
pub(crate) use process_wide;
