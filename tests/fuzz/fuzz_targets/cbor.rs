//! The body of an entry of revision 80 01.
#![no_main]

use hakurei_fuzz::within_memory;
use hakurei_tests::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within_memory(bytes, fuzz::cbor));
