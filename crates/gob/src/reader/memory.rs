//! How much memory a stream may make its reader take.

use crate::error::{ErrorKind, GobError};

/// What is left of the memory that is granted.
pub(crate) struct Memory {
    left: usize,
}

impl Memory {
    /// How many bytes are granted for each byte of the input.
    const FACTOR: usize = 4;

    /// What is granted besides. An element takes one byte in a stream, but its type's size in a
    /// list: this lets ten thousand short words pass, however little else is there.
    const BASE: usize = 256 * 1024;

    /// How many elements are made room for at first.
    const FIRST: usize = 32;

    pub(crate) fn for_input(length: usize) -> Self {
        Self { left: length.saturating_mul(Self::FACTOR).saturating_add(Self::BASE) }
    }

    /// Takes so many bytes of what is left, for the stream at this offset.
    pub(crate) fn take(&mut self, bytes: usize, offset: usize) -> Result<(), GobError> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(GobError::new(ErrorKind::Limit, offset, "it takes too much memory")),
        }
    }

    /// Puts an element at the end of a list that is said to become so long. Room is made as
    /// elements are really there, never for as many as a count claims.
    pub(crate) fn push<T>(
        &mut self,
        list: &mut Vec<T>,
        element: T,
        expected: usize,
        offset: usize,
    ) -> Result<(), GobError> {
        let length = list.len();
        if length == list.capacity() {
            let more = length.max(Self::FIRST).min(expected.saturating_sub(length)).max(1);
            self.take(more.saturating_mul(size_of::<T>()), offset)?;
            list.reserve_exact(more);
        }
        list.push(element);
        Ok(())
    }
}
