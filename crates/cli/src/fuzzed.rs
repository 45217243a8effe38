//! What is asked of command lines and configurations that anybody may have written. The fuzzer looks
//! for bytes that break it, and the tests see that those of the past no longer do.
//!
//! No other build has this.

mod command_line;
mod configuration;
mod words;

pub use self::command_line::command_line;
pub use self::configuration::configuration;

#[cfg(test)]
mod tests;
