//! Figures on a page for people, each kind between marks of its own.
//!
//! What measures or tries something writes its figures where people read about it, and nowhere else on
//! that page:
//!
//! ```text
//! <!-- figures: cargo xtask faults --record -->
//! <!-- end of figures: cargo xtask faults --record -->
//! ```

use std::path::Path;

use crate::outcome::Failure;

/// What stands between two marks of a page.
pub(crate) struct Section {
    /// From the root of the workspace.
    pub(crate) page: &'static str,
    /// The command that writes it, as one types it.
    pub(crate) command: &'static str,
}

impl Section {
    /// Puts a text there instead of what stands there.
    pub(crate) fn write(&self, root: &Path, text: &str) -> Result<(), Failure> {
        let failed =
            |what: &str| Failure::new(format!("{}: {what}", self.page), "restore it with git");
        let page = root.join(self.page);
        let old = std::fs::read_to_string(&page).map_err(|error| failed(&error.to_string()))?;
        let [begin, end] = self.marks();
        let new = self
            .replaced(&old, text)
            .ok_or_else(|| failed(&format!("it lacks the line {begin} or {end}")))?;
        std::fs::write(&page, new).map_err(|error| failed(&error.to_string()))
    }

    fn marks(&self) -> [String; 2] {
        ["figures", "end of figures"].map(|what| format!("<!-- {what}: {} -->\n", self.command))
    }

    fn replaced(&self, page: &str, text: &str) -> Option<String> {
        let [begin, end] = self.marks();
        let (before, rest) = page.split_once(&begin)?;
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::Section;

    const A: Section = Section { page: "a.md", command: "a" };
    const B: Section = Section { page: "a.md", command: "b" };
    const PAGE: &str = "\
# One
<!-- figures: a -->
<!-- end of figures: a -->
Between.
<!-- figures: b -->

1

<!-- end of figures: b -->
";

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let first = A.replaced(PAGE, "2\n").unwrap();
        let expected = PAGE.replacen("a -->\n", "a -->\n\n2\n\n", 1);
        assert_eq!(first, expected);
        assert_eq!(A.replaced(&first, "2").unwrap(), first);
        let second = B.replaced(&first, "3").unwrap();
        assert_eq!(second, first.replace("\n1\n", "\n3\n"));
    }

    #[test]
    fn a_page_without_the_marks_is_left_alone() {
        assert_eq!(A.replaced("<!-- figures: a -->\n", "2"), None);
        assert_eq!(A.replaced("<!-- figures: ab -->\n<!-- end of figures: ab -->\n", "2"), None);
    }
}
