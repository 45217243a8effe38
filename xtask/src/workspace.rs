//! What `cargo metadata` says about our own packages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::command::{self, cargo};
use crate::outcome::Failure;

const METADATA: [&str; 3] = ["metadata", "--format-version=1", "--no-deps"];

/// The workspace and its members.
#[derive(Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where everything that is built goes.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
    /// The ids of those that are meant where none is named.
    #[serde(rename = "workspace_default_members")]
    pub(crate) default_members: Vec<String>,
}

/// A member of the workspace, as its Cargo.toml has it.
#[derive(Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    /// The registries that may have it: any for `None`, and none for an empty list.
    pub(crate) publish: Option<Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) targets: Vec<Target>,
    pub(crate) description: Option<String>,
    pub(crate) documentation: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) rust_version: Option<String>,
}

/// A dependency of any kind: normal, for the build, or for tests.
#[derive(Default, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) features: Vec<String>,
    /// Where it stands, if it is one of ours.
    pub(crate) path: Option<PathBuf>,
}

/// Something that cargo compiles from one root file.
#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, Failure> {
        Self::describe(&mut cargo(METADATA))
    }

    /// Reads the workspace of the fuzz targets, which stands apart.
    pub(crate) fn read_fuzz(&self) -> Result<Self, Failure> {
        let manifest = self.root.join("tests/fuzz/Cargo.toml");
        Self::describe(cargo(METADATA).arg("--manifest-path").arg(manifest))
    }

    fn describe(metadata: &mut Command) -> Result<Self, Failure> {
        let document = command::capture(metadata)?;
        serde_json::from_slice(&document).map_err(|error| {
            Failure::new(
                format!("`cargo metadata` cannot be read: {error}"),
                "see whether cargo has changed its form; mend xtask/src/workspace.rs",
            )
        })
    }

    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_published())
    }
}

impl Package {
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }

    /// The directory of its Cargo.toml.
    pub(crate) fn directory(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}
