//! What was measured, as tables for people, as JSON, and in the report.

mod json;
mod markdown;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::bar::{Judged, Outcome};
use crate::row::Row;
use crate::{Result, plot};

/// Between these lines of the report stands what a run has written.
const BEGIN: &str = "<!-- measured: cargo xtask bench --write -->";
const END: &str = "<!-- end of what was measured -->";

/// Everything of one run.
pub(crate) struct Report {
    /// How, and on what.
    pub(crate) machine: String,
    /// The first is of the place that the bars are held against.
    pub(crate) tables: Vec<Table>,
    /// The rows whose misses are explained.
    pub(crate) explained: BTreeSet<String>,
}

/// What was measured at one place.
pub(crate) struct Table {
    pub(crate) place: &'static str,
    /// Why nothing was.
    pub(crate) left_out: Option<String>,
    pub(crate) rows: Vec<Row>,
}

impl Report {
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.tables.iter().flat_map(|table| &table.rows)
    }

    /// The bars that are missed and not explained, a line for each.
    pub(crate) fn missed(&self) -> Vec<String> {
        let unexplained = self.rows().filter(|row| !self.explained.contains(&row.name));
        unexplained
            .flat_map(|row| row.judged().into_iter().map(|judged| (&row.name, judged)))
            .filter(|(_, judged)| judged.outcome == Outcome::Missed)
            .map(|(name, Judged { wanted, found, .. })| format!("{name}: {wanted}, found {found}"))
            .collect()
    }

    /// For people, in a terminal.
    pub(crate) fn to_text(&self) -> String {
        markdown::render(self)
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        json::render(self)
    }

    /// Writes the tables into the report, whose text is known, and the plots into a directory of its
    /// name.
    pub(crate) fn write_into(&self, file: &Path, text: &str) -> Result<()> {
        let directory = file.with_extension("");
        fs::create_dir_all(&directory)?;
        let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut block = markdown::render(self);
        for plot in plot::all(self) {
            fs::write(directory.join(plot.file), &plot.svg)?;
            block.push_str(&format!("\n![{}]({name}/{})\n", plot.title, plot.file));
        }
        let text = replaced(text, &block)
            .ok_or_else(|| format!("{} lacks the line {BEGIN} or {END}", file.display()))?;
        Ok(fs::write(file, text)?)
    }
}

/// The text with another block between the two lines, if it has them.
fn replaced(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{block}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::{Bar, FLOOR, THIS};
    use crate::figure::Unit;
    use crate::samples::Samples;

    pub(super) fn report(explained: &[&str]) -> Report {
        let mut met = Row::new("quick", Unit::Micro, vec![Bar::times_floor(1.25)]);
        met.add(THIS, Samples::new(vec![1.1e-6, 1.1e-6]));
        met.add(FLOOR, Samples::new(vec![1e-6, 1e-6]));
        let mut missed = Row::new("slow", Unit::Milli, vec![Bar::times_floor(1.2)]);
        missed.add(THIS, Samples::new(vec![0.02]));
        missed.add(FLOOR, Samples::new(vec![0.01]));
        missed.add("2 threads", Samples::new(vec![0.015]));
        let missed = Row { attempts: 4, ..missed };
        let first = Table { place: "tmpfs", left_out: None, rows: vec![met, missed] };
        let left_out = Some("only the superuser may mount it".into());
        let second = Table { place: "ext4", left_out, rows: Vec::new() };
        let explained = explained.iter().map(|name| (*name).to_owned()).collect();
        Report { machine: "on a machine".into(), tables: vec![first, second], explained }
    }

    #[test]
    fn names_what_is_missed_and_not_explained() {
        assert_eq!(report(&[]).missed(), ["slow: ≤ 1.20 × floor, found 2.00 ×"]);
        assert_eq!(report(&["slow"]).missed(), [""; 0]);
    }

    #[test]
    fn replaces_nothing_but_what_it_wrote() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = format!("before\n{BEGIN}\n\nnew\n{END}\nafter\n");
        assert_eq!(replaced(&text, "new"), Some(new));
        assert_eq!(replaced("before\n", "new"), None);
    }
}
