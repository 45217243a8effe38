//! What the rounds gave for one contender.

/// Figures of one kind, one for each round, of which less is better: seconds, mostly.
#[derive(Clone, Debug)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// Sorts them.
    ///
    /// # Panics
    ///
    /// If there are none: nothing was measured.
    pub(crate) fn new(mut figures: Vec<f64>) -> Self {
        assert!(!figures.is_empty(), "a contender was measured in no round");
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    /// The middle one, or the mean of the middle two.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The mean of the fastest quarter: what it costs when nothing else gets in the way. Ratios are of
    /// these.
    pub(crate) fn fastest(&self) -> f64 {
        let quarter = &self.0[..self.0.len().div_ceil(4)];
        mean(quarter)
    }

    /// How far apart the middle half lies, in parts of the median.
    pub(crate) fn spread(&self) -> f64 {
        (self.quantile(0.75) - self.quantile(0.25)) / self.median()
    }

    /// The largest of all.
    pub(crate) fn worst(&self) -> f64 {
        self.0.last().copied().unwrap_or_default()
    }

    /// How many rounds there were.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Between the two nearest, by their distance.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "rounds are few, and none is negative"
    )]
    fn quantile(&self, part: f64) -> f64 {
        let at = part * (self.0.len() - 1) as f64;
        let (below, above) = (self.0[at.floor() as usize], self.0[at.ceil() as usize]);
        below + (above - below) * at.fract()
    }
}

#[expect(clippy::cast_precision_loss, reason = "rounds are few")]
fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / figures.len() as f64
}

#[cfg(test)]
mod tests {
    use super::Samples;

    #[test]
    fn one_round_is_all_of_its_figures() {
        let one = Samples::new(vec![3.0]);
        assert_eq!([one.median(), one.fastest(), one.spread(), one.worst()], [3.0, 3.0, 0.0, 3.0]);
    }

    #[test]
    fn the_fastest_quarter_is_a_mean_and_outliers_do_not_count() {
        let rounds = Samples::new(vec![8.0, 2.0, 1.0, 1000.0, 5.0, 6.0, 7.0, 4.0]);
        assert_eq!(rounds.fastest(), 1.5);
        assert_eq!(rounds.median(), 5.5);
        assert_eq!(rounds.worst(), 1000.0);
        assert_eq!(rounds.count(), 8);
        let spread = (7.25 - 3.5) / 5.5;
        assert!((rounds.spread() - spread).abs() < 1e-12, "{}", rounds.spread());
    }

    #[test]
    fn a_quarter_is_never_empty() {
        assert_eq!(Samples::new(vec![2.0, 1.0, 3.0]).fastest(), 1.0);
        assert_eq!(Samples::new(vec![4.0, 2.0, 1.0, 3.0, 5.0]).fastest(), 1.5);
    }
}
