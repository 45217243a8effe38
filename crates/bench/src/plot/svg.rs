//! Just enough of SVG: lines, dots, bars and words on a white ground.

use std::fmt::Write as _;

/// Room around what is drawn.
pub(super) const MARGIN: f64 = 24.0;

/// The colours, each told from the others also without seeing red or green.
const COLOURS: [&str; 8] =
    ["#d55e00", "#000000", "#0072b2", "#56b4e9", "#009e73", "#cc79a7", "#e69f00", "#999999"];

/// A picture in the making.
pub(super) struct Picture {
    width: f64,
    height: f64,
    body: String,
}

/// Where a word stands with regard to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The colour of a contender, by its place among them.
pub(super) fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}

impl Picture {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.add(&format!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#));
    }

    /// A thin grey line, to read figures by.
    pub(super) fn guide(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.path(&[from, to], "#dddddd", 1.0);
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: &str) {
        self.path(points, colour, 2.0);
    }

    pub(super) fn dot(&mut self, (x, y): (f64, f64), colour: &str) {
        self.add(&format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#));
    }

    pub(super) fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str) {
        self.add(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#
        ));
    }

    /// What each colour means, along the bottom.
    pub(super) fn legend(&mut self, names: &[&str]) {
        let (mut x, y) = (MARGIN, self.height - MARGIN / 2.0);
        for (number, name) in names.iter().enumerate() {
            self.dot((x, y - 4.0), colour(number));
            self.text((x + 8.0, y), Anchor::Start, name);
            x += 24.0 + 8.0 * f64::from(u16::try_from(name.len()).unwrap_or_default());
        }
    }

    pub(super) fn finish(self) -> String {
        let Self { width, height, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        )
    }

    fn path(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        self.add(&format!(
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#
        ));
    }

    fn add(&mut self, element: &str) {
        // A string takes whatever is written to it.
        let _written = writeln!(self.body, "{element}");
    }
}

/// A scale from figures to places, by their logarithm.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    /// The powers of ten that it reaches from and to.
    powers: (i32, i32),
    places: (f64, f64),
}

impl Scale {
    /// Reaches over all figures, from one place to another.
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a figure is small")]
    pub(super) fn over(figures: impl Iterator<Item = f64>, places: (f64, f64)) -> Self {
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        for figure in figures {
            least = least.min(figure.log10().floor() as i32);
            most = most.max(figure.log10().ceil() as i32);
        }
        Self { powers: (least, most.max(least.saturating_add(1))), places }
    }

    pub(super) fn place(self, figure: f64) -> f64 {
        let (least, most) = (f64::from(self.powers.0), f64::from(self.powers.1));
        let part = (figure.log10() - least) / (most - least);
        self.places.0 + part * (self.places.1 - self.places.0)
    }

    /// The powers of ten that it reaches over.
    pub(super) fn ticks(self) -> impl Iterator<Item = f64> {
        (self.powers.0..=self.powers.1).map(|power| 10_f64.powi(power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_reaches_over_its_figures_by_powers_of_ten() {
        let scale = Scale::over([2.0, 300.0].into_iter(), (0.0, 300.0));
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [1.0, 10.0, 100.0, 1000.0]);
        assert!((scale.place(10.0) - 100.0).abs() < 1e-9);
        let single = Scale::over([10.0].into_iter(), (0.0, 1.0));
        assert_eq!(single.ticks().collect::<Vec<_>>(), [10.0, 100.0]);
    }

    #[test]
    fn words_are_escaped() {
        let mut picture = Picture::new(10.0, 10.0);
        picture.text((1.0, 2.0), Anchor::End, "a < b & c");
        let svg = picture.finish();
        assert!(svg.contains(r#"<text x="1.0" y="2.0" text-anchor="end">a &lt; b &amp; c</text>"#));
    }
}
