//! redb: entries by their id, in a tree that is copied on write.

use std::path::{Path, PathBuf};

use redb::{
    Database, Durability, ReadableDatabase as _, ReadableTable as _, TableDefinition,
    WriteTransaction,
};

use super::{Peer, REDB, What};
use crate::Result;
use crate::mirror;
use crate::rounds::used;
use crate::scene::Instance;

const TABLE: TableDefinition<'_, [u8; 16], &[u8]> = TableDefinition::new("instances");

/// A database that one process has open.
pub(super) struct Redb {
    /// None while it is closed, to be opened again.
    database: Option<Database>,
    path: PathBuf,
    buffer: Vec<u8>,
}

impl Redb {
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let path = directory.join("instances.redb");
        let database = Database::create(&path)?;
        let transaction = database.begin_write()?;
        transaction.open_table(TABLE)?;
        transaction.commit()?;
        Ok(Self { database: Some(database), path, buffer: Vec::new() })
    }

    fn database(&self) -> Result<&Database> {
        Ok(self.database.as_ref().ok_or("it is closed")?)
    }

    fn begin(&self) -> Result<WriteTransaction> {
        let mut transaction = self.database()?.begin_write()?;
        transaction.set_durability(Durability::None)?;
        Ok(transaction)
    }

    fn look<T>(&self, instance: &Instance, read: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        let table = self.database()?.begin_read()?.open_table(TABLE)?;
        let entry = table.get(instance.mirror.summary.i.0)?;
        read(entry.ok_or("it is not there")?.value())
    }
}

impl Peer for Redb {
    fn name(&self) -> &'static str {
        REDB
    }

    fn exclude(&mut self) -> Result<bool> {
        self.begin()?.commit()?;
        Ok(true)
    }

    fn open_again(&mut self) -> Result<()> {
        drop(self.database.take());
        self.database = Some(Database::create(&self.path)?);
        Ok(())
    }

    fn save(&mut self, instance: &Instance) -> Result<()> {
        self.save_all(std::slice::from_ref(instance))
    }

    fn save_all(&mut self, instances: &[Instance]) -> Result<()> {
        let transaction = self.begin()?;
        let mut table = transaction.open_table(TABLE)?;
        for instance in instances {
            instance.mirror.write(&mut self.buffer)?;
            table.insert(instance.mirror.summary.i.0, &*self.buffer)?;
        }
        drop(table);
        Ok(transaction.commit()?)
    }

    fn destroy(&mut self, instance: &Instance) -> Result<()> {
        let transaction = self.begin()?;
        transaction.open_table(TABLE)?.remove(instance.mirror.summary.i.0)?;
        Ok(transaction.commit()?)
    }

    fn header(&mut self, instance: &Instance) -> Result<u8> {
        self.look(instance, |entry| Ok(*entry.get(6).ok_or("it is short")?))
    }

    fn summary(&mut self, instance: &Instance) -> Result<i64> {
        self.look(instance, |entry| Ok(mirror::read_summary(entry)?.p))
    }

    fn full(&mut self, instance: &Instance) -> Result<()> {
        self.look(instance, |entry| used(mirror::read_both(entry)?))
    }

    fn list(&mut self, what: What) -> Result<usize> {
        let table = self.database()?.begin_read()?.open_table(TABLE)?;
        let mut count = 0;
        for item in table.iter()? {
            let (id, entry) = item?;
            super::look(what, &id.value(), entry.value())?;
            count += 1;
        }
        Ok(count)
    }
}
