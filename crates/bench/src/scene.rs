//! Stores to measure in, and instances to put there.

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hakurei_check::Absolute;
use hakurei_hst::{Identity, State, template};
use hakurei_store::{Handle, Lease, Record, Store, new_instance_id};
use tempfile::TempDir;

use crate::Result;
use crate::mirror::Mirror;
use crate::place::Place;

/// An empty store in a directory of its own, which goes with it.
pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) base: PathBuf,
    _directory: TempDir,
}

/// An instance in all the forms in which somebody takes it.
pub(crate) struct Instance {
    pub(crate) state: State,
    /// The entry's name.
    pub(crate) name: CString,
    pub(crate) mirror: Mirror,
}

impl Scene {
    pub(crate) fn new(place: &Place) -> Result<Self> {
        let directory = place.directory()?;
        let base = directory.path().join("state");
        Ok(Self { store: store(&base)?, base, _directory: directory })
    }

    /// Saves an instance, which runs for as long as the lease is kept.
    pub(crate) fn save(&self, instance: &Instance) -> Result<Lease> {
        let record = self.store.record(&instance.state)?;
        Ok(self.store.handle(record.identity())?.save(&record)?)
    }
}

impl Instance {
    /// One that this process watches.
    pub(crate) fn new(identity: u16) -> Result<Self> {
        let state = state(identity)?;
        let mirror = Mirror::of(Record::new(&state)?.as_bytes())?;
        let name = CString::new(state.id.to_string())?;
        Ok(Self { state, name, mirror })
    }
}

/// What people run: nearly everything is set.
pub(crate) fn state(identity: u16) -> Result<State> {
    let mut config = template();
    config.identity = Identity::new(identity)?;
    Ok(State {
        id: new_instance_id()?,
        pid: std::process::id().into(),
        config,
        time: std::time::SystemTime::now().into(),
        ..State::default()
    })
}

/// The store at a pathname.
pub(crate) fn store(base: &Path) -> Result<Store> {
    Ok(Store::new(Absolute::try_from(base.to_path_buf())?))
}

/// A store with one instance in it, which runs for as long as any clone of this is kept.
#[derive(Clone)]
pub(crate) struct Saved {
    pub(crate) scene: Rc<Scene>,
    pub(crate) instance: Rc<Instance>,
    pub(crate) handle: Handle,
    _lease: Rc<Lease>,
}

impl Saved {
    /// Whose it is.
    pub(crate) const IDENTITY: u16 = 9;

    pub(crate) fn new(place: &Place) -> Result<Self> {
        let scene = Rc::new(Scene::new(place)?);
        let instance = Rc::new(Instance::new(Self::IDENTITY)?);
        let lease = Rc::new(scene.save(&instance)?);
        let handle = scene.store.handle(instance.state.config.identity)?;
        Ok(Self { scene, instance, handle, _lease: lease })
    }
}
