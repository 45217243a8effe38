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
        let old = self.page(root)?;
        let new = self.replaced(&old, text).ok_or_else(|| self.lacks_its_marks())?;
        std::fs::write(root.join(self.page), new).map_err(|error| self.failed(&error.to_string()))
    }

    /// What stands there.
    pub(crate) fn read(&self, root: &Path) -> Result<String, Failure> {
        let page = self.page(root)?;
        let [begin, end] = self.marks();
        let found = page.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
        found.map(|(text, _)| text.trim().to_owned()).ok_or_else(|| self.lacks_its_marks())
    }

    fn page(&self, root: &Path) -> Result<String, Failure> {
        let text = std::fs::read_to_string(root.join(self.page));
        text.map_err(|error| self.failed(&error.to_string()))
    }

    fn lacks_its_marks(&self) -> Failure {
        let [begin, end] = self.marks();
        self.failed(&format!("it lacks the line {} or {}", begin.trim(), end.trim()))
    }

    fn failed(&self, what: &str) -> Failure {
        Failure::new(format!("{}: {what}", self.page), "restore it with git")
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
