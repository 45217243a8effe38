//! Descriptors that this process was given by number.

use std::io;
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd, RawFd};

use crate::sys::{self, OnExec};

/// The last of the standard descriptors, which stay where they are.
const STDERR: RawFd = 2;

/// Takes a descriptor over that was open when this process began, and closes it on exec from now on.
///
/// To be called before this process opens anything, once for each number.
pub(crate) fn adopt(number: RawFd) -> io::Result<OwnedFd> {
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
