//! The command as its users see it: real processes, real stores, and no word of how it works inside.
//!
//! Nothing here sleeps to wait for something. Programs say through a pipe that they run, ends are
//! awaited by the kernel, and each test has a store of its own.

#![expect(clippy::unwrap_used, reason = "what helpers meet unexpectedly fails the test")]

mod bwrap;
mod formats;
mod generate;
mod input;
mod place;
mod process;
mod ps;
mod run;
mod show;
mod signals;
mod terminal;
