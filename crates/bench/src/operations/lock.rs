//! Taking a segment's lock and letting it go, while nobody else wants it.

use std::rc::Rc;

use super::Setting;
use crate::Result;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor;
use crate::peers::{self, locks};
use crate::rounds::Contender;
use crate::row::Row;
use crate::scene::{Instance, Scene};

/// The floor, with a descriptor for each time.
const ANEW: &str = "opening each time";

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let scene = Rc::new(Scene::new(setting.place)?);
    let instance = Instance::new(9)?;
    let handle = scene.store.handle(instance.state.config.identity)?;
    let bare = Rc::new(floor::Segment::open(&scene.base, 9)?);
    let anew = Rc::clone(&bare);
    let mut contenders = vec![
        Contender::new(THIS, move || Ok(handle.lock()?.unlock()?)),
        Contender::new(FLOOR, move || bare.lock().and_then(|()| bare.unlock())),
        Contender::new(ANEW, move || anew.lock_anew()),
    ];
    contenders.extend(locks::contenders(setting.place)?);
    contenders.extend(peers::databases(
        setting.place,
        |_| Ok(()),
        |peer| peer.exclude().map(drop),
    )?);
    let bars = vec![Bar::times_floor(1.25), Bar::faster_than(ANEW)];
    Ok(vec![setting.row("lock + unlock", Unit::Micro, bars, contenders)?])
}
