//! What the program is asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::operations::Topic;

/// Measures this project beside the bare system calls and beside what one would take instead.
#[derive(Parser)]
#[command(name = "hakurei-bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) mode: Option<Mode>,
}

#[derive(Args)]
pub(crate) struct Options {
    /// Ends within 50 seconds, and grows to 100,000 instances only.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Fails if a bar is missed that the report does not explain.
    #[arg(long)]
    pub(crate) check: bool,
    /// Writes all figures to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Measures this alone; may be given again.
    #[arg(long, value_name = "TOPIC", value_enum)]
    pub(crate) only: Vec<Topic>,
    /// The report: what it explains is known by it.
    #[arg(long, value_name = "FILE", default_value = "docs/benchmarks.md")]
    pub(crate) report: PathBuf,
    /// Writes what was measured into the report, and plots beside it.
    #[arg(long, conflicts_with = "only")]
    pub(crate) write: bool,
}

#[derive(Subcommand)]
pub(crate) enum Mode {
    /// Is one of the processes that are measured.
    #[command(subcommand, hide = true)]
    Worker(Order),
}

/// What a worker does once it has been told to begin.
#[derive(Subcommand)]
pub(crate) enum Order {
    /// Saves and destroys under the lock, again and again.
    Contend {
        /// By whose means.
        who: String,
        /// The store, or the directory of another's.
        directory: PathBuf,
        /// For how long.
        seconds: f64,
    },
    /// Lists a store, and says how much more memory that took.
    Iterate {
        /// The store.
        directory: PathBuf,
    },
}
