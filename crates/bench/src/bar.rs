//! What is to be reached.

use crate::figure::{Unit, significant};
use crate::row::Row;

/// Who is measured: this project.
pub(crate) const THIS: &str = "this";

/// The bare system calls that give the same guarantee.
pub(crate) const FLOOR: &str = "floor";

/// One thing that a row has to show.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    who: &'static str,
    limit: Limit,
}

/// What a contender's figure may be.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// At most so many times another's.
    Times(f64, &'static str),
    /// At most so much more than another's, in the row's own measure.
    Above(f64, &'static str),
    /// At most so much, in the row's own measure.
    Absolute(f64),
    /// Its ratio to another's is this one, within such a part of it.
    Steady { ratio: f64, within: f64, other: &'static str },
}

/// How a bar was met.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    /// What it asks for.
    pub(crate) wanted: String,
    /// What there was.
    pub(crate) found: String,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Met,
    Missed,
    /// One of the two was not measured.
    NotMeasured,
}

impl Bar {
    /// This project takes at most so many times what the floor takes.
    pub(crate) fn times_floor(factor: f64) -> Self {
        Self { who: THIS, limit: Limit::Times(factor, FLOOR) }
    }

    /// This project is faster than that contender.
    pub(crate) fn faster_than(other: &'static str) -> Self {
        Self { who: THIS, limit: Limit::Times(1.0, other) }
    }

    /// This project takes at most so much more than the floor.
    pub(crate) fn above_floor(seconds: f64) -> Self {
        Self { who: THIS, limit: Limit::Above(seconds, FLOOR) }
    }

    /// This project's figure is at most so many times that of another.
    pub(crate) fn times(factor: f64, other: &'static str) -> Self {
        Self { who: THIS, limit: Limit::Times(factor, other) }
    }

    /// A contender is at least so many times as fast as this project without it.
    pub(crate) fn speeds_up(who: &'static str, factor: f64) -> Self {
        Self { who, limit: Limit::Times(1.0 / factor, THIS) }
    }

    /// This project's figure is at most that.
    pub(crate) fn at_most(figure: f64) -> Self {
        Self { who: THIS, limit: Limit::Absolute(figure) }
    }

    /// This project's figure is to the floor's what it was elsewhere, within such a part of that.
    pub(crate) fn steady(ratio: f64, within: f64) -> Self {
        Self { who: THIS, limit: Limit::Steady { ratio, within, other: FLOOR } }
    }

    /// Holds the bar against what was measured.
    pub(crate) fn judge(&self, row: &Row) -> Judged {
        let wanted = self.wanted(row.unit);
        let Some(figure) = row.fastest(self.who) else { return Judged::not_measured(wanted) };
        let against = |other| row.fastest(other);
        let (found, is_met) = match self.limit {
            Limit::Times(factor, other) => match against(other) {
                Some(other) => (times(figure / other), figure <= factor * other),
                None => return Judged::not_measured(wanted),
            },
            Limit::Above(plus, other) => match against(other) {
                Some(other) => (signed(row.unit, figure - other), figure <= other + plus),
                None => return Judged::not_measured(wanted),
            },
            Limit::Absolute(most) => (with_unit(row.unit, figure), figure <= most),
            Limit::Steady { ratio, within, other } => match against(other) {
                Some(other) => {
                    let change = figure / other / ratio - 1.0;
                    (format!("{:+.0} %", change * 100.0), change.abs() <= within)
                }
                None => return Judged::not_measured(wanted),
            },
        };
        let outcome = if is_met { Outcome::Met } else { Outcome::Missed };
        Judged { wanted, found, outcome }
    }

    fn wanted(&self, unit: Unit) -> String {
        let who = if self.who == THIS { String::new() } else { format!("{} ", self.who) };
        match self.limit {
            Limit::Times(1.0, other) => format!("{who}faster than {other}"),
            Limit::Times(factor, other) => format!("{who}≤ {} × {other}", significant(factor)),
            Limit::Above(plus, other) => format!("{who}≤ {other} + {}", with_unit(unit, plus)),
            Limit::Absolute(most) => format!("{who}≤ {}", with_unit(unit, most)),
            Limit::Steady { ratio, within, other } => {
                format!("{who}{} × {other}, ± {:.0} %", significant(ratio), within * 100.0)
            }
        }
    }
}

impl Judged {
    fn not_measured(wanted: String) -> Self {
        Self { wanted, found: "-".into(), outcome: Outcome::NotMeasured }
    }
}

fn times(ratio: f64) -> String {
    format!("{} ×", significant(ratio))
}

fn with_unit(unit: Unit, figure: f64) -> String {
    format!("{} {}", unit.show(figure), unit.word())
}

fn signed(unit: Unit, figure: f64) -> String {
    let sign = if figure < 0.0 { "" } else { "+" };
    format!("{sign}{}", with_unit(unit, figure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Samples;

    fn row(figures: &[(&'static str, f64)]) -> Row {
        let mut row = Row::new("row", Unit::Micro, Vec::new());
        for (who, microseconds) in figures {
            row.add(who, Samples::new(vec![microseconds * 1e-6]));
        }
        row
    }

    fn judged(bar: &Bar, figures: &[(&'static str, f64)]) -> (String, String, Outcome) {
        let Judged { wanted, found, outcome } = bar.judge(&row(figures));
        (wanted, found, outcome)
    }

    fn is(wanted: &str, found: &str, outcome: Outcome) -> (String, String, Outcome) {
        (wanted.into(), found.into(), outcome)
    }

    #[test]
    fn a_ratio_is_this_to_the_floor() {
        let bar = Bar::times_floor(1.25);
        let met = judged(&bar, &[(THIS, 1.2), (FLOOR, 1.0)]);
        assert_eq!(met, is("≤ 1.25 × floor", "1.20 ×", Outcome::Met));
        let missed = judged(&bar, &[(THIS, 1.3), (FLOOR, 1.0)]);
        assert_eq!(missed, is("≤ 1.25 × floor", "1.30 ×", Outcome::Missed));
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let bar = Bar::faster_than("SQLite");
        let outcome = judged(&bar, &[(THIS, 1.2)]);
        assert_eq!(outcome, is("faster than SQLite", "-", Outcome::NotMeasured));
    }

    #[test]
    fn a_difference_and_a_figure_are_in_the_rows_unit() {
        let above = judged(&Bar::above_floor(4e-6), &[(THIS, 5.5), (FLOOR, 2.0)]);
        assert_eq!(above, is("≤ floor + 4.00 µs", "+3.50 µs", Outcome::Met));
        let absolute = judged(&Bar::at_most(16e-6), &[(THIS, 17.0)]);
        assert_eq!(absolute, is("≤ 16.0 µs", "17.0 µs", Outcome::Missed));
    }

    #[test]
    fn two_threads_are_held_against_one() {
        let bar = Bar::speeds_up("2 threads", 1.5);
        let met = judged(&bar, &[(THIS, 3.0), ("2 threads", 1.9)]);
        assert_eq!(met, is("2 threads ≤ 0.67 × this", "0.63 ×", Outcome::Met));
        assert_eq!(judged(&bar, &[(THIS, 3.0), ("2 threads", 2.1)]).2, Outcome::Missed);
    }

    #[test]
    fn a_steady_ratio_changes_neither_way() {
        let bar = Bar::steady(1.2, 0.15);
        let met = judged(&bar, &[(THIS, 1.3), (FLOOR, 1.0)]);
        assert_eq!(met, is("1.20 × floor, ± 15 %", "+8 %", Outcome::Met));
        assert_eq!(judged(&bar, &[(THIS, 1.4), (FLOOR, 1.0)]).2, Outcome::Missed);
        assert_eq!(judged(&bar, &[(THIS, 1.0), (FLOOR, 1.0)]).2, Outcome::Missed);
    }
}
