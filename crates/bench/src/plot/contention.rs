//! Eight processes on one segment: what they get done, and the longest wait.

use super::Plot;
use super::svg::{Anchor, MARGIN, Picture, colour};
use crate::report::Report;
use crate::row::Row;

const WIDTH: f64 = 640.0;
const NAMES: f64 = 110.0;
const LINE: f64 = 22.0;

pub(super) fn plot(report: &Report) -> Option<Plot> {
    let named = |name: &str| report.rows().find(|row| row.name == name);
    let cycles = named("8 processes, one segment")?;
    let waits = named("8 processes, worst wait")?;
    let lines = f64::from(u16::try_from(cycles.cells.len() + waits.cells.len()).ok()?);
    let mut picture = Picture::new(WIDTH, MARGIN * 6.0 + lines * LINE);
    let title = "save + destroy in one segment, times a second, all together";
    let below = bars(&mut picture, MARGIN, title, cycles);
    bars(&mut picture, below + MARGIN, "the longest that one of them ever waited, ms", waits);
    Some(Plot { title: "Contention", file: "contention.svg", svg: picture.finish() })
}

/// Draws a bar for each contender below `top`, and says where the next may stand.
fn bars(picture: &mut Picture, top: f64, title: &str, row: &Row) -> f64 {
    picture.text((MARGIN, top), Anchor::Start, title);
    let figures: Vec<(&str, f64)> =
        row.cells.iter().map(|(who, samples)| (*who, row.unit.of(samples.median()))).collect();
    let highest = figures.iter().map(|(_, figure)| *figure).fold(0.0, f64::max);
    let mut y = top + MARGIN / 2.0;
    for (number, (who, figure)) in figures.into_iter().enumerate() {
        let length = figure / highest * (WIDTH - NAMES - 4.0 * MARGIN);
        picture.text((NAMES, y + LINE * 0.6), Anchor::End, who);
        picture.bar((NAMES + 8.0, y + 2.0), (length, LINE - 6.0), colour(number));
        let label = crate::figure::significant(figure);
        picture.text((NAMES + 14.0 + length, y + LINE * 0.6), Anchor::Start, &label);
        y += LINE;
    }
    y + MARGIN
}
