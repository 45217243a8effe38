//! The texts of /proc that tell of a process: stat, status, and the name of the boot.
#![no_main]

use hakurei_fuzz::within_memory;
use hakurei_store::fuzzed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within_memory(bytes, fuzzed::stat));
