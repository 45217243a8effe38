//! What one would take instead: databases, and files of one's own.

mod json_files;
#[cfg(feature = "peers")]
mod lmdb;
pub(crate) mod locks;
#[cfg(feature = "peers")]
mod redb;
#[cfg(feature = "peers")]
mod sqlite;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tempfile::TempDir;

use crate::Result;
use crate::place::Place;
use crate::rounds::Contender;
use crate::scene::Instance;

/// SQLite with a write-ahead log that is never synced: its quickest way that is still a database.
pub(crate) const SQLITE: &str = "SQLite";

/// The same, synced at checkpoints.
pub(crate) const SQLITE_NORMAL: &str = "SQLite normal";

/// LMDB without syncs.
pub(crate) const LMDB: &str = "LMDB";

/// redb without syncs.
pub(crate) const REDB: &str = "redb";

/// A file of JSON for each instance, written beside and renamed.
pub(crate) const JSON_FILES: &str = "JSON files";

/// How much of each instance a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Ids,
    Headers,
    Summaries,
    Full,
}

impl What {
    pub(crate) const ALL: [Self; 4] = [Self::Ids, Self::Headers, Self::Summaries, Self::Full];
}

/// Something to keep instances in. What it is given and gives back is the same for all: the two items
/// of an entry, encoded and decoded as quickly as the floor does it; or JSON.
///
/// None of them knows whether an instance runs.
pub(crate) trait Peer {
    fn name(&self) -> &'static str;

    /// Keeps everybody else from writing, and lets them again; false if it cannot.
    fn exclude(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// Opens it once more, as a process that lives for a moment does.
    fn open_again(&mut self) -> Result<()>;

    fn save(&mut self, instance: &Instance) -> Result<()>;

    /// Many at once, as quickly as it can.
    fn save_all(&mut self, instances: &[Instance]) -> Result<()> {
        instances.iter().try_for_each(|instance| self.save(instance))
    }

    fn destroy(&mut self, instance: &Instance) -> Result<()>;

    /// Saves and destroys while everybody else is kept from it; says how long it waited for that.
    fn cycle(&mut self, _: &Instance) -> Result<Duration> {
        Err(format!("{} excludes nobody", self.name()).into())
    }

    /// Which of the host's resources the instance uses.
    fn header(&mut self, instance: &Instance) -> Result<u8>;

    /// The number of the process that watches it, read with all else that `ps` shows.
    fn summary(&mut self, instance: &Instance) -> Result<i64>;

    /// Reads and decodes everything.
    fn full(&mut self, instance: &Instance) -> Result<()>;

    /// How many there are, each looked at as told.
    fn list(&mut self, what: What) -> Result<usize>;
}

/// A peer, and the directory that it lies in.
pub(crate) struct Owned {
    peer: Box<dyn Peer>,
    _directory: TempDir,
}

impl std::ops::Deref for Owned {
    type Target = dyn Peer;

    fn deref(&self) -> &Self::Target {
        &*self.peer
    }
}

impl std::ops::DerefMut for Owned {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.peer
    }
}

/// A peer that several rows are measured with.
pub(crate) type Shared = Rc<RefCell<Owned>>;

/// Those that keep several processes apart.
pub(crate) const SHARED_BY_PROCESSES: &[&str] =
    if cfg!(feature = "peers") { &[SQLITE, SQLITE_NORMAL, LMDB] } else { &[] };

/// Those that are no files of one's own.
const DATABASES: &[&str] =
    if cfg!(feature = "peers") { &[SQLITE, SQLITE_NORMAL, LMDB, REDB] } else { &[] };

/// Opens one by its name, or makes it.
pub(crate) fn open(name: &str, directory: &Path) -> Result<Box<dyn Peer>> {
    Ok(match name {
        #[cfg(feature = "peers")]
        SQLITE => Box::new(sqlite::Sqlite::open(directory, sqlite::Sync::Off)?),
        #[cfg(feature = "peers")]
        SQLITE_NORMAL => Box::new(sqlite::Sqlite::open(directory, sqlite::Sync::Normal)?),
        #[cfg(feature = "peers")]
        LMDB => Box::new(lmdb::Lmdb::open(directory)?),
        #[cfg(feature = "peers")]
        REDB => Box::new(redb::Redb::open(directory)?),
        JSON_FILES => Box::new(json_files::JsonFiles::open(directory)),
        _ => return Err(format!("there is no {name} here").into()),
    })
}

/// All of them, each new and in a directory of its own.
pub(crate) fn shared(place: &Place) -> Result<Vec<Shared>> {
    let names = DATABASES.iter().chain([&JSON_FILES]);
    names.map(|name| Ok(Rc::new(RefCell::new(owned(name, place)?)))).collect()
}

/// A contender of each, which does `once` each time, in what was made ready before.
pub(crate) fn all(
    place: &Place,
    ready: impl Fn(&mut dyn Peer) -> Result<()>,
    once: impl Fn(&mut dyn Peer) -> Result<()> + 'static,
) -> Result<Vec<Contender>> {
    contenders(DATABASES.iter().chain([&JSON_FILES]), place, ready, once)
}

/// The same, without files of one's own.
pub(crate) fn databases(
    place: &Place,
    ready: impl Fn(&mut dyn Peer) -> Result<()>,
    once: impl Fn(&mut dyn Peer) -> Result<()> + 'static,
) -> Result<Vec<Contender>> {
    contenders(DATABASES.iter(), place, ready, once)
}

fn contenders<'a>(
    names: impl Iterator<Item = &'a &'static str>,
    place: &Place,
    ready: impl Fn(&mut dyn Peer) -> Result<()>,
    once: impl Fn(&mut dyn Peer) -> Result<()> + 'static,
) -> Result<Vec<Contender>> {
    let once = Rc::new(once);
    let mut contenders = Vec::new();
    for name in names {
        let mut owned = owned(name, place)?;
        ready(&mut *owned).map_err(|error| format!("{name}: {error}"))?;
        let once = Rc::clone(&once);
        contenders.push(Contender::new(name, move || once(&mut *owned)));
    }
    Ok(contenders)
}

/// Looks at an entry of a database as told.
#[cfg(feature = "peers")]
fn look(what: What, id: &[u8], entry: &[u8]) -> Result<()> {
    use crate::mirror;
    use crate::rounds::used;
    match what {
        What::Ids => used(id.len()),
        What::Headers => used(entry.first_chunk::<8>()),
        What::Summaries => used(mirror::read_summary(entry)?),
        What::Full => used(mirror::read_both(entry)?),
    }
}

fn owned(name: &str, place: &Place) -> Result<Owned> {
    let directory = place.directory()?;
    let peer = open(name, directory.path()).map_err(|error| format!("{name}: {error}"))?;
    Ok(Owned { peer, _directory: directory })
}
