//! A process that saves for as long as it can, and then says what it is like when it cannot.
//!
//! ```text
//! hoarder BASE
//!   save N         → saved | error KIND, STEP: MESSAGE
//!   hoard N        → hoarded COUNT: error …     saves until that fails
//!   end            → ended | error …            ends the lease that it got last
//!   list           → VERDICT COUNT, …           of all entries
//!   descriptors    → COUNT                      how many it has open
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::process::ExitCode;

use hakurei_check::Absolute;
use hakurei_store::{Error, Lease, Store};
use hakurei_tests::{id, identity, state};

type Answer = Result<String, String>;

struct Hoarder {
    store: Store,
    leases: Vec<Lease>,
    count: u32,
}

fn main() -> ExitCode {
    let Some(Ok(base)) = std::env::args_os().nth(1).map(Absolute::try_from) else {
        return ExitCode::FAILURE;
    };
    let mut hoarder = Hoarder { store: Store::new(base), leases: Vec::new(), count: 0 };
    for line in stdin().lock().lines().map_while(Result::ok) {
        let answer = hoarder.obey(&line).unwrap_or_else(|error| error);
        // Whoever has gone away does not want to know.
        let _unheard = writeln!(stdout(), "{answer}").and_then(|()| stdout().flush());
    }
    ExitCode::SUCCESS
}

impl Hoarder {
    fn obey(&mut self, line: &str) -> Answer {
        let (order, number) = line.split_once(' ').unwrap_or((line, "0"));
        let number = number.parse().map_err(|error| format!("{number}: {error}"))?;
        match order {
            "save" => self.save(number).map(|()| "saved".to_owned()),
            "hoard" => self.hoard(number),
            "end" => self.end(),
            "list" => self.list(),
            "descriptors" => descriptors(),
            _ => Err(format!("no such order: {line}")),
        }
    }

    fn save(&mut self, number: u16) -> Result<(), String> {
        self.count += 1;
        let state = state(identity(number), id(std::process::id(), self.count));
        let record = self.store.record(&state).map_err(|error| told(&error))?;
        let saved = self.store.handle(identity(number)).and_then(|handle| handle.save(&record));
        self.leases.push(saved.map_err(|error| told(&error))?);
        Ok(())
    }

    fn hoard(&mut self, number: u16) -> Answer {
        let before = self.leases.len();
        loop {
            if let Err(error) = self.save(number) {
                return Ok(format!("hoarded {}: {error}", self.leases.len() - before));
            }
        }
    }

    fn end(&mut self) -> Answer {
        let lease = self.leases.pop().ok_or("there is nothing to end")?;
        lease.destroy().map(|()| "ended".to_owned()).map_err(|failed| {
            let (lease, error) = failed.into_parts();
            self.leases.push(lease);
            told(&error)
        })
    }

    fn list(&self) -> Answer {
        let mut counts = BTreeMap::new();
        for view in self.store.entries().map_err(|error| told(&error))? {
            let verdict = view.map_err(|error| told(&error))?.verdict();
            *counts.entry(verdict.as_str()).or_insert(0) += 1;
        }
        let counts = counts.into_iter().map(|(verdict, count)| format!("{verdict} {count}"));
        Ok(counts.collect::<Vec<_>>().join(", "))
    }
}

fn descriptors() -> Answer {
    let listed = std::fs::read_dir("/proc/self/fd").map_err(|error| error.to_string())?;
    Ok(listed.count().to_string())
}

fn told(error: &Error) -> String {
    format!("error {:?}, {}: {}", error.kind(), error.step(), error.message())
}
