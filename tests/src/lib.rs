//! What the tests of several processes share: private stores, states to save, and the helper
//! program to talk with.

/// Says what is not tried here, and why: past the harness, which keeps what a passing test prints.
#[macro_export]
macro_rules! skipped {
    ($($why:tt)*) => {{
        use std::io::Write as _;
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        let _unheard = writeln!(std::io::stderr(), "skipped: {test}: {}", format_args!($($why)*));
    }};
}

pub mod descriptors;
pub mod fuzz;
mod lossless;
mod namespace;
mod peer;
mod random;
mod scene;
mod states;
mod tracing;

pub use self::lossless::lossless;
pub use self::namespace::{is_first_pid_namespace, is_first_user_namespace, unshare, wrapper};
pub use self::peer::{Peer, await_end, stop, stopped};
pub use self::random::random_state;
pub use self::scene::{Scene, other_user};
pub use self::states::{id, identity, state};
pub use self::tracing::obstacle_to_tracing;
