//! Saving an instance and taking it away again: encoding, both locks, publication and lease included.

use std::rc::Rc;

use hakurei_store::{Handle, Record};

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::Segment;
use crate::peers::{self, JSON_FILES, SQLITE};
use crate::rounds::Contender;
use crate::row::Row;
use crate::scene::{Instance, Scene};

/// What the atomic, leased publication can be held against: a file that is made under its name.
const BARE: &str = "bare create";

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let scene = Scene::new(setting.place)?;
    let instance = Rc::new(Instance::new(9)?);
    let handle = scene.store.handle(instance.state.config.identity)?;
    let mut contenders =
        vec![this(&instance, handle), floor(&scene, &instance)?, bare(&scene, &instance)?];
    contenders.extend(peers::all(
        setting.place,
        |_| Ok(()),
        move |peer| {
            peer.save(&instance)?;
            peer.destroy(&instance)
        },
    )?);
    let bars = vec![Bar::times_floor(1.25), Bar::faster_than(SQLITE), Bar::faster_than(JSON_FILES)];
    Ok(vec![setting.row("save + destroy", Unit::Micro, bars, contenders)?])
}

fn this(instance: &Rc<Instance>, handle: Handle) -> Contender {
    let instance = Rc::clone(instance);
    Contender::new(THIS, move || {
        let record = Record::new(&instance.state)?;
        let lease = handle.save(&record)?;
        Ok(lease.destroy()?)
    })
}

fn floor(scene: &Scene, instance: &Rc<Instance>) -> Result<Contender> {
    let segment = Segment::open(&scene.base, 9)?;
    let instance = Rc::clone(instance);
    let mut entry = Vec::new();
    Ok(Contender::new(FLOOR, move || {
        instance.mirror.write(&mut entry)?;
        segment.lock()?;
        let lease = segment.publish(&instance.name, &entry)?;
        segment.unlock()?;
        segment.lock()?;
        segment.withdraw(&instance.name)?;
        segment.unlock()?;
        drop(lease);
        Ok(())
    }))
}

fn bare(scene: &Scene, instance: &Rc<Instance>) -> Result<Contender> {
    let segment = Segment::open(&scene.base, 9)?;
    let instance = Rc::clone(instance);
    let mut entry = Vec::new();
    Ok(Contender::new(BARE, move || {
        instance.mirror.write(&mut entry)?;
        segment.create(&instance.name, &entry)?;
        segment.withdraw(&instance.name)
    }))
}
