//! Playing a scene: each act in a process of its own, under strace.

use std::fs::{self, File};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::Result;
use crate::act::BASE;
use crate::boot;
use crate::recording::{Recording, Step};
use crate::scene::{Played, Refusal, Scene, Which};
use crate::trace::{self, Call};

/// Plays a scene on a stage of its own, and makes what was written in this boot of an earlier one.
///
/// # Errors
///
/// What cannot be played, or understood.
pub(crate) fn record(scene: &Scene) -> Result<Recording> {
    let (stage, rehearsal) = (Stage::new()?, Stage::new()?);
    let mut recording = Recording::new(&stage.path);
    for (number, played) in scene.acts.iter().enumerate() {
        let injection = match &played.refusal {
            Some(refusal) => Some(refusal.find(&rehearsal.play(scene, number, None)?)?),
            None if scene.acts.iter().any(Played::is_refused) => {
                rehearsal.play(scene, number, None)?;
                None
            }
            None => None,
        };
        recording.add(&stage.play(scene, number, injection.as_deref())?)?;
    }
    let boot = boot::current()?;
    for step in &mut recording.steps {
        if let Step::Write { bytes, .. } = step {
            boot::before_this(bytes, boot)?;
        }
    }
    Ok(recording)
}

impl Played {
    fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

impl Refusal {
    /// What strace is told, from the calls of the same act where nothing is refused.
    fn find(&self, calls: &[Call]) -> Result<String> {
        let Self { call, word, which, errno } = self;
        let same = (1..).zip(calls.iter().filter(|made| made.name == *call));
        let mut those = same.filter(|(_, made)| made.line.contains(word));
        let found = if *which == Which::First { those.next() } else { those.last() };
        let (number, _) = found.ok_or_else(|| format!("there is no {call} of {word}"))?;
        Ok(format!("inject={call}:error={errno}:when={number}"))
    }
}

/// A directory whose pathname goes through no link.
struct Stage {
    _directory: TempDir,
    path: PathBuf,
}

impl Stage {
    fn new() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let opened = File::open(directory.path())?;
        let path = fs::read_link(format!("/proc/self/fd/{}", opened.as_raw_fd()))?;
        Ok(Self { _directory: directory, path })
    }

    /// The calls of one act.
    fn play(&self, scene: &Scene, number: usize, injection: Option<&str>) -> Result<Vec<Call>> {
        let log = tempfile::NamedTempFile::new()?;
        let mut strace = Command::new("strace");
        strace.args(["-qq", "-xx", "-s", "1048576", "-e", "trace=%file,%desc,sync,syncfs", "-o"]);
        strace.arg(log.path());
        strace.args(injection.iter().flat_map(|what| ["-e", what]));
        strace.arg("--").arg(std::env::current_exe()?).args(["act", scene.name]);
        strace.arg(number.to_string()).arg(self.base()).arg(std::process::id().to_string());
        let status = strace.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("act {number} of “{}”: {status}", scene.name).into());
        }
        trace::parse(&fs::read_to_string(log.path())?)
    }

    fn base(&self) -> PathBuf {
        Path::new(&self.path).join(BASE)
    }
}
