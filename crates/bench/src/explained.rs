//! The bars that are missed for a reason: rows that the report has a profile for.

use std::collections::BTreeSet;

/// Under this heading of the report, each row has a heading of its own, words, and a profile.
const HEADING: &str = "## Missed, explained";

/// The names of the rows that are explained: with a profile in a block of its own, not by words alone.
pub(crate) fn rows(report: &str) -> BTreeSet<String> {
    let mut explained = BTreeSet::new();
    let mut row = None;
    let section = report.lines().skip_while(|line| *line != HEADING).skip(1);
    for line in section.take_while(|line| !line.starts_with("## ")) {
        if let Some(name) = line.strip_prefix("### ") {
            row = Some(name.trim());
        } else if line.starts_with("```") {
            explained.extend(row.take().map(str::to_owned));
        }
    }
    explained
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_row_is_explained_by_a_profile_under_its_name() {
        let report = "# B\n### a\n```\nx\n```\n## Missed, explained\n\nWords.\n\n### b\n\nWords.\n\n\
                      ```text\n40 % linkat\n```\n\n### c\n\nWords alone.\n\n## More\n\n### d\n```\n```\n";
        assert_eq!(rows(report).into_iter().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn nothing_is_explained_where_nothing_is_said() {
        assert!(rows("## Missed, explained\n").is_empty());
        assert!(rows("").is_empty());
    }
}
