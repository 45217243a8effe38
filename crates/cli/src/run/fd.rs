//! Descriptors that this process was given by number.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd, RawFd};

use hakurei_hst::{AppError, InstanceId};

use crate::exit::Exit;
use crate::report::Failure;
use crate::sys::{self, OnExec};

/// The last of the standard descriptors, which stay where they are.
const STDERR: RawFd = 2;

/// Takes a descriptor over that was open when this process began, and closes it on exec from now on.
///
/// To be called before this process opens anything, once for each number.
pub(super) fn adopt(number: RawFd) -> io::Result<OwnedFd> {
    if number <= STDERR {
        return Err(io::Error::other("it is one of the standard descriptors"));
    }
    #[expect(unsafe_code, reason = "a number from outside has no other way to be a descriptor")]
    // SAFETY: fcntl(2) on a number that is not open answers EBADF, and nothing more. One that is
    // open came with the exec, for nothing has been opened here yet and the standard library keeps
    // none but the standard ones; so nothing else in this process owns it, or will.
    unsafe {
        sys::set_on_exec(BorrowedFd::borrow_raw(number), OnExec::Close)?;
        Ok(OwnedFd::from_raw_fd(number))
    }
}

/// Who wants to know the id of the instance once it is recorded.
#[derive(Debug)]
pub(super) struct IdFd(File);

impl IdFd {
    /// See [`adopt`].
    pub(super) fn adopt(number: RawFd) -> Result<Self, Failure> {
        let refused = |error| {
            let message = format!("--id-fd {number}: {error}");
            Failure::new(
                Exit::Usage,
                AppError::new("adopt descriptor", error).with_message(message),
            )
        };
        adopt(number).map(|fd| Self(fd.into())).map_err(refused)
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

#[cfg(test)]
mod tests {
    use super::adopt;

    #[test]
    fn what_is_not_open_or_a_standard_one_is_refused() {
        for number in [-1, 0, 1, 2, 1_000_000] {
            assert!(adopt(number).is_err(), "{number}");
        }
    }
}
