//! Writing values.

mod schema;

use std::any::TypeId;

use crate::codec::{Codec, Struct};
use crate::error::{EncodeError, Field};
use crate::wire_id::WireId;

pub use schema::Schema;

/// A value on its way into a stream. [`Codec`]s write to it.
#[derive(Debug, Default)]
pub struct Writer {
    schema: Schema,
    value: Vec<u8>,
}

impl Writer {
    /// Writes a stream: the definition of every type that the value can reach, and the value.
    pub(crate) fn write_stream<C: Codec>(
        mut self,
        value: &C::Value,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let id = C::describe(&mut self.schema);
        self.delimited::<C>(id, value)?;
        self.schema.write(out);
        let mut head = Vec::new();
        put_int(&mut head, id.number());
        put_uint(out, length(&head) + length(&self.value));
        out.extend_from_slice(&head);
        out.extend_from_slice(&self.value);
        Ok(())
    }

    /// Writes a value that stands by itself: what is not a struct has a zero before it.
    fn delimited<C: Codec>(&mut self, id: WireId, value: &C::Value) -> Result<(), EncodeError> {
        if !self.schema.is_struct(id) {
            self.uint(0);
        }
        C::write(value, self)
    }

    /// Writes the value in an interface, with the name of its implementation.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it has no form in gob.
    pub fn concrete<C: Codec>(&mut self, name: &str, value: &C::Value) -> Result<(), EncodeError> {
        // Its type is defined with all others, before the value that it stands in.
        let id = C::describe(&mut self.schema);
        self.bytes(name.as_bytes());
        self.int(id.number());
        let outer = std::mem::take(&mut self.value);
        self.delimited::<C>(id, value)?;
        let value = std::mem::replace(&mut self.value, outer);
        self.bytes(&value);
        Ok(())
    }

    /// Writes a struct.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it has no form in gob.
    pub fn structure<S: Struct>(&mut self, value: &S::Value) -> Result<(), EncodeError> {
        let mut fields =
            FieldWriter { writer: self, of: S::NAME, names: S::FIELDS.iter(), left_out: 0 };
        S::write(value, &mut fields)?;
        self.uint(0);
        Ok(())
    }

    pub(crate) fn uint(&mut self, value: u64) {
        put_uint(&mut self.value, value);
    }

    pub(crate) fn int(&mut self, value: i64) {
        put_int(&mut self.value, value);
    }

    /// Writes how many elements follow.
    pub(crate) fn count(&mut self, count: usize) {
        put_uint(&mut self.value, count as u64);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        put_bytes(&mut self.value, bytes);
    }
}

/// The fields of one struct, to be written in order. What [`gob_struct!`](crate::gob_struct) writes
/// writes to it.
#[derive(Debug)]
pub struct FieldWriter<'w> {
    writer: &'w mut Writer,
    of: &'static str,
    names: std::slice::Iter<'static, &'static str>,
    /// How many fields were left out since the last that was not.
    left_out: u64,
}

impl FieldWriter<'_> {
    /// Writes the next field, or leaves it out.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it has no form in gob.
    pub fn write<C: Codec>(&mut self, value: &C::Value) -> Result<(), EncodeError> {
        let name = self.names.next();
        if C::is_left_out(value) {
            self.left_out += 1;
            return Ok(());
        }
        self.writer.uint(self.left_out + 1);
        self.left_out = 0;
        C::write(value, self.writer).map_err(|error| {
            error.within(Field { of: self.of, name: name.copied().unwrap_or_default() })
        })
    }
}

impl Schema {
    /// The id of a struct, which is described when it is met first.
    pub fn structure<S: Struct>(&mut self) -> WireId {
        let owner = TypeId::of::<S>();
        if let Some(id) = self.find_struct(owner) {
            return id;
        }
        // It has its id before its fields have theirs: one of them may lead back to it.
        let id = self.add_struct(owner, S::NAME);
        let types = S::describe(self);
        self.set_fields(id, S::FIELDS.iter().copied().zip(types).collect());
        id
    }
}

/// Writes a number below 128 as one byte, any other as its bytes without leading zeros behind their
/// count, which is a negative byte.
fn put_uint(out: &mut Vec<u8>, value: u64) {
    let zeros = value.leading_zeros() / 8;
    match value {
        0..0x80 => out.push(value.to_be_bytes()[7]),
        _ => {
            // Between one and eight bytes, so between 0xff and 0xf8.
            out.push(0xf8 | zeros.to_be_bytes()[3]);
            out.extend_from_slice(&value.to_be_bytes()[zeros as usize..]);
        }
    }
}

/// Writes a number with its sign in the lowest bit, complemented if it is negative.
fn put_int(out: &mut Vec<u8>, value: i64) {
    put_uint(out, (value << 1 ^ value >> 63).cast_unsigned());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, length(bytes));
    out.extend_from_slice(bytes);
}

fn length(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}

#[cfg(test)]
mod tests;
