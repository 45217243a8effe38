//! What the targets share: a limit on memory.

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Runs one of `hakurei_tests::fuzz`, which must not take more memory than four times its input, and
/// what ten thousand short strings take.
///
/// # Panics
///
/// If it does, or if what it runs does.
pub fn within_memory(input: &[u8], run: fn(&[u8]) -> bool) {
    const BASE: usize = 1 << 20;
    MEMORY.reset_peak_usage();
    let before = MEMORY.peak_usage();
    run(input);
    let taken = MEMORY.peak_usage() - before;
    assert!(taken <= 4 * input.len() + BASE, "{taken} bytes for {} of input", input.len());
}
