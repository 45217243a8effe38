//! The steps of `cargo xtask ci`, in the order in which they run.

use clap::Subcommand;

use crate::outcome::{Failure, Outcome};
use crate::{
    arrows, clippy, deny, docs, faults, features, files, fmt, fuzz, history, instructions, interop,
    model, msrv, package, powerloss, shuttle, test,
};

/// One step; what it finds first, it costs least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Step {
    /// Formatting, as rustfmt has it.
    Fmt,
    /// What must hold of the files themselves: sizes, places, companions, forgotten modules.
    Files,
    /// Which crate may depend on which.
    Arrows,
    /// That `cargo test` reaches every package and every feature.
    Features,
    /// Clippy and the compiler, on everything, with warnings denied.
    Clippy,
    /// All tests, those in the documentation included.
    Test,
    /// The model of what processes do to the store, in every order within small bounds.
    Model,
    /// What the threads of one process do to locks and handles, in many orders.
    Shuttle,
    /// The documentation and its links, with warnings denied.
    Docs,
    /// The tests that share entries with a Go program, if there is a Go, or pip gets one.
    // As chores this and some of the following take options, so they are listed in main.rs.
    #[command(skip)]
    Interop,
    /// A fault or a kill at system calls of every operation, drawn by chance, if there is strace.
    #[command(skip)]
    Faults,
    /// What a power cut leaves of a store, in every way that the syncs allow, if there is strace.
    #[command(skip)]
    Powerloss,
    /// What many processes do to a store at random, and whether their answers make sense.
    #[command(skip)]
    History,
    /// What reads bytes, fuzzed for a few seconds, if there is a C++ compiler.
    #[command(skip)]
    Fuzz,
    /// Each published crate, built from the archive that would be uploaded.
    Package,
    /// The instructions of the hot operations, held against their baseline, if there is valgrind.
    #[command(skip)]
    Instructions,
    /// Licences, sources and bans, if cargo-deny is installed.
    Deny,
    /// The oldest supported compiler, if it is installed.
    Msrv,
}

impl Step {
    /// All of them, in the order in which they run.
    pub(crate) const ALL: [Self; 18] = [
        Self::Fmt,
        Self::Files,
        Self::Arrows,
        Self::Features,
        Self::Clippy,
        Self::Test,
        Self::Model,
        Self::Shuttle,
        Self::Docs,
        Self::Interop,
        Self::Faults,
        Self::Powerloss,
        Self::History,
        Self::Fuzz,
        Self::Package,
        Self::Instructions,
        Self::Deny,
        Self::Msrv,
    ];

    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Fmt => fmt::run(),
            Self::Files => files::run(),
            Self::Arrows => arrows::run(),
            Self::Features => features::run(),
            Self::Clippy => clippy::run(),
            Self::Test => test::run(),
            Self::Model => model::run(),
            Self::Shuttle => shuttle::run(),
            Self::Docs => docs::run(),
            Self::Interop => interop::run(&interop::Options::default()),
            Self::Faults => faults::run(&faults::Options::quick()),
            Self::Powerloss => powerloss::run(&powerloss::Options::default()),
            Self::History => history::run(&history::Options::default()),
            Self::Fuzz => fuzz::run(&fuzz::Options::default()),
            Self::Package => package::run(),
            Self::Instructions => instructions::run(&instructions::Options::default()),
            Self::Deny => deny::run(),
            Self::Msrv => msrv::run(),
        }
    }

    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The step of that name; else says which there are.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|step| step.name() == name);
        found.ok_or_else(|| format!("the steps are {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, Subcommand as _};

    use super::Step;

    #[test]
    fn every_chore_that_is_a_step_runs_in_ci() {
        let chores = Step::augment_subcommands(Command::new("xtask"));
        let names: Vec<&str> = chores.get_subcommands().map(Command::get_name).collect();
        let has_options = |step: &Step| {
            use Step::{Faults, Fuzz, History, Instructions, Interop, Powerloss};
            matches!(step, Interop | Faults | Powerloss | History | Fuzz | Instructions)
        };
        let without_options = Step::ALL.into_iter().filter(|step| !has_options(step));
        assert_eq!(names, without_options.map(Step::name).collect::<Vec<_>>());
    }

    #[test]
    fn finds_steps_by_name() {
        assert_eq!(Step::named("interop"), Ok(Step::Interop));
        let unknown = Step::named("Interop").unwrap_err();
        assert!(unknown.starts_with("the steps are fmt, files, "), "{unknown}");
    }
}
