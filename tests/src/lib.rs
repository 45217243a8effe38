//! What the tests of several processes share: private stores, states to save, and the helper
//! program to talk with.

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
pub use self::namespace::{unshare, wrapper};
pub use self::peer::{Peer, await_end, stop, stopped};
pub use self::random::random_state;
pub use self::scene::{Scene, other_user};
pub use self::states::{id, identity, state};
pub use self::tracing::obstacle_to_tracing;
