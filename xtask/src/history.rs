//! What many processes do to a store at random: docs/reliability.md.

use clap::Args;

use crate::command::cargo;
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::tabled;

/// Where the figures of a run are written.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask history --record" };

#[derive(Args)]
pub(crate) struct Options {
    /// How long new plans are played.
    #[arg(long, value_name = "N", default_value_t = Self::default().seconds)]
    seconds: u64,
    /// The plan to begin with, as a failure names it.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Writes the figures into docs/reliability.md.
    #[arg(long)]
    record: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { seconds: 15, seed: None, record: false }
    }
}

/// Plays plans that have failed before, then others by chance.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let mut play = cargo(["run", "--quiet", "--package", "hakurei-history", "--"]);
    play.arg("--seconds").arg(options.seconds.to_string());
    play.args(options.seed.iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    let remedy = "mend the code, or what is taken for wrong in tests/history; keep the new plan in \
                  tests/history/regressions.txt";
    tabled::run(&mut play, options.record.then_some(&SECTION), remedy)
}
