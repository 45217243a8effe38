//! Reading values.

mod cursor;
mod definition;
mod memory;
mod skip;
mod structure;
mod types;

#[cfg(test)]
mod tests;

use crate::codec::Codec;
use crate::error::{ErrorKind, GobError};
use crate::wire_id::WireId;
use cursor::Cursor;
use memory::Memory;
use types::{Types, Wire};

pub use structure::FieldReader;

/// A place in a stream, and what is known of its types. [`Codec`]s read from it.
pub struct Reader<'a> {
    cursor: Cursor<'a>,
    types: Types<'a>,
    memory: Memory,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// How deep values may stand within each other.
    const MAX_DEPTH: u32 = 64;

    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(input),
            types: Types::default(),
            memory: Memory::for_input(input.len()),
            depth: 0,
        }
    }

    /// Reads the stream up to the end of its first value, and gives what follows.
    pub(crate) fn read_stream<C: Codec>(mut self) -> Result<(C::Value, &'a [u8]), GobError> {
        let wire = loop {
            self.cursor.enter_message()?;
            if let Some(wire) = self.type_or_definition()? {
                break wire;
            }
            self.end_of_message("a type definition")?;
        };
        let value = self.read_delimited::<C>(wire)?;
        self.end_of_message("the value")?;
        Ok((value, self.cursor.rest()))
    }

    fn end_of_message(&self, what: &str) -> Result<(), GobError> {
        if self.cursor.message_is_over() {
            return Ok(());
        }
        Err(self.cursor.malformed(format!("bytes behind {what} in its message")))
    }

    /// Reads the id of the type that a value follows of; or a definition, and then there is none.
    fn type_or_definition(&mut self) -> Result<Option<WireId>, GobError> {
        let start = self.cursor.offset();
        let number = self.cursor.int()?;
        let Some(id) = number.checked_abs().and_then(WireId::new) else {
            return Err(self.cursor.malformed_at(start, format!("{number} is no type")));
        };
        if number > 0 {
            return Ok(Some(id));
        }
        self.types.define(id, &mut self.cursor, &mut self.memory)?;
        Ok(None)
    }

    /// Reads a value that stands by itself, in a message or in an interface: what is not a struct
    /// has a zero before it, as if it were a struct's first field.
    fn read_delimited<C: Codec>(&mut self, wire: WireId) -> Result<C::Value, GobError> {
        if !matches!(self.types.get(wire), Some(Wire::Struct { .. })) {
            let start = self.cursor.offset();
            if self.cursor.uint()? != 0 {
                return Err(self.cursor.malformed_at(start, "no zero before a single value"));
            }
        }
        C::read(self, wire)
    }

    /// Reads the name of an interface's implementation; empty for nil.
    pub(crate) fn implementation(&mut self) -> Result<&'a [u8], GobError> {
        // As long as Go lets it be.
        const MAX_NAME: usize = 1024;
        let start = self.cursor.offset();
        let name = self.cursor.bytes()?;
        if name.len() > MAX_NAME {
            return Err(self.cursor.malformed_at(start, "an interface's name is too long"));
        }
        Ok(name)
    }

    /// Reads the type of an interface's value, and the definitions before it.
    ///
    /// Go ends its message behind a definition at this place, and goes on in the next. Within the
    /// value of another interface it divides that instead: what follows has its length before it.
    fn concrete_type(&mut self) -> Result<WireId, GobError> {
        loop {
            if self.cursor.message_is_over() {
                self.cursor.enter_message()?;
            }
            if let Some(wire) = self.type_or_definition()? {
                return Ok(wire);
            }
            if !self.cursor.message_is_over() {
                self.cursor.uint()?;
            }
        }
    }

    /// Reads the value in an interface, behind the name of its implementation.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    pub fn concrete<C: Codec>(&mut self) -> Result<C::Value, GobError> {
        self.enter()?;
        let wire = self.concrete_type()?;
        let start = self.cursor.offset();
        let length = self.cursor.uint()?;
        let (begin, known_types) = (self.cursor.offset(), self.types.len());
        let value = self.read_delimited::<C>(wire)?;
        // A definition within the value divides it, and then this is the length of the first part.
        let is_whole = self.types.len() == known_types;
        if is_whole && u64::try_from(self.cursor.offset() - begin) != Ok(length) {
            let what = format!("an interface's value of {length} bytes has another length");
            return Err(self.cursor.malformed_at(start, what));
        }
        self.leave();
        Ok(value)
    }

    /// Checks that a value is of the basic type that it is to be read as.
    #[inline]
    pub(crate) fn expect(&self, wire: WireId, wanted: WireId, name: &str) -> Result<(), GobError> {
        if wire == wanted { Ok(()) } else { Err(self.mismatch(wire, name)) }
    }

    /// The type of the elements of a slice.
    pub(crate) fn slice(&self, wire: WireId) -> Result<WireId, GobError> {
        match self.types.get(wire) {
            Some(Wire::Slice { element }) => Ok(element),
            _ => Err(self.mismatch(wire, "a slice")),
        }
    }

    /// The type of the elements of an array, which must be so long.
    pub(crate) fn array(&self, wire: WireId, wanted: usize) -> Result<WireId, GobError> {
        match self.types.get(wire) {
            Some(Wire::Array { element, length }) if length == wanted => Ok(element),
            _ => Err(self.mismatch(wire, &format!("an array of {wanted}"))),
        }
    }

    /// The types of the keys and the elements of a map.
    pub(crate) fn map(&self, wire: WireId) -> Result<(WireId, WireId), GobError> {
        match self.types.get(wire) {
            Some(Wire::Map { key, element }) => Ok((key, element)),
            _ => Err(self.mismatch(wire, "a map")),
        }
    }

    pub(crate) fn expect_gob_encoder(&self, wire: WireId) -> Result<(), GobError> {
        match self.types.get(wire) {
            Some(Wire::GobEncoder) => Ok(()),
            _ => Err(self.mismatch(wire, "a GobEncoder")),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.cursor.offset()
    }

    pub(crate) fn bool(&mut self) -> Result<bool, GobError> {
        let start = self.cursor.offset();
        match self.cursor.uint()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.cursor.malformed_at(start, format!("a bool is 0 or 1, not {other}"))),
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64, GobError> {
        self.cursor.uint()
    }

    pub(crate) fn int(&mut self) -> Result<i64, GobError> {
        self.cursor.int()
    }

    pub(crate) fn count(&mut self) -> Result<usize, GobError> {
        self.cursor.count()
    }

    /// Reads the count of an array, whose type has told it already.
    pub(crate) fn exact_count(&mut self, wanted: usize) -> Result<(), GobError> {
        let start = self.cursor.offset();
        match self.cursor.count()? {
            count if count == wanted => Ok(()),
            count => {
                let what = format!("{count} elements of an array of {wanted}");
                Err(self.cursor.malformed_at(start, what))
            }
        }
    }

    /// Reads bytes behind their length, into memory of their own.
    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, GobError> {
        let start = self.cursor.offset();
        let bytes = self.cursor.bytes()?;
        self.memory.take(bytes.len(), start)?;
        Ok(bytes.to_vec())
    }

    /// Puts an element at the end of a list that is said to become so long.
    pub(crate) fn push<T>(
        &mut self,
        list: &mut Vec<T>,
        element: T,
        expected: usize,
    ) -> Result<(), GobError> {
        self.memory.push(list, element, expected, self.cursor.offset())
    }

    /// Accounts for so many bytes that a value takes.
    pub(crate) fn take_memory(&mut self, bytes: usize) -> Result<(), GobError> {
        self.memory.take(bytes, self.cursor.offset())
    }

    /// Goes one value deeper.
    pub(crate) fn enter(&mut self) -> Result<(), GobError> {
        self.depth += 1;
        if self.depth <= Self::MAX_DEPTH {
            return Ok(());
        }
        let what = format!("values more than {} deep", Self::MAX_DEPTH);
        Err(GobError::new(ErrorKind::Limit, self.cursor.offset(), what))
    }

    /// Comes back from a value that was read. Who gives up with an error need not.
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    #[cold]
    pub(crate) fn mismatch(&self, wire: WireId, wanted: &str) -> GobError {
        let found = types::describe(wire, self.types.get(wire));
        let what = format!("type {} is {found}, not {wanted}", wire.number());
        GobError::new(ErrorKind::Mismatch, self.cursor.offset(), what)
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("offset", &self.cursor.offset()).finish_non_exhaustive()
    }
}
