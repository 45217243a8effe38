//! What has been run, in numbers.

use std::path::Path;

use super::machine;
use super::plan::{Fault, Planned, Shot, Wanted};
use super::table::{Row, Table};
use crate::outcome::Failure;
use crate::section::Section;

/// Where the figures stand for people.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask faults --record" };

/// One line for each operation.
pub(super) struct Figures(Vec<Line>);

struct Line {
    operation: String,
    calls: usize,
    faults: usize,
    kills: usize,
    /// Runs in which the fault did not come where it was meant to, as the process had other calls.
    missed: usize,
    findings: Vec<String>,
}

impl Figures {
    /// Of nothing that has been run yet.
    pub(super) fn of(operations: &[Planned]) -> Self {
        let line = |planned: &Planned| Line {
            operation: planned.operation.name.clone(),
            calls: planned.window.calls.len(),
            faults: 0,
            kills: 0,
            missed: 0,
            findings: Vec::new(),
        };
        Self(operations.iter().map(line).collect())
    }

    pub(super) fn count(&mut self, shot: &Shot, was_hit: bool, findings: Vec<String>) {
        let line = &mut self.0[shot.operation];
        match shot.fault {
            _ if !was_hit => line.missed += 1,
            Fault::Error(_) => line.faults += 1,
            Fault::Kill => line.kills += 1,
        }
        line.findings.extend(findings);
    }

    pub(super) fn add(&mut self, other: Self) {
        for (line, more) in self.0.iter_mut().zip(other.0) {
            line.faults += more.faults;
            line.kills += more.kills;
            line.missed += more.missed;
            line.findings.extend(more.findings);
        }
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = &String> {
        self.0.iter().flat_map(|line| &line.findings)
    }

    pub(super) fn missed(&self) -> usize {
        self.0.iter().map(|line| line.missed).sum()
    }

    pub(super) fn runs(&self) -> usize {
        self.missed() + self.0.iter().map(|line| line.faults + line.kills).sum::<usize>()
    }

    /// Writes them where people read them; those of one operation between the others'.
    pub(super) fn record(&self, root: &Path, only: Option<&Wanted>) -> Result<(), Failure> {
        let Some(only) = only else {
            return SECTION.write(root, &format!("{}\n\n{}", machine::describe(), self.table()));
        };
        let Some(line) = self.0.iter().find(|line| only.is_all_of(&line.operation)) else {
            return Err(Failure::new("there are figures of whole operations alone", "name one"));
        };
        let old = SECTION.read(root)?;
        let (above, table) = old.split_once("\n\n").unwrap_or((&old, ""));
        let mut table = Table::parse(table);
        table.replace(line.row());
        SECTION.write(root, &format!("{above}\n\n{table}"))
    }

    /// For people.
    pub(super) fn table(&self) -> Table {
        Table::of(self.0.iter().map(Line::row).collect())
    }
}

impl Line {
    fn row(&self) -> Row {
        let found = self.findings.len();
        let numbers = [self.calls, self.faults, self.kills, self.missed, found];
        Row(self.operation.clone(), numbers)
    }
}
