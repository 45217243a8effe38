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

#[cfg(test)]
mod tests {
    use super::*;

    fn absolutes(pathnames: &[&str]) -> Vec<Absolute> {
        let checked = pathnames.iter().copied().map(Absolute::try_from);
        checked.collect::<Result<_, _>>().expect("the test writes absolute pathnames")
    }

    #[test]
    fn sorts_by_bytes() {
        let mut pathnames = absolutes(&["/b", "/é", "/a/", "/a", "/B", "/a.b", "/", "/a/b"]);
        sort(&mut pathnames);
        let sorted = ["/", "/B", "/a", "/a.b", "/a/", "/a/b", "/b", "/é"];
        assert_eq!(pathnames, absolutes(&sorted));
    }

    #[test]
    fn compacts_neighbours_alone() {
        let mut pathnames = absolutes(&["/a", "/a", "/b", "/a", "/a/", "/a/"]);
        compact(&mut pathnames);
        assert_eq!(pathnames, absolutes(&["/a", "/b", "/a", "/a/"]));

        let mut none = Vec::new();
        compact(&mut none);
        assert!(none.is_empty());
    }
}
