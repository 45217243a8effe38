//! The pictures of the report.

mod contention;
mod growth;
mod peers;
mod svg;

use crate::report::Report;

/// A picture, and what it is called.
pub(crate) struct Plot {
    pub(crate) title: &'static str,
    pub(crate) file: &'static str,
    pub(crate) svg: String,
}

/// All that there are figures for.
pub(crate) fn all(report: &Report) -> Vec<Plot> {
    [peers::plot(report), contention::plot(report), growth::plot(report)]
        .into_iter()
        .flatten()
        .collect()
}
