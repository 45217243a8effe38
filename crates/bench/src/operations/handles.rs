//! Getting at a segment: at one that has to be made, and at one that is there. Processes that live
//! for a moment pay this each time.

use std::ffi::CString;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use hakurei_hst::Identity;

use super::Setting;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::peers;
use crate::rounds::{Contender, used};
use crate::row::Row;
use crate::scene::Scene;
use crate::{Result, sys};

/// The segment that is there.
const OLD: u16 = 9;

/// How many are made before they are removed again.
const BATCH: u16 = 64;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let scene = Rc::new(Scene::new(setting.place)?);
    drop(scene.store.handle(Identity::new(OLD)?)?);
    let opening = vec![opening(&scene)?, bare_opening(&scene)?];
    let databases = peers::databases(setting.place, |_| Ok(()), |peer| peer.open_again())?;
    let opening = opening.into_iter().chain(databases).collect();
    let making = vec![making(&scene)?, bare_making(&scene)?];
    Ok(vec![
        setting.row("handle on a new segment", Unit::Micro, no_bars(), making)?,
        setting.row("handle on a segment on disk", Unit::Micro, no_bars(), opening)?,
    ])
}

/// Nothing is asked of these.
fn no_bars() -> Vec<Bar> {
    Vec::new()
}

fn opening(scene: &Rc<Scene>) -> Result<Contender> {
    let (scene, identity) = (Rc::clone(scene), Identity::new(OLD)?);
    Ok(Contender::new(THIS, move || used(scene.store.handle(identity)?)))
}

fn bare_opening(scene: &Scene) -> Result<Contender> {
    let base = sys::c_path(&scene.base)?;
    let name = CString::new(OLD.to_string())?;
    Ok(Contender::new(FLOOR, move || open_segment(sys::open_dir(&base)?.as_fd(), &name)))
}

/// The segment, its lock file, and whose they are.
fn open_segment(base: BorrowedFd<'_>, name: &CString) -> Result<()> {
    let owner = sys::stat(base)?.uid;
    let segment = sys::open_dir_below(base, name)?;
    let lock = sys::open_to_lock(segment.as_fd(), c"lock")?;
    let owners = [sys::stat(segment.as_fd())?.uid, sys::stat(lock.as_fd())?.uid];
    if owners == [owner; 2] { Ok(()) } else { Err("somebody else's".into()) }
}

fn making(scene: &Rc<Scene>) -> Result<Contender> {
    let scene = Rc::clone(scene);
    Ok(Contender::timing_itself(THIS, move |count| {
        in_batches(&scene, count, |identity| used(scene.store.handle(Identity::new(identity)?)?))
    }))
}

fn bare_making(scene: &Rc<Scene>) -> Result<Contender> {
    let (scene, path) = (Rc::clone(scene), sys::c_path(&scene.base)?);
    let store_lock = sys::open_to_lock(sys::open_dir(&path)?.as_fd(), c"lock")?;
    let lock_path = sys::c_path(&scene.base.join("lock"))?;
    Ok(Contender::timing_itself(FLOOR, move |count| {
        in_batches(&scene, count, |identity| {
            let name = CString::new(identity.to_string())?;
            let base = sys::open_dir(&path)?;
            sys::flock(store_lock.as_fd())?;
            sys::stat_path(&lock_path)?;
            sys::create_dir(base.as_fd(), &name)?;
            sys::unlock(store_lock.as_fd())?;
            open_segment(base.as_fd(), &name)
        })
    }))
}

/// Makes segments, and removes them while nobody looks at the clock.
fn in_batches(
    scene: &Scene,
    count: u32,
    mut make: impl FnMut(u16) -> Result<()>,
) -> Result<Duration> {
    let (mut taken, mut left) = (Duration::ZERO, count);
    while left > 0 {
        let batch = u16::try_from(left).unwrap_or(BATCH).min(BATCH);
        let identities = 1000..1000 + batch;
        let start = Instant::now();
        for identity in identities.clone() {
            make(identity)?;
        }
        taken += start.elapsed();
        for identity in identities {
            std::fs::remove_dir_all(scene.base.join(identity.to_string()))?;
        }
        left -= u32::from(batch);
    }
    Ok(taken)
}
