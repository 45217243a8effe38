//! This project against each of the others, operation by operation.

use super::Plot;
use super::svg::{Anchor, MARGIN, Picture, Scale, colour};
use crate::bar::{FLOOR, THIS};
use crate::figure::Unit;
use crate::peers::{JSON_FILES, LMDB, REDB, SQLITE, SQLITE_NORMAL};
use crate::report::Report;
use crate::row::Row;

/// Who is drawn, in the order of the colours.
const WHO: [&str; 7] = [THIS, FLOOR, SQLITE, SQLITE_NORMAL, LMDB, REDB, JSON_FILES];

const WIDTH: f64 = 800.0;
const NAMES: f64 = 240.0;
const LINE: f64 = 26.0;

/// A line for each operation that a peer does too, and a dot for each who does it, by its time.
pub(super) fn plot(report: &Report) -> Option<Plot> {
    let is_drawn = |row: &&Row| {
        matches!(row.unit, Unit::Micro | Unit::Milli)
            && WHO[2..].iter().any(|peer| row.samples(peer).is_some())
    };
    let rows: Vec<_> = report.tables.first()?.rows.iter().filter(is_drawn).collect();
    let figures: Vec<Vec<_>> = rows
        .iter()
        .map(|row| {
            let dots = WHO.iter().enumerate();
            dots.filter_map(|(at, who)| Some((at, row.samples(who)?.median() * 1e6))).collect()
        })
        .collect();
    let all = || figures.iter().flatten().map(|(_, figure)| *figure);
    all().next()?;
    let lines = f64::from(u16::try_from(rows.len()).ok()?);
    let (top, bottom) = (2.0 * MARGIN, 2.0 * MARGIN + lines * LINE);
    let across = Scale::over(all(), (NAMES + MARGIN, WIDTH - 2.0 * MARGIN));
    let mut picture = Picture::new(WIDTH, bottom + 3.0 * MARGIN);
    picture.text(
        (MARGIN, MARGIN),
        Anchor::Start,
        "time for each, by powers of ten; further left is faster",
    );
    for tick in across.ticks() {
        let x = across.place(tick);
        picture.guide((x, top), (x, bottom));
        picture.text((x, bottom + 16.0), Anchor::Middle, &label(tick));
    }
    let mut y = top + LINE / 2.0;
    for (row, dots) in rows.iter().zip(&figures) {
        picture.text((NAMES, y + 4.0), Anchor::End, &row.name);
        picture.guide((NAMES + MARGIN, y), (WIDTH - 2.0 * MARGIN, y));
        // This project comes last, on top of whoever is as fast.
        for (at, figure) in dots.iter().rev() {
            picture.dot((across.place(*figure), y), colour(*at));
        }
        y += LINE;
    }
    picture.legend(&WHO);
    let title = "This project against each of the others";
    Some(Plot { title, file: "peers.svg", svg: picture.finish() })
}

/// A power of ten, in the unit that people would say it in.
fn label(microseconds: f64) -> String {
    match microseconds {
        it if it < 0.99 => format!("{:.0} ns", it * 1e3),
        it if it < 999.0 => format!("{it:.0} µs"),
        it if it < 999_999.0 => format!("{:.0} ms", it / 1e3),
        it => format!("{:.0} s", it / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn powers_of_ten_are_said_in_a_unit_that_fits() {
        let labels = [-2, 0, 2, 3, 5, 6].map(|power| label(10_f64.powi(power)));
        assert_eq!(labels, ["10 ns", "1 µs", "100 µs", "1 ms", "100 ms", "1 s"]);
    }
}
