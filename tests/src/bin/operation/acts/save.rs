//! Recording an instance.

use hakurei_store::{ErrorKind, Record};

use super::{handle, subject};
use crate::ground::{GOS, OURS};
use crate::stage::{Stage, complain};

/// From nothing: the process has not looked at the store, nor at itself.
pub(crate) fn cbor(stage: &Stage) {
    save(stage, OURS);
}

pub(crate) fn gob(stage: &Stage) {
    save(stage, GOS);
}

fn save(stage: &Stage, number: u16) {
    let identity = hakurei_tests::identity(number);
    let lease = stage.perform(|| {
        let record = subject(stage, number);
        stage.store.handle(identity)?.save(&record)
    });
    // It is to be found by who looks around.
    lease.into_iter().for_each(hakurei_store::Lease::release);
}

/// The way there has been opened, and the record is ready.
pub(crate) fn again(stage: &Stage) {
    let (handle, record) = (handle(stage), subject(stage, OURS));
    let lease = stage.perform(|| handle.lock()?.save(&record));
    lease.into_iter().for_each(hakurei_store::Lease::release);
}

/// With everything synced on the way.
pub(crate) fn cbor_durably(stage: &Stage) {
    save_durably(stage, OURS);
}

pub(crate) fn gob_durably(stage: &Stage) {
    save_durably(stage, GOS);
}

fn save_durably(stage: &Stage, number: u16) {
    let identity = hakurei_tests::identity(number);
    let lease = stage.perform(|| {
        let record = subject(stage, number);
        stage.store.handle(identity)?.save_durably(&record)
    });
    lease.into_iter().for_each(hakurei_store::Lease::release);
}

/// The id belongs to another, who is not harmed.
pub(crate) fn taken(stage: &Stage) {
    let (handle, record): (_, Record) = (handle(stage), subject(stage, OURS));
    stage.perform(|| match handle.save(&record) {
        Err(error) if error.kind() == ErrorKind::Exists => Ok(()),
        Err(error) => Err(error),
        Ok(lease) => {
            complain("an id was given twice");
            lease.release();
            Ok(())
        }
    });
}
