//! What an entry costs in longer and longer listings.

use super::Plot;
use super::svg::{Anchor, MARGIN, Picture, Scale, colour};
use crate::bar::{FLOOR, THIS};
use crate::figure::Unit;
use crate::operations::step_of;
use crate::report::Report;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;

/// Parts between the guides across.
const PARTS: u8 = 4;

/// This project and the floor over the number of entries; more is worse.
pub(super) fn plot(report: &Report) -> Option<Plot> {
    let lines = [THIS, FLOOR].map(|who| {
        let points = report.rows().filter_map(|row| {
            let median = row.samples(who)?.median();
            Some((step_of(&row.name)?, Unit::Micro.of(median)))
        });
        points.collect::<Vec<_>>()
    });
    let points = || lines.iter().flatten();
    let highest = points().map(|(_, figure)| *figure).reduce(f64::max)?;
    let part = (highest / f64::from(PARTS)).ceil().max(1.0);
    let (bottom, top) = (HEIGHT - 2.5 * MARGIN, 2.0 * MARGIN);
    let (left, right) = (2.0 * MARGIN, WIDTH - 2.0 * MARGIN);
    let across = Scale::over(points().map(|(count, _)| *count), (left, right));
    let height = |figure: f64| bottom - figure / (part * f64::from(PARTS)) * (bottom - top);

    let mut picture = Picture::new(WIDTH, HEIGHT);
    picture.text(
        (MARGIN, MARGIN),
        Anchor::Start,
        "µs for each entry of a listing, by their number",
    );
    for tick in across.ticks() {
        let x = across.place(tick);
        picture.guide((x, top), (x, bottom));
        picture.text((x, bottom + 16.0), Anchor::Middle, &format!("{tick}"));
    }
    for guide in 0..=PARTS {
        let figure = part * f64::from(guide);
        let y = height(figure);
        picture.guide((left, y), (right, y));
        picture.text((left - 8.0, y + 4.0), Anchor::End, &format!("{figure}"));
    }
    for (number, line) in lines.iter().enumerate() {
        let line: Vec<_> =
            line.iter().map(|(count, figure)| (across.place(*count), height(*figure))).collect();
        picture.line(&line, colour(number));
        line.iter().for_each(|point| picture.dot(*point, colour(number)));
    }
    picture.legend(&[THIS, FLOOR]);
    Some(Plot { title: "Growth", file: "growth.svg", svg: picture.finish() })
}
