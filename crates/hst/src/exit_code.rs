//! How a launcher's exit code says why it ended.
//!
//! Any other code is that of the program that it ran.

/// The container did not start.
pub const FAILURE: u8 = 1;

/// A signal ended the container from inside of its launcher.
pub const CANCELLED: u8 = 2;

/// The process that watched the launcher went away.
pub const ORPHANED: u8 = 3;

/// The process that watched the launcher asked it to end.
pub const ON_REQUEST: u8 = 254;
