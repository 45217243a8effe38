//! What this process itself is short of, which is nothing wrong with a store.

use std::error::Error as _;
use std::io;

use hakurei_hst::AppError;
use hakurei_store::Error;

use crate::report::Failure;
use crate::sys;

/// Fails if the error is about a want of descriptors.
pub(super) fn check(error: &Error) -> Result<(), Failure> {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<io::Error>().is_some_and(sys::is_want_of_descriptors) {
            let message = format!("could not look: {}", error.message());
            let app = AppError::new("look at the store", error.clone()).with_message(message);
            return Err(Failure::failed(app));
        }
        source = cause.source();
    }
    Ok(())
}
