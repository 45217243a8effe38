//! Ids of new instances.

use hakurei_hst::{AppError, InstanceId};

use crate::error::{Error, ErrorKind};
use crate::sys;

/// Makes the id of a new instance: the time of now, and eight random bytes that nobody can guess.
///
/// # Errors
///
/// Step `generate instance id`: the kernel gives no random bytes (getrandom(2)).
pub fn new_instance_id() -> Result<InstanceId, Error> {
    let random = sys::random().map_err(|errno| {
        let cause = AppError::new("generate instance id", std::io::Error::from(errno));
        Error::new(ErrorKind::System, cause)
    })?;
    // The nanoseconds of 64 bits end in the year 2554, and the id begins anew then.
    #[expect(clippy::cast_possible_truncation, reason = "ids are made this way")]
    let nanoseconds = sys::realtime().as_nanos() as u64;
    Ok(InstanceId::from_parts(nanoseconds, random))
}
