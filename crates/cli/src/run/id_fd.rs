//! The descriptor that the instance's id is written to.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::RawFd;

use hakurei_hst::{AppError, InstanceId};

use crate::exit::Exit;
use crate::monitor::adopt_descriptor;
use crate::report::Failure;
use crate::sys;

/// Who wants to know the id of the instance once it is recorded.
#[derive(Debug)]
pub(super) struct IdFd(File);

impl IdFd {
    /// See [`adopt_descriptor`].
    pub(super) fn adopt(number: RawFd) -> Result<Self, Failure> {
        let refused = |error| {
            let message = format!("--id-fd {number}: {error}");
            Failure::new(
                Exit::Usage,
                AppError::new("adopt descriptor", error).with_message(message),
            )
        };
        adopt_descriptor(number).map(|fd| Self(fd.into())).map_err(refused)
    }

    /// Writes the 16 bytes and closes it; false if it was given up before there was room for them. It
    /// is fine if nobody reads on.
    pub(super) fn write(
        mut self,
        id: InstanceId,
        given_up: impl Fn() -> bool,
    ) -> Result<bool, Failure> {
        match self.wait_for_room(given_up).and_then(|is_there| match is_there {
            // What can be written to without waiting takes so little at once.
            true => self.0.write_all(id.as_bytes()).map(|()| true),
            false => Ok(false),
        }) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let error = AppError::new("write instance id to descriptor", error);
                Err(Failure::new(Exit::RunFailed, error))
            }
            Err(_) => Ok(true),
            Ok(is_written) => Ok(is_written),
        }
    }

    fn wait_for_room(&self, given_up: impl Fn() -> bool) -> io::Result<bool> {
        while !sys::is_writable_soon(&self.0)? {
            if given_up() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
