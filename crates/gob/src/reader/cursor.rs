//! A place in the input, within the message that it belongs to.

use crate::error::{ErrorKind, GobError};

/// The length from which Go refuses a message or anything in it, on a 64-bit machine.
const TOO_BIG: u64 = 1 << 33;

/// Reads primitives, and never beyond the end of the message.
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    at: usize,
    /// Where the message ends; never beyond the input.
    end: usize,
}

impl<'a> Cursor<'a> {
    /// Stands before the first message.
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, end: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// What follows, in this message and behind it.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.input[self.at..]
    }

    pub(crate) fn message_is_over(&self) -> bool {
        self.at == self.end
    }

    /// Goes into the message that begins here: a length, and so many bytes, all of them there.
    pub(crate) fn enter_message(&mut self) -> Result<(), GobError> {
        let start = self.at;
        // Its length belongs to no message, so that an end within it is the end of the input.
        self.end = self.input.len();
        let truncated = |what| GobError::new(ErrorKind::Truncated, start, what);
        let length = match self.number() {
            Ok(length) if length < TOO_BIG => length,
            Ok(length) => {
                return Err(self.malformed_at(start, format!("message of {length} bytes")));
            }
            Err(Number::Short) => return Err(truncated("the input ends before the value")),
            Err(Number::Invalid(first)) => return Err(self.invalid(start, first)),
        };
        let left = self.end - self.at;
        self.end = match usize::try_from(length) {
            Ok(length) if length <= left => self.at + length,
            _ => return Err(truncated("the input ends within a message")),
        };
        Ok(())
    }

    pub(crate) fn uint(&mut self) -> Result<u64, GobError> {
        let start = self.at;
        self.number().map_err(|fault| match fault {
            Number::Short => self.malformed_at(start, "the message ends within a value"),
            Number::Invalid(first) => self.invalid(start, first),
        })
    }

    pub(crate) fn int(&mut self) -> Result<i64, GobError> {
        let folded = self.uint()?;
        // The sign is the lowest bit, and what is negative is complemented.
        let magnitude = (folded >> 1).cast_signed();
        Ok(if folded & 1 == 0 { magnitude } else { !magnitude })
    }

    /// Reads a length, and takes so many bytes of this message.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], GobError> {
        let start = self.at;
        let length = self.uint()?;
        match usize::try_from(length) {
            Ok(length) if length <= self.end - self.at => Ok(self.advance(length)),
            _ => Err(self.malformed_at(start, format!("{length} bytes, beyond the message"))),
        }
    }

    /// Reads how many elements follow.
    ///
    /// That is not held against what is left: elements may go on in messages that have not arrived.
    /// But each of them takes a byte at least, so whoever reads one after the other, and reserves
    /// nothing for those to come, does no more than the input is long.
    pub(crate) fn count(&mut self) -> Result<usize, GobError> {
        let start = self.at;
        let count = self.uint()?;
        match usize::try_from(count) {
            Ok(fitting) if count < TOO_BIG => Ok(fitting),
            _ => Err(self.malformed_at(start, format!("{count} elements"))),
        }
    }

    #[cold]
    pub(crate) fn malformed(&self, what: impl Into<std::borrow::Cow<'static, str>>) -> GobError {
        self.malformed_at(self.at, what)
    }

    #[cold]
    pub(crate) fn malformed_at(
        &self,
        offset: usize,
        what: impl Into<std::borrow::Cow<'static, str>>,
    ) -> GobError {
        GobError::new(ErrorKind::Malformed, offset, what)
    }

    #[cold]
    fn invalid(&self, start: usize, first: u8) -> GobError {
        self.malformed_at(start, format!("no number begins with {first:#04x}"))
    }

    /// Reads a number of one byte below 128, or of up to eight behind their count.
    #[inline]
    fn number(&mut self) -> Result<u64, Number> {
        match *self.input[self.at..self.end].first().ok_or(Number::Short)? {
            small @ 0..0x80 => {
                self.at += 1;
                Ok(small.into())
            }
            // The count is a negative byte.
            first @ 0xf8.. => self.big_endian(usize::from(first.wrapping_neg())),
            first => Err(Number::Invalid(first)),
        }
    }

    fn big_endian(&mut self, count: usize) -> Result<u64, Number> {
        let start = self.at + 1;
        let digits = self.input[..self.end].get(start..start + count).ok_or(Number::Short)?;
        self.at = start + count;
        Ok(digits.iter().fold(0, |value, digit| value << 8 | u64::from(*digit)))
    }

    /// Takes bytes that are known to be there.
    fn advance(&mut self, length: usize) -> &'a [u8] {
        let taken = &self.input[self.at..self.at + length];
        self.at += length;
        taken
    }
}

/// Why there is no number here.
enum Number {
    Short,
    Invalid(u8),
}
