//! Figures as people read them.

/// What the figures of a row are, and how they are shown. All are kept such that less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Seconds, shown in µs.
    Micro,
    /// Seconds, shown in ms.
    Milli,
    /// Seconds for each time, shown as times in a second.
    PerSecond,
    /// Bytes, shown in MiB.
    Mebibyte,
}

impl Unit {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Micro => "µs",
            Self::Milli => "ms",
            Self::PerSecond => "1/s",
            Self::Mebibyte => "MiB",
        }
    }

    /// The figure in this unit.
    pub(crate) fn of(self, figure: f64) -> f64 {
        match self {
            Self::Micro => figure * 1e6,
            Self::Milli => figure * 1e3,
            Self::PerSecond => 1.0 / figure,
            Self::Mebibyte => figure / f64::from(1 << 20),
        }
    }

    /// The figure in this unit, as text without the unit.
    pub(crate) fn show(self, figure: f64) -> String {
        significant(self.of(figure))
    }
}

/// About three digits, and thousands for long numbers.
pub(crate) fn significant(number: f64) -> String {
    match number.abs() {
        it if it >= 9_995.0 => format!("{:.0}k", number / 1e3),
        it if it >= 99.95 => format!("{number:.0}"),
        it if it >= 9.995 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_about_three_digits() {
        let numbers = [0.0, 0.0649, 1.0, 9.994, 9.996, 99.9, 99.96, 1234.5, 9995.0, 94_500.0];
        let shown = ["0.00", "0.06", "1.00", "9.99", "10.0", "99.9", "100", "1234", "10k", "94k"];
        assert_eq!(numbers.map(significant), shown);
    }

    #[test]
    fn shows_seconds_in_the_rows_unit() {
        assert_eq!(Unit::Micro.show(1.5e-6), "1.50");
        assert_eq!(Unit::Milli.show(0.0124), "12.4");
        assert_eq!(Unit::PerSecond.show(1e-5), "100k");
        assert_eq!(Unit::Mebibyte.show(f64::from(3 << 19)), "1.50");
    }
}
