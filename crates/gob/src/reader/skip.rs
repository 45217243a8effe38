//! Passing over values of fields that nobody knows.

use super::Reader;
use super::definition::FieldNumbers;
use super::types::Wire;
use crate::error::GobError;
use crate::wire_id::WireId;

impl Reader<'_> {
    /// Passes over a value, going by the type that the stream gives it.
    pub(super) fn skip(&mut self, wire: WireId) -> Result<(), GobError> {
        match wire {
            WireId::BOOL | WireId::INT | WireId::UINT | WireId::FLOAT => self.uint().map(drop),
            WireId::COMPLEX => {
                self.uint()?;
                self.uint().map(drop)
            }
            WireId::BYTES | WireId::STRING => self.cursor.bytes().map(drop),
            _ => {
                self.enter()?;
                self.skip_compound(wire)?;
                self.leave();
                Ok(())
            }
        }
    }

    fn skip_compound(&mut self, wire: WireId) -> Result<(), GobError> {
        match self.types.get(wire) {
            _ if wire == WireId::INTERFACE => self.skip_interface(),
            Some(Wire::Array { element, length }) => {
                self.exact_count(length)?;
                (0..length).try_for_each(|_| self.skip(element))
            }
            Some(Wire::Slice { element }) => {
                (0..self.count()?).try_for_each(|_| self.skip(element))
            }
            Some(Wire::Map { key, element }) => (0..self.count()?).try_for_each(|_| {
                self.skip(key)?;
                self.skip(element)
            }),
            Some(Wire::Struct { first, count, .. }) => self.skip_struct(first, count),
            Some(Wire::GobEncoder | Wire::OtherEncoder) => self.cursor.bytes().map(drop),
            None => Err(self.cursor.malformed(format!("type {} is not defined", wire.number()))),
        }
    }

    fn skip_struct(&mut self, first: usize, count: usize) -> Result<(), GobError> {
        let mut numbers = FieldNumbers::of(count);
        while let Some(number) = numbers.next(&mut self.cursor)? {
            self.skip(self.types.field(first + number).id)?;
        }
        Ok(())
    }

    fn skip_interface(&mut self) -> Result<(), GobError> {
        if !self.implementation()?.is_empty() {
            self.concrete_type()?;
            self.cursor.bytes()?;
        }
        Ok(())
    }
}
