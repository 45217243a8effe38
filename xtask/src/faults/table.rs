//! The table of figures: a row for each operation, and one for all.

use std::fmt;

/// An operation, and its calls, errors, kills, missed runs and findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row(pub(super) String, pub(super) [usize; 5]);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table(Vec<Row>);

/// What the last row is called.
const ALL: &str = "all";

impl Table {
    pub(super) fn of(rows: Vec<Row>) -> Self {
        Self(rows)
    }

    /// Reads what was written before; whatever is no row is left out.
    pub(super) fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(Row::parse).filter(|row| row.0 != ALL).collect())
    }

    /// Puts a row in the place of the one before of that operation, or behind all others.
    pub(super) fn replace(&mut self, row: Row) {
        match self.0.iter_mut().find(|old| old.0 == row.0) {
            Some(old) => *old = row,
            None => self.0.push(row),
        }
    }
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let operation = cells.next()?.to_owned();
        let mut numbers = [0; 5];
        for number in &mut numbers {
            *number = cells.next()?.parse().ok()?;
        }
        Some(Self(operation, numbers))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| operation | calls | errors | kills | missed | findings |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        let mut all = Row(ALL.to_owned(), [0; 5]);
        for row in &self.0 {
            write!(f, "{row}")?;
            all.1.iter_mut().zip(row.1).for_each(|(sum, number)| *sum += number);
        }
        write!(f, "{all}")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(operation, [calls, faults, kills, missed, findings]) = self;
        writeln!(f, "| {operation} | {calls} | {faults} | {kills} | {missed} | {findings} |")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_the_place_of_the_one_before() {
        let row = |name: &str, calls| Row(name.to_owned(), [calls, 2, 3, 4, 5]);
        let mut table = Table::of(vec![row("lock", 1), row("save", 2)]);
        let text = table.to_string();
        assert!(text.ends_with("| save | 2 | 2 | 3 | 4 | 5 |\n| all | 3 | 4 | 6 | 8 | 10 |\n"));
        assert_eq!(Table::parse(&text), table);
        table.replace(row("lock", 7));
        table.replace(row("list", 8));
        assert_eq!(table, Table::of(vec![row("lock", 7), row("save", 2), row("list", 8)]));
    }
}
