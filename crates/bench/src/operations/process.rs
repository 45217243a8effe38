//! `ps` on twelve instances as a whole process: what a shell prompt or a status bar pays.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::place::Place;
use crate::rounds::Contender;
use crate::row::Row;
use crate::scene::{Instance, Scene};

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let (scene, _leases) = twelve(setting.place)?;
    let ps = |scene: &Scene| ps(&scene.base);
    let (mut this, mut floor) = (ps(&scene)?, floor(&scene.base)?);
    let contenders = vec![
        Contender::new(THIS, move || to_its_end(&mut this)),
        Contender::new(FLOOR, move || to_its_end(&mut floor)),
    ];
    let bars = vec![Bar::times_floor(1.3)];
    Ok(vec![setting.row("ps on 12, whole process", Unit::Milli, bars, contenders)?])
}

/// A store with twelve instances in three segments.
pub(super) fn twelve(place: &Place) -> Result<(Scene, Vec<hakurei_store::Lease>)> {
    let scene = Scene::new(place)?;
    let mut leases = Vec::new();
    for number in 0..12 {
        leases.push(scene.save(&Instance::new(number % 3)?)?);
    }
    Ok((scene, leases))
}

/// The command, on that store.
pub(super) fn command(base: &Path) -> Result<Command> {
    let mut command = Command::new(beside("hakurei-store")?);
    command.arg("--store").arg(base).stdin(Stdio::null()).stdout(Stdio::null());
    Ok(command)
}

/// The command's `ps`.
pub(super) fn ps(base: &Path) -> Result<Command> {
    let mut command = command(base)?;
    command.arg("ps");
    Ok(command)
}

fn floor(base: &Path) -> Result<Command> {
    let mut floor = Command::new(beside("floor-ps")?);
    floor.arg(base).stdin(Stdio::null()).stdout(Stdio::null());
    Ok(floor)
}

/// A program that was built along with this one.
fn beside(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is not built", program.display()).into())
    }
}

/// Runs a program, which has to succeed.
pub(super) fn to_its_end(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
