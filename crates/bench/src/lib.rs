//! How fast the store is: beside the bare system calls that give the same guarantee, and beside what
//! one would take instead. `cargo xtask bench` builds and calls this program.
//!
//! Data flows one way: a [`operations::Job`] has its contenders do something in turns, which gives
//! [`samples::Samples`] for each, and so a [`row::Row`]; its bars are held against it; and the
//! [`report`] shows all rows.

mod arguments;
mod bar;
mod explained;
mod figure;
mod floor;
mod floor_ps;
mod machine;
mod mirror;
mod operations;
mod peers;
mod place;
mod plot;
mod report;
mod rounds;
mod row;
mod run;
mod samples;
mod scene;
mod sys;
mod worker;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Mode};

/// Whatever goes wrong ends the run, with a line that says what was being done.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures, or is one of the processes that are measured.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.mode {
        Some(Mode::Worker(order)) => worker::run(&order).map(|()| ExitCode::SUCCESS),
        None => run::run(&arguments.options),
    };
    ended(done)
}

/// Lists a store with the calls that this takes and nothing else.
#[must_use]
pub fn floor_ps() -> ExitCode {
    ended(floor_ps::run().map(|()| ExitCode::SUCCESS))
}

fn ended(done: Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        eprintln!("hakurei-bench: {error}");
        ExitCode::FAILURE
    })
}
