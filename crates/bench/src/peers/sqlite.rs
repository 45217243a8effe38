//! SQLite: a table of instances, with what is listed in columns of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, params};

use super::{Peer, SQLITE, SQLITE_NORMAL, What};
use crate::Result;
use crate::mirror::{self, Mirror};
use crate::rounds::used;
use crate::scene::Instance;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS instances (
    id BLOB PRIMARY KEY,
    enablements INTEGER NOT NULL,
    entry BLOB NOT NULL
) STRICT";
const INSERT: &str = "INSERT INTO instances VALUES (?1, ?2, ?3)";
const DELETE: &str = "DELETE FROM instances WHERE id = ?1";
const HEADER: &str = "SELECT enablements FROM instances WHERE id = ?1";
const ENTRY: &str = "SELECT entry FROM instances WHERE id = ?1";

/// How long anybody waits for the others.
const PATIENCE: Duration = Duration::from_secs(600);

/// When it syncs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    Off,
    Normal,
}

/// A database in a file, with a write-ahead log.
pub(super) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    sync: Sync,
    buffer: Vec<u8>,
}

impl Sqlite {
    pub(super) fn open(directory: &Path, sync: Sync) -> Result<Self> {
        let path = directory.join("instances.sqlite");
        let connection = connect(&path, sync)?;
        connection.execute(TABLE, [])?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Self { connection, path, sync, buffer: Vec::new() })
    }

    fn run(&self, statement: &str) -> Result<()> {
        self.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    /// One transaction around what it is given, which waits for everybody else's.
    fn in_transaction<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.run("BEGIN IMMEDIATE")?;
        let done = action(self)?;
        self.run("COMMIT")?;
        Ok(done)
    }
}

fn connect(path: &Path, sync: Sync) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let sync = if sync == Sync::Off { "OFF" } else { "NORMAL" };
    connection.pragma_update(None, "synchronous", sync)?;
    Ok(connection)
}

impl Peer for Sqlite {
    fn name(&self) -> &'static str {
        if self.sync == Sync::Off { SQLITE } else { SQLITE_NORMAL }
    }

    fn exclude(&mut self) -> Result<bool> {
        self.in_transaction(|_| Ok(true))
    }

    fn open_again(&mut self) -> Result<()> {
        let connection = connect(&self.path, self.sync)?;
        // The schema is read when it is first asked for anything.
        let mut statement = connection.prepare("SELECT 1 FROM instances LIMIT 1")?;
        used(statement.exists([])?)
    }

    fn save(&mut self, instance: &Instance) -> Result<()> {
        let Mirror { summary, .. } = &instance.mirror;
        instance.mirror.write(&mut self.buffer)?;
        let mut insert = self.connection.prepare_cached(INSERT)?;
        insert.execute(params![summary.i.0, summary.e, self.buffer])?;
        Ok(())
    }

    fn save_all(&mut self, instances: &[Instance]) -> Result<()> {
        self.in_transaction(|it| instances.iter().try_for_each(|instance| it.save(instance)))
    }

    fn destroy(&mut self, instance: &Instance) -> Result<()> {
        self.connection.prepare_cached(DELETE)?.execute([instance.mirror.summary.i.0])?;
        Ok(())
    }

    fn cycle(&mut self, instance: &Instance) -> Result<Duration> {
        let start = Instant::now();
        self.in_transaction(|it| {
            let waited = start.elapsed();
            it.save(instance)?;
            it.destroy(instance)?;
            Ok(waited)
        })
    }

    fn header(&mut self, instance: &Instance) -> Result<u8> {
        let mut select = self.connection.prepare_cached(HEADER)?;
        Ok(select.query_row([instance.mirror.summary.i.0], |row| row.get(0))?)
    }

    fn summary(&mut self, instance: &Instance) -> Result<i64> {
        let mut select = self.connection.prepare_cached(ENTRY)?;
        let mut rows = select.query([instance.mirror.summary.i.0])?;
        let row = rows.next()?.ok_or("it is not there")?;
        Ok(mirror::read_summary(row.get_ref(0)?.as_blob()?)?.p)
    }

    fn full(&mut self, instance: &Instance) -> Result<()> {
        let mut select = self.connection.prepare_cached(ENTRY)?;
        let mut rows = select.query([instance.mirror.summary.i.0])?;
        decode(rows.next()?.ok_or("it is not there")?)
    }

    fn list(&mut self, what: What) -> Result<usize> {
        let column = match what {
            What::Ids => "id",
            What::Headers => "enablements",
            What::Summaries | What::Full => "entry",
        };
        let query = format!("SELECT {column} FROM instances");
        let mut select = self.connection.prepare_cached(&query)?;
        let mut rows = select.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            match what {
                What::Ids => used(row.get_ref(0)?.as_blob()?.len()),
                What::Headers => used(row.get_ref(0)?.as_i64()?),
                What::Summaries => used(mirror::read_summary(row.get_ref(0)?.as_blob()?)?),
                What::Full => decode(row),
            }?;
            count += 1;
        }
        Ok(count)
    }
}

fn decode(row: &Row<'_>) -> Result<()> {
    used(mirror::read_both(row.get_ref(0)?.as_blob()?)?)
}
