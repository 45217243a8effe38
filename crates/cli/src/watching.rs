//! What every command does first that has many instances watched.

use crate::report::Report;
use crate::sys;

/// Makes room for a descriptor of each instance.
pub(crate) fn prepare(report: Report) {
    if let Err(error) = sys::raise_descriptor_limit() {
        // Whom no descriptor is left for is looked at every 50 ms.
        report.step(format_args!("no more descriptors can be had: {error}"));
    }
}
