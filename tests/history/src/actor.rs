//! One process of a round: does what the plan says, and writes down each call and each answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::thread;

use hakurei_hst::InstanceId;
use hakurei_store::{Collection, Error, ErrorKind, Lease, Store, View, Wait};
use hakurei_tests::{id, identity, state};

use crate::Result;
use crate::clock;
use crate::history::{Answer, Seen};
use crate::plan::{Act, Part, SEGMENTS, What};

/// What tells apart the instances of different rounds.
const MARK: u32 = 0x0516_0000;

/// How often one who has the lock lets others go first.
const YIELDS: usize = 3;

/// Does things to a store.
pub(crate) struct Hand {
    pub(crate) store: Store,
    leases: BTreeMap<(u16, u32), Lease>,
    /// The process that outlives all others, and so is a shim that never ends.
    pub(crate) shim: u32,
}

/// Does its part, and then waits to be killed.
///
/// # Errors
///
/// If the log cannot be written: then nothing is known of this process.
pub(crate) fn play(part: &Part, mut hand: Hand, mut log: File) -> Result<()> {
    let (mut stdin, mut stdout) = (std::io::stdin(), std::io::stdout());
    let mut tell = || stdout.write_all(b".").and_then(|()| stdout.flush());
    for act in &part.acts {
        // Whoever waits for leave lets others come in between, on one processor as well.
        tell()?;
        stdin.read_exact(&mut [0])?;
        // One write each, so that what is in the log has been done before whoever wrote it is killed.
        log.write_all(format!("start {} {act}\n", clock::now()).as_bytes())?;
        let answer = hand.act(*act).map_or_else(|error| describe(&error), |it| it.to_line());
        log.write_all(format!("end {} {answer}\n", clock::now()).as_bytes())?;
    }
    tell()?;
    // Until it is killed, for what ends in order would take its entries away.
    let _end = stdin.read(&mut [0])?;
    Ok(())
}

fn describe(error: &Error) -> String {
    format!("error {:?}: {}", error.kind(), error.message())
}

fn instance_id(number: u32) -> InstanceId {
    id(MARK, number)
}

/// The number of an instance; 0 for one that nobody here has saved.
fn number_of(id: InstanceId) -> u32 {
    (1..1000).find(|number| instance_id(*number) == id).unwrap_or(0)
}

impl Hand {
    pub(crate) fn new(store: Store, shim: u32) -> Self {
        Self { store, leases: BTreeMap::new(), shim }
    }

    /// Does one thing.
    ///
    /// # Errors
    ///
    /// What is no answer, but a failure of what cannot fail here.
    pub(crate) fn act(&mut self, act: Act) -> std::result::Result<Answer, Error> {
        match act.what {
            What::Save | What::SaveWithShim => self.save(act),
            What::End | What::EndWithAccount => self.end(act),
            What::Destroy => self.destroy(act),
            What::List => self.list(act.segment),
            What::Look => self.look(act.segment),
            What::Collect => {
                let handle = self.store.handle(identity(act.segment))?;
                let segment = handle.lock()?;
                let items = segment.collect(Collection::of_the_dead())?;
                segment.unlock()?;
                let ids = items.into_iter().map(|item| Ok(number_of(item?.id())));
                Ok(Answer::Collected(ids.collect::<std::result::Result<_, Error>>()?))
            }
            What::Gc => self.collect_all(),
            What::Adopt => self.adopt(act),
            What::Try => {
                let handle = self.store.handle(identity(act.segment))?;
                let segment = handle.try_lock()?;
                Ok(if segment.is_some() { Answer::Done } else { Answer::Busy })
            }
        }
    }

    fn save(&mut self, act: Act) -> std::result::Result<Answer, Error> {
        let mut state = state(identity(act.segment), instance_id(act.instance));
        if act.what == What::SaveWithShim {
            state.shim_pid = self.shim.into();
        }
        let record = self.store.record(&state)?;
        match self.store.handle(identity(act.segment))?.save(&record) {
            Ok(lease) => {
                let _former = self.leases.insert((act.segment, act.instance), lease);
                Ok(Answer::Done)
            }
            Err(error) if error.kind() == ErrorKind::Exists => Ok(Answer::Exists),
            Err(error) => Err(error),
        }
    }

    fn end(&mut self, act: Act) -> std::result::Result<Answer, Error> {
        let Some(lease) = self.leases.remove(&(act.segment, act.instance)) else {
            return Ok(Answer::Nothing);
        };
        if act.what == What::End {
            lease.destroy()?;
            return Ok(Answer::Done);
        }
        let account = lease.destroy_with_account(Wait::forever())?;
        // The segment is never removed here.
        Ok(account.alive().map_or(Answer::Missing, Answer::Left))
    }

    fn destroy(&self, act: Act) -> std::result::Result<Answer, Error> {
        let handle = self.store.handle(identity(act.segment))?;
        let segment = handle.lock()?;
        let destroyed = segment.entry(instance_id(act.instance)).destroy();
        segment.unlock()?;
        match destroyed {
            Ok(()) => Ok(Answer::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Answer::Missing),
            Err(error) => Err(error),
        }
    }

    fn adopt(&mut self, act: Act) -> std::result::Result<Answer, Error> {
        let handle = self.store.handle(identity(act.segment))?;
        let segment = handle.lock()?;
        let adopted = segment.adopt(instance_id(act.instance));
        segment.unlock()?;
        match adopted {
            Ok(lease) => {
                let _former = self.leases.insert((act.segment, act.instance), lease);
                Ok(Answer::Done)
            }
            Err(error) => match error.kind() {
                ErrorKind::NotFound => Ok(Answer::Missing),
                // Its lease is free a moment before its monitor is gone.
                ErrorKind::Leased | ErrorKind::Refused => Ok(Answer::Leased),
                ErrorKind::Ended => Ok(Answer::Ended),
                _ => Err(error),
            },
        }
    }

    fn list(&self, number: u16) -> std::result::Result<Answer, Error> {
        let handle = self.store.handle(identity(number))?;
        let segment = handle.lock()?;
        let from = clock::now();
        let names = || -> std::result::Result<BTreeSet<u32>, Error> {
            segment.entries()?.map(|entry| Ok(number_of(entry?.id()))).collect()
        };
        let first = names()?;
        // Who does not care for the lock comes in between.
        (0..YIELDS).for_each(|_| thread::yield_now());
        let second = names()?;
        let to = clock::now();
        segment.unlock()?;
        // What is not even the same under one lock is like nothing that anybody saved.
        Ok(Answer::Listed(from, to, if first == second { first } else { [0].into() }))
    }

    fn look(&self, number: u16) -> std::result::Result<Answer, Error> {
        let seen = |view: View<'_>| -> std::result::Result<Seen, Error> {
            Ok(Seen {
                instance: number_of(view.id()),
                verdict: view.verdict(),
                is_leased: view.is_leased(),
                pid: view.summary().map_err(Clone::clone)?.pid(),
            })
        };
        let entries = self.store.entries_of(identity(number))?;
        let seen = entries.map(|view| {
            // Its names have been read, and who is to be looked at next may end now.
            thread::yield_now();
            seen(view?)
        });
        Ok(Answer::Seen(seen.collect::<std::result::Result<_, _>>()?))
    }

    /// Of both segments: the ids of the second one are told with a thousand added.
    fn collect_all(&self) -> std::result::Result<Answer, Error> {
        let (mut collected, mut failed) = (BTreeSet::new(), None);
        self.store.collect(Collection::of_the_dead(), Wait::forever(), |item| match item {
            Ok(item) => {
                let segment = (0..SEGMENTS).find(|number| identity(*number) == item.identity());
                let number = number_of(item.id()) + 1000 * u32::from(segment.unwrap_or_default());
                collected.insert(number);
            }
            Err(error) => failed = Some(error),
        })?;
        failed.map_or(Ok(Answer::Collected(collected)), Err)
    }
}
