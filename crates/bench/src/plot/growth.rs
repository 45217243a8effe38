//! What an entry costs in longer and longer listings.

use super::Plot;
use super::svg::{Anchor, MARGIN, Picture, Scale, colour};
use crate::bar::{FLOOR, THIS};
use crate::figure::Unit;
use crate::operations::step_of;
use crate::report::Report;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;

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
    let highest = points().map(|(_, figure)| *figure).reduce(f64::max)?.max(1.0);
    let (bottom, top) = (HEIGHT - 2.5 * MARGIN, 2.0 * MARGIN);
    let across = Scale::over(points().map(|(count, _)| *count), (2.0 * MARGIN, WIDTH - MARGIN));
    let height = |figure: f64| bottom - figure / highest * (bottom - top);

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
    for part in 0..=4 {
        let figure = highest * f64::from(part) / 4.0;
        let y = height(figure);
        picture.guide((2.0 * MARGIN, y), (WIDTH - MARGIN, y));
        picture.text((2.0 * MARGIN - 4.0, y + 4.0), Anchor::End, &format!("{figure:.1}"));
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
