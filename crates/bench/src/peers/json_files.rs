//! A directory of JSON files.

use std::fs;
use std::path::{Path, PathBuf};

use hakurei_hst::State;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{JSON_FILES, Peer, What};
use crate::Result;
use crate::rounds::used;
use crate::scene::Instance;

/// Files that are written beside their place and renamed into it, so that each is whole.
pub(super) struct JsonFiles {
    directory: PathBuf,
    beside: PathBuf,
}

/// What `ps` shows; all else is passed over.
#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "instance")]
    _id: String,
    pid: i64,
    #[serde(rename = "id")]
    _app_id: String,
    #[serde(rename = "identity")]
    _identity: u16,
    #[serde(rename = "time")]
    _time: String,
}

/// What a header says.
#[derive(Deserialize)]
struct Enabled {
    enablements: serde::de::IgnoredAny,
}

impl JsonFiles {
    pub(super) fn open(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), beside: directory.join("new") }
    }

    fn path(&self, instance: &Instance) -> PathBuf {
        self.directory.join(instance.state.id.to_string() + ".json")
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

impl Peer for JsonFiles {
    fn name(&self) -> &'static str {
        JSON_FILES
    }

    fn open_again(&mut self) -> Result<()> {
        Ok(())
    }

    fn save(&mut self, instance: &Instance) -> Result<()> {
        fs::write(&self.beside, instance.state.to_json()?)?;
        Ok(fs::rename(&self.beside, self.path(instance))?)
    }

    fn destroy(&mut self, instance: &Instance) -> Result<()> {
        Ok(fs::remove_file(self.path(instance))?)
    }

    fn header(&mut self, instance: &Instance) -> Result<u8> {
        used(read::<Enabled>(&self.path(instance))?.enablements)?;
        Ok(0)
    }

    fn summary(&mut self, instance: &Instance) -> Result<i64> {
        Ok(read::<Shown>(&self.path(instance))?.pid)
    }

    fn full(&mut self, instance: &Instance) -> Result<()> {
        used(read::<State>(&self.path(instance))?)
    }

    fn list(&mut self, what: What) -> Result<usize> {
        let mut count = 0;
        for file in fs::read_dir(&self.directory)? {
            let file = file?;
            match what {
                What::Ids => used(file.file_name()),
                What::Headers => used(read::<Enabled>(&file.path())?.enablements),
                What::Summaries => used(read::<Shown>(&file.path())?),
                What::Full => used(read::<State>(&file.path())?),
            }?;
            count += 1;
        }
        Ok(count)
    }
}
