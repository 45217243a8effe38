//! What the processes do whose calls are recorded: this program again, under strace.

use std::io::Write as _;

use hakurei_check::Absolute;
use hakurei_hst::{InstanceId, State};
use hakurei_store::{Handle, Lease, Store};
use hakurei_tests::{id, identity, state};

use crate::Result;

/// Where the store lies below the stage; none of these directories is there before.
pub(crate) const BASE: &str = "run/user/state";

/// The segment of most.
pub(crate) const SEGMENT: u16 = 7;

/// One process, and what it does on a store.
pub(crate) type Act = fn(&Actor) -> Result<()>;

/// Who says what it is about to do, and what it has done.
pub(crate) struct Actor {
    pub(crate) store: Store,
    /// Whom the instances live by: somebody who lives on, so that only the boot tells that they died.
    pub(crate) monitor: u32,
}

/// The state that is saved under a number.
pub(crate) fn subject(number: u32, segment: u16, monitor: u32) -> State {
    State { pid: monitor.into(), ..state(identity(segment), subject_id(number)) }
}

pub(crate) fn subject_id(number: u32) -> InstanceId {
    id(0x0bad_cafe, number)
}

impl Actor {
    pub(crate) fn new(base: Absolute, monitor: u32) -> Self {
        Self { store: Store::new(base), monitor }
    }

    fn handle(&self, segment: u16) -> Result<Handle> {
        Ok(self.store.handle(identity(segment))?)
    }

    fn save(&self, number: u32, segment: u16) -> Result<Lease> {
        let record = self.store.record(&subject(number, segment, self.monitor))?;
        say(&format!("saving {number} {segment}"))?;
        let lease = self.handle(segment)?.save(&record)?;
        say(&format!("saved {number} {segment}"))?;
        Ok(lease)
    }

    fn save_durably(&self, number: u32, segment: u16) -> Result<Lease> {
        let record = self.store.record(&subject(number, segment, self.monitor))?;
        say(&format!("saving {number} {segment}"))?;
        let lease = self.handle(segment)?.save_durably(&record)?;
        say(&format!("durable {number} {segment}"))?;
        Ok(lease)
    }
}

/// Makes the store and a segment in it, not the one of most.
pub(crate) fn make_store(actor: &Actor) -> Result<()> {
    drop(actor.handle(SEGMENT + 1)?);
    Ok(())
}

/// Makes the segment, and nothing in it.
pub(crate) fn make_segment(actor: &Actor) -> Result<()> {
    drop(actor.handle(SEGMENT)?);
    Ok(())
}

/// Saves one, and leaves it behind.
pub(crate) fn save(actor: &Actor) -> Result<()> {
    actor.save(1, SEGMENT)?.release();
    Ok(())
}

/// Saves one durably, and leaves it behind.
pub(crate) fn save_durably(actor: &Actor) -> Result<()> {
    actor.save_durably(1, SEGMENT)?.release();
    Ok(())
}

/// Saves durably under two identities, destroys the first one, saves again, and ends with an account.
pub(crate) fn come_and_go(actor: &Actor) -> Result<()> {
    let first = actor.save_durably(1, SEGMENT)?;
    let second = actor.save_durably(2, SEGMENT)?;
    let other = actor.save_durably(3, SEGMENT + 1)?;
    say(&format!("ending 1 {SEGMENT}"))?;
    first.destroy()?;
    actor.save_durably(4, SEGMENT)?.release();
    say(&format!("ending 2 {SEGMENT}"))?;
    let _left = second.destroy_with_account(hakurei_store::Wait::forever())?;
    other.release();
    Ok(())
}

/// Has a durable save fail, and tries again with another.
pub(crate) fn fail_and_try_again(actor: &Actor) -> Result<()> {
    match actor.save_durably(1, SEGMENT) {
        // Undisturbed, so that the call can be found that is to fail.
        Ok(lease) => lease.release(),
        Err(_) => actor.save_durably(2, SEGMENT)?.release(),
    }
    Ok(())
}

/// Somebody removes the whole store, and the same process saves again.
pub(crate) fn lose_the_store(actor: &Actor) -> Result<()> {
    let first = actor.save_durably(1, SEGMENT)?;
    say(&format!("ending 1 {SEGMENT}"))?;
    std::fs::remove_dir_all(actor.store.base().as_path())?;
    actor.save_durably(2, SEGMENT)?.release();
    first.destroy()?;
    Ok(())
}

fn say(line: &str) -> Result<()> {
    // One call for each line, so that each is a step of its own.
    std::io::stdout().write_all(format!("{line}\n").as_bytes())?;
    Ok(std::io::stdout().flush()?)
}
