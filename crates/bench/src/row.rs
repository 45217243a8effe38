//! One line of the tables: what was done, and how long everybody took for it.

use crate::bar::{Bar, Judged, Outcome};
use crate::figure::Unit;
use crate::samples::Samples;

/// What was measured of one operation at one place.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) cells: Vec<(&'static str, Samples)>,
    pub(crate) bars: Vec<Bar>,
    /// How often it was measured before its bars were met, or it was given up.
    pub(crate) attempts: u32,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, unit: Unit, bars: Vec<Bar>) -> Self {
        Self { name: name.into(), unit, cells: Vec::new(), bars, attempts: 1 }
    }

    pub(crate) fn add(&mut self, who: &'static str, samples: Samples) {
        self.cells.push((who, samples));
    }

    pub(crate) fn samples(&self, who: &str) -> Option<&Samples> {
        self.cells.iter().find(|(cell, _)| *cell == who).map(|(_, samples)| samples)
    }

    /// The mean of a contender's fastest quarter, if it was measured.
    pub(crate) fn fastest(&self, who: &str) -> Option<f64> {
        self.samples(who).map(Samples::fastest)
    }

    /// All bars, held against what was measured.
    pub(crate) fn judged(&self) -> Vec<Judged> {
        self.bars.iter().map(|bar| bar.judge(self)).collect()
    }

    /// Whether some bar is missed.
    pub(crate) fn is_missed(&self) -> bool {
        self.judged().iter().any(|judged| judged.outcome == Outcome::Missed)
    }
}

/// Takes the rows of another attempt in place of those that were missed; what was met stays.
pub(crate) fn take_better(rows: &mut [Row], again: impl IntoIterator<Item = Row>) {
    for new in again {
        let old = rows.iter_mut().find(|row| row.name == new.name && row.is_missed());
        if let Some(old) = old {
            let attempts = old.attempts + 1;
            *old = Row { attempts, ..new };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::{FLOOR, THIS};

    fn row(name: &str, this: f64) -> Row {
        let mut row = Row::new(name, Unit::Micro, vec![Bar::times_floor(1.25)]);
        row.add(THIS, Samples::new(vec![this]));
        row.add(FLOOR, Samples::new(vec![1.0]));
        row
    }

    #[test]
    fn only_missed_rows_are_replaced() {
        let mut rows = vec![row("a", 1.1), row("b", 1.5), row("c", 1.5)];
        take_better(&mut rows, vec![row("a", 1.0), row("b", 1.2), row("c", 1.7)]);
        let this: Vec<_> = rows.iter().map(|row| (row.fastest(THIS), row.attempts)).collect();
        assert_eq!(this, [(Some(1.1), 1), (Some(1.2), 2), (Some(1.7), 2)]);
    }
}
