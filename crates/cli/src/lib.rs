//! Runs a program as a tracked instance, and tells which instances run: the command `hakurei-store`.
//!
//! There is nothing here for other programs; they want the library of that name. It is a library so
//! that `cargo xtask fuzz` can reach what reads command lines and configurations.
// Each command is a module, which returns how to exit or why it failed. Here is the one place that
// prints errors. What is printed of entries passes `escape` or `json`.

mod adopt;
mod args;
mod context;
mod describe;
mod doctor;
mod document;
mod escape;
mod exit;
#[cfg(any(test, fuzzing))]
pub mod fuzzed;
mod gc;
mod generate;
mod help;
mod interruption;
mod json;
mod kill;
mod leases;
mod listing;
mod location;
mod locks;
mod membership;
mod monitor;
mod program;
mod ps;
mod report;
mod run;
mod selector;
mod show;
mod standing;
mod sys;
mod table;
mod uptime;
mod wait;
mod waiting;
mod watch;
mod watching;

use std::process::ExitCode;

use crate::args::{Arguments, Command};
use crate::context::Context;
use crate::exit::Exit;

/// Does what the arguments of this process say, and says how it is to end.
#[doc(hidden)]
#[must_use]
pub fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == monitor::HELD) {
        return monitor::be_held(words).into();
    }
    let arguments = match Arguments::of_this_process() {
        Ok(arguments) => arguments,
        Err(answer) => return print_answer(&answer).into(),
    };
    let context = Context::new(arguments.global);
    let result = match arguments.command {
        Command::Run(run) => run::run(&context, &run),
        Command::Ps(ps) => ps::ps(&context, &ps),
        Command::Show(show) => show::show(&context, &show),
        Command::Wait(wait) => wait::wait(&context, &wait),
        Command::Kill(kill) => kill::kill(&context, &kill),
        Command::Watch(_) => watch::watch(&context),
        Command::Gc(gc) => gc::gc(&context, &gc),
        Command::Adopt(adopt) => adopt::adopt(&context, &adopt),
        Command::Doctor(doctor) => doctor::doctor(&context, &doctor),
        Command::Locks(_) => locks::locks(&context),
        Command::Completions(completions) => generate::completions(&completions),
        Command::Man(man) => generate::man(&man),
    };
    let exit = result.unwrap_or_else(|failure| {
        context.report.error(failure.error());
        failure.exit()
    });
    exit.into()
}

/// Prints help and the version, which were asked for, or what is wrong with the arguments.
fn print_answer(answer: &clap::Error) -> Exit {
    // There is nobody left to tell that both are closed.
    let _unheard = answer.print();
    exit_of(answer)
}

fn exit_of(answer: &clap::Error) -> Exit {
    if answer.use_stderr() { Exit::Usage } else { Exit::Done }
}
