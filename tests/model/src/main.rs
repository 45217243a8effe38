//! A model of what processes do to a store, one system call at a time, and the exploration of every
//! order of these: `cargo xtask model`.
//!
//! A [`Scene`] has a few processes, each with a role. Each step of one is a system call, or what the
//! kernel does for a process that ends; after each, all properties must hold. Each safeguard of the
//! protocol can be left out, to see that some property then fails. What is modelled, and what is not,
//! is written down in docs/verification.md.

mod actions;
mod look;
mod properties;
mod protocol;
mod safeguard;
mod scene;
mod steps;
#[cfg(test)]
mod tests;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use stateright::{Checker, Expectation, HasDiscoveries, Model as _};

use crate::protocol::Protocol;
use crate::safeguard::Safeguard;
use crate::scene::{SCENES, Scene};

/// More actions than any scene has in a row.
const DEEPEST: usize = 100;

fn main() -> ExitCode {
    println!("{:18} {:>10} {:>6} {:>8}", "scene", "states", "depth", "seconds");
    let broken = SCENES.iter().filter(|scene| !explore(scene)).count();
    println!("\nwithout one safeguard, some order of so many steps breaks a property:");
    let idle = Safeguard::ALL.iter().filter(|safeguard| !break_without(**safeguard)).count();
    if broken + idle == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Explores one scene in every order; false if a property does not hold.
fn explore(scene: &'static Scene) -> bool {
    let start = Instant::now();
    let checker = Protocol { scene, without: None }.checker().threads(2).spawn_bfs().join();
    let (states, seconds) = (checker.unique_state_count(), start.elapsed().as_secs_f64());
    println!("{:18} {states:>10} {:>6} {seconds:>8.1}", scene.name, checker.max_depth());
    let mut holds = true;
    for property in checker.model().properties() {
        let is_wanted = matches!(property.expectation, Expectation::Sometimes);
        let is_found = checker.discovery(property.name).is_some();
        if is_found && !is_wanted {
            println!("  does not hold: {}", property.name);
            shortest(Protocol { scene, without: None }, property.name)
                .iter()
                .for_each(|action| println!("    {action}"));
        } else if is_wanted && !is_found {
            println!("  never happens: {}", property.name);
        }
        holds &= is_found == is_wanted;
    }
    holds
}

/// Shows that a safeguard is needed; false if nothing fails without it.
fn break_without(safeguard: Safeguard) -> bool {
    let (name, property) = safeguard.failing();
    let scenes = SCENES.iter().filter(|scene| scene.name == name);
    let protocols = scenes.map(|scene| Protocol { scene, without: Some(safeguard) });
    let steps = protocols.map(|protocol| shortest(protocol, property).len()).max().unwrap_or(0);
    println!("{:18} {steps:>4}  {name}: {property}", format!("{safeguard:?}"));
    steps > 0
}

/// The fewest actions after which a property fails; none if it holds.
fn shortest(protocol: Protocol, property: &'static str) -> Vec<String> {
    // A checker tells the last path that it came upon, so it is let no deeper than it must go.
    let path = (1..=DEEPEST).find_map(|depth| {
        let until = HasDiscoveries::AnyOf([property].into());
        let checker = protocol.checker().finish_when(until).target_max_depth(depth);
        checker.spawn_bfs().join().discovery(property).map(stateright::Path::into_actions)
    });
    path.unwrap_or_default().iter().map(|action| format!("{action:?}")).collect()
}
