//! The texts of /proc that tell of locks: locks, fdinfo, mountinfo, and the state in stat.
#![no_main]

use hakurei_fuzz::within_memory;
use hakurei_lockedfile::fuzzed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within_memory(bytes, fuzzed::locks));
