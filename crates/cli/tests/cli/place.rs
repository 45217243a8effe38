//! A directory of a test's own, with a store in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hakurei_check::Absolute;
use hakurei_hst::{Config, Identity, InstanceId, State, template};
use hakurei_store::{Lease, Record, Store};
use tempfile::TempDir;

use crate::process::heed_signals;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_hakurei-store");

/// A directory of a test's own; the store in it is made by whoever needs it.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        heed_signals();
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn store_path(&self) -> PathBuf {
        self.path().join("state")
    }

    /// The store, as the library sees it.
    pub(crate) fn store(&self) -> Store {
        Store::new(Absolute::try_from(self.store_path()).unwrap())
    }

    /// Saves an instance of this process's; it runs for as long as the lease is held.
    pub(crate) fn save(&self, state: &State) -> Lease {
        let record = Record::new(state).unwrap();
        self.store().handle(record.identity()).unwrap().save(&record).unwrap()
    }

    /// The file of an entry.
    pub(crate) fn entry(&self, identity: u16, id: InstanceId) -> PathBuf {
        self.store_path().join(identity.to_string()).join(id.to_string())
    }

    /// Writes a file, and names it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The command, in surroundings that say nothing of a store but this one.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .env("HAKUREI_STORE", self.store_path())
            .env("TMPDIR", self.path())
            .env_remove("XDG_RUNTIME_DIR");
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Answer {
        answer(&mut self.command(arguments))
    }

    /// The status of each instance, by `ps --json`.
    pub(crate) fn statuses(&self) -> Vec<String> {
        let status = |element: &serde_json::Value| element["status"].as_str().unwrap().to_owned();
        self.output(&["ps", "--json"]).json().as_array().unwrap().iter().map(status).collect()
    }
}

/// What a command said, as text, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// What it printed, read as one JSON document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same for stderr.
    pub(crate) fn error_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn answer(command: &mut Command) -> Answer {
    command.output().unwrap().into()
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A state as somebody would record it: all of the template, and this process.
pub(crate) fn state(identity: u16, seconds: u64, random: u64) -> State {
    State {
        id: InstanceId::from_parts(seconds * 1_000_000_000, random.to_be_bytes()),
        pid: i64::from(std::process::id()),
        shim_pid: i64::from(std::process::id()),
        config: Config { identity: Identity::from_static(identity), ..template() },
        time: "2025-11-03T04:05:06.07+09:00".parse().unwrap(),
    }
}

/// The keys of an object, sorted.
pub(crate) fn keys(object: &serde_json::Value) -> Vec<&str> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
