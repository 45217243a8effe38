//! Reading structs field by field.

use std::any::TypeId;

use super::Reader;
use super::definition::FieldNumbers;
use super::types::{Fields, Unresolved};
use crate::codec::{Codec, Struct};
use crate::error::{ErrorKind, Field, GobError};
use crate::wire_id::WireId;

/// The fields of one struct, as they come. What [`gob_struct!`](crate::gob_struct) writes reads
/// from it.
#[derive(Debug)]
pub struct FieldReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    names: Names,
    /// Where its fields stand among those of all structs.
    first: usize,
    numbers: FieldNumbers,
    /// The field that is being read.
    target: u16,
    wire: WireId,
}

/// How Go names a struct and its fields.
#[derive(Clone, Copy, Debug)]
struct Names {
    of: &'static str,
    fields: &'static [&'static str],
}

impl<'a> Reader<'a> {
    /// Reads a struct.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    pub fn structure<S: Struct>(&mut self, wire: WireId) -> Result<S::Value, GobError> {
        self.enter()?;
        let Fields { first, count } = self.fields::<S>(wire)?;
        let value = S::read(&mut FieldReader {
            reader: self,
            names: Names { of: S::NAME, fields: S::FIELDS },
            first,
            numbers: FieldNumbers::of(count),
            target: 0,
            wire,
        })?;
        self.leave();
        Ok(value)
    }

    fn fields<S: Struct>(&mut self, wire: WireId) -> Result<Fields, GobError> {
        self.types.resolve(wire, TypeId::of::<S>(), S::FIELDS).map_err(|why| {
            let what = match why {
                Unresolved::NoStruct => return self.mismatch(wire, S::NAME),
                Unresolved::OtherStruct => "is also read as another struct than",
                Unresolved::NoneMatches => "has no field of",
            };
            let what = format!("type {} {what} {}", wire.number(), S::NAME);
            GobError::new(ErrorKind::Mismatch, self.offset(), what)
        })
    }
}

impl FieldReader<'_, '_> {
    /// Goes to the next field that is both in the stream and known here, and gives its place among
    /// those known, from 1 on; none at the end of the struct.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    #[inline]
    pub fn next_field(&mut self) -> Result<Option<u16>, GobError> {
        while let Some(number) = self.numbers.next(&mut self.reader.cursor)? {
            let field = self.reader.types.field(self.first + number);
            if field.target != 0 {
                (self.target, self.wire) = (field.target, field.id);
                return Ok(Some(field.target));
            }
            self.reader.skip(field.id)?;
        }
        Ok(None)
    }

    /// Reads the value of the field.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    #[inline]
    pub fn read<C: Codec>(&mut self) -> Result<C::Value, GobError> {
        C::read(self.reader, self.wire).map_err(|error| error.within(self.names.field(self.target)))
    }

    /// What a field stands for that was left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] if it must be there.
    pub fn absent<C: Codec>(&self, target: u16) -> Result<C::Value, GobError> {
        C::absent().ok_or_else(|| {
            let offset = self.reader.offset();
            GobError::new(ErrorKind::Missing, offset, "a field is missing")
                .within(self.names.field(target))
        })
    }
}

impl Names {
    #[cold]
    fn field(self, target: u16) -> Field {
        Field { of: self.of, name: self.fields[usize::from(target) - 1] }
    }
}
