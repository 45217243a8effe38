//! LMDB: entries by their id, in one file that is mapped.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use heed::types::Bytes;
use heed::{Database, Env, EnvFlags, EnvOpenOptions, RwTxn};

use super::{LMDB, Peer, What};
use crate::Result;
use crate::mirror;
use crate::rounds::used;
use crate::scene::Instance;

/// More than anything here takes; nothing of it is used before it is.
const MAP: usize = 1 << 30;

/// An environment with one table.
pub(super) struct Lmdb {
    /// None while it is closed, to be opened again: one process has it open once.
    opened: Option<(Env, Table)>,
    path: PathBuf,
    buffer: Vec<u8>,
}

type Table = Database<Bytes, Bytes>;

impl Lmdb {
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let opened = Some(open(directory)?);
        Ok(Self { opened, path: directory.to_path_buf(), buffer: Vec::new() })
    }

    fn parts(&self) -> Result<(&Env, Table)> {
        let (env, table) = self.opened.as_ref().ok_or("it is closed")?;
        Ok((env, *table))
    }

    fn in_transaction(
        &mut self,
        action: impl FnOnce(&mut RwTxn<'_>, Table, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let (env, table) = self.opened.as_ref().ok_or("it is closed")?;
        let mut transaction = env.write_txn()?;
        action(&mut transaction, *table, &mut self.buffer)?;
        Ok(transaction.commit()?)
    }

    fn look<T>(&self, instance: &Instance, read: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        let (env, table) = self.parts()?;
        let transaction = env.read_txn()?;
        let entry = table.get(&transaction, &instance.mirror.summary.i.0)?;
        read(entry.ok_or("it is not there")?)
    }
}

fn open(path: &Path) -> Result<(Env, Table)> {
    let mut options = EnvOpenOptions::new();
    options.map_size(MAP);
    #[expect(
        unsafe_code,
        reason = "a map of a file changes with the file; nobody else knows of this one, and what an \
                  unsynced one may lose is measured by nobody"
    )]
    // SAFETY: the file is in a directory of this process's own, and goes with it.
    let env = unsafe {
        options.flags(EnvFlags::NO_SYNC);
        options.open(path)
    }?;
    let mut transaction = env.write_txn()?;
    let table = env.create_database(&mut transaction, None)?;
    transaction.commit()?;
    Ok((env, table))
}

fn put(
    transaction: &mut RwTxn<'_>,
    table: Table,
    buffer: &mut Vec<u8>,
    instance: &Instance,
) -> Result<()> {
    instance.mirror.write(buffer)?;
    Ok(table.put(transaction, &instance.mirror.summary.i.0, buffer)?)
}

impl Peer for Lmdb {
    fn name(&self) -> &'static str {
        LMDB
    }

    fn exclude(&mut self) -> Result<bool> {
        self.in_transaction(|_, _, _| Ok(()))?;
        Ok(true)
    }

    fn open_again(&mut self) -> Result<()> {
        if let Some((env, _)) = self.opened.take() {
            env.prepare_for_closing().wait();
        }
        self.opened = Some(open(&self.path)?);
        Ok(())
    }

    fn save(&mut self, instance: &Instance) -> Result<()> {
        self.in_transaction(|transaction, table, buffer| put(transaction, table, buffer, instance))
    }

    fn save_all(&mut self, instances: &[Instance]) -> Result<()> {
        self.in_transaction(|transaction, table, buffer| {
            instances.iter().try_for_each(|instance| put(transaction, table, buffer, instance))
        })
    }

    fn destroy(&mut self, instance: &Instance) -> Result<()> {
        self.in_transaction(|transaction, table, _| {
            table.delete(transaction, &instance.mirror.summary.i.0)?;
            Ok(())
        })
    }

    fn cycle(&mut self, instance: &Instance) -> Result<Duration> {
        let start = Instant::now();
        let mut waited = Duration::ZERO;
        self.in_transaction(|transaction, table, buffer| {
            waited = start.elapsed();
            put(transaction, table, buffer, instance)?;
            table.delete(transaction, &instance.mirror.summary.i.0)?;
            Ok(())
        })?;
        Ok(waited)
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
        let (env, table) = self.parts()?;
        let transaction = env.read_txn()?;
        let mut count = 0;
        for item in table.iter(&transaction)? {
            let (id, entry) = item?;
            super::look(what, id, entry)?;
            count += 1;
        }
        Ok(count)
    }
}
