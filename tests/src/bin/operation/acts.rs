//! What is done in each operation: before the first mark whatever it takes to come there, between the
//! marks the operation alone.

pub(crate) mod end;
pub(crate) mod kill;
pub(crate) mod lock;
pub(crate) mod owner;
pub(crate) mod read;
pub(crate) mod save;
pub(crate) mod wait;

use hakurei_store::{Handle, Lease, Record};
use hakurei_tests::identity;

use crate::ground::{self, OURS, SUBJECT};
use crate::stage::Stage;

/// The subject, of this process, for a segment.
fn subject(stage: &Stage, number: u16) -> Record {
    ground::record(&stage.store, identity(number), SUBJECT, std::process::id().into())
}

fn handle(stage: &Stage) -> Handle {
    stage.store.handle(identity(OURS)).unwrap_or_else(|error| panic!("{error:?}"))
}

/// The subject, saved by this process.
fn saved(stage: &Stage) -> Lease {
    handle(stage).save(&subject(stage, OURS)).unwrap_or_else(|error| panic!("{error:?}"))
}
