//! Lists of pathnames.

use crate::Absolute;

/// Sorts by bytes, the order in which Go's `check.SortAbs` puts them.
pub fn sort(pathnames: &mut [Absolute]) {
    pathnames.sort_unstable();
}

/// Keeps one of each run of equal neighbours, as Go's `check.CompactAbs` does; after [`sort`] that
/// leaves every pathname once.
///
/// ```
/// use hakurei_check::{absolute, compact, sort};
///
/// let mut pathnames = vec![absolute!("/run"), absolute!("/etc"), absolute!("/run")];
/// sort(&mut pathnames);
/// compact(&mut pathnames);
/// assert_eq!(pathnames, [absolute!("/etc"), absolute!("/run")]);
/// ```
pub fn compact(pathnames: &mut Vec<Absolute>) {
    pathnames.dedup();
}
