//! The words of a command.
#![no_main]

use hakurei_cli::fuzzed;
use hakurei_fuzz::within_memory;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within_memory(bytes, fuzzed::command_line));
