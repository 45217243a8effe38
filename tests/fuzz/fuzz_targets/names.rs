//! Names in the directories of a store.
#![no_main]

use hakurei_fuzz::within_memory;
use hakurei_tests::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within_memory(bytes, fuzz::names));
