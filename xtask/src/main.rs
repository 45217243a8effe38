//! Every chore of the project. `cargo xtask ci` runs all that CI runs; each step also runs alone.

mod arrows;
mod bench;
mod ci;
mod clippy;
mod command;
mod deny;
mod docs;
mod faults;
mod features;
mod files;
mod fmt;
mod fuzz;
mod history;
mod instructions;
mod interop;
mod model;
mod msrv;
mod mutants;
mod outcome;
mod package;
mod powerloss;
mod section;
mod shuttle;
mod step;
mod tabled;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::step::Step;

/// Every chore of the project.
///
/// Exits with 0 if all went well or was skipped for a stated reason, 1 if a step failed, and 2 if it
/// was not understood.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// All steps, the quick ones first, up to the first that fails.
    Ci {
        /// A step to leave out, because it has just run; may be given again.
        #[arg(long, value_name = "STEP", value_parser = Step::named)]
        skip: Vec<Step>,
    },
    /// The tests that share entries with a Go program, with a Go of one's choice.
    Interop(interop::Options),
    /// A fault and a kill at every system call of every operation. Takes strace.
    Faults(faults::Options),
    /// Every disk that a power cut may leave, looked at by the library. Takes strace.
    Powerloss(powerloss::Options),
    /// Many processes at random, and whether their answers make sense.
    History(history::Options),
    /// Fuzzes what reads bytes, for a few seconds or for long.
    Fuzz(fuzz::Options),
    /// Measures this project beside the bare system calls and beside what one would take instead.
    Bench(bench::Options),
    /// Counts the instructions of the hot operations, and holds them against their baseline.
    Instructions(instructions::Options),
    /// Changes the code in one place at a time, and says which changes no test notices. Takes hours.
    Mutants(mutants::Options),
    #[command(flatten)]
    One(Step),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Ci { skip } => ci::run(&skip),
        Chore::Interop(options) => ci::run_alone(&Step::Interop.name(), || interop::run(&options)),
        Chore::Faults(options) => ci::run_alone(&Step::Faults.name(), || faults::run(&options)),
        Chore::Powerloss(options) => {
            ci::run_alone(&Step::Powerloss.name(), || powerloss::run(&options))
        }
        Chore::History(options) => ci::run_alone(&Step::History.name(), || history::run(&options)),
        Chore::Fuzz(options) => ci::run_alone(&Step::Fuzz.name(), || fuzz::run(&options)),
        Chore::Bench(options) => ci::run_alone("bench", || bench::run(&options)),
        Chore::Instructions(options) => {
            ci::run_alone(&Step::Instructions.name(), || instructions::run(&options))
        }
        Chore::Mutants(options) => ci::run_alone("mutants", || mutants::run(&options)),
        Chore::One(step) => ci::run_alone(&step.name(), || step.run()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
