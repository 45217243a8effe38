//! What threads share, and wait for: the one module that names the crates for that.
//!
//! With `--cfg shuttle` all of it is replaced by stand-ins that hand control to another thread
//! wherever threads could meet, so that `cargo xtask shuttle` can try many orders. No other build has
//! anything of that.

#[cfg(not(shuttle))]
pub(crate) use dashmap::DashMap;
#[cfg(not(shuttle))]
pub(crate) use parking_lot::Mutex;

#[cfg(shuttle)]
pub(crate) use shuttle_dashmap::DashMap;
#[cfg(shuttle)]
pub(crate) use shuttle_parking_lot::Mutex;

/// Another thread may run before this one goes on, as around any system call.
#[cfg(shuttle)]
pub(crate) fn let_others_run() {
    shuttle::sync::atomic::AtomicBool::new(false).load(std::sync::atomic::Ordering::SeqCst);
}

/// Declares a value that all threads of the process share.
#[cfg(not(shuttle))]
macro_rules! process_wide {
    ($name:ident: $type:ty = $value:expr) => {
        static $name: $type = $value;
    };
}

/// Declares a value that all threads share, and that each execution begins with anew.
#[cfg(shuttle)]
macro_rules! process_wide {
    ($name:ident: $type:ty = $value:expr) => {
        shuttle::lazy_static! { static ref $name: $type = $value; }
    };
}

pub(crate) use process_wide;
