//! The definitions of types, as they stand in a stream.
//!
//! A definition is a `wireType`, a struct of which one field is set. The names and ids that it
//! carries of itself are for people, and skipped: the message says which type it defines.

use super::cursor::Cursor;
use super::memory::Memory;
use super::types::{Wire, WireField};
use crate::error::GobError;
use crate::wire_id::WireId;

/// The numbers of the fields that a struct in the stream has set.
#[derive(Debug)]
pub(crate) struct FieldNumbers {
    next: usize,
    count: usize,
}

impl FieldNumbers {
    /// Of a struct of so many fields.
    pub(crate) fn of(count: usize) -> Self {
        Self { next: 0, count }
    }

    /// Reads up to the next field that is set, or over the struct's end.
    #[inline]
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<usize>, GobError> {
        let start = cursor.offset();
        let delta = cursor.uint()?;
        if delta == 0 {
            return Ok(None);
        }
        let skipped = usize::try_from(delta - 1).unwrap_or(usize::MAX);
        let number = self.next.saturating_add(skipped);
        if number >= self.count {
            let what = format!("field {number} of a struct of {}", self.count);
            return Err(cursor.malformed_at(start, what));
        }
        self.next = number + 1;
        Ok(Some(number))
    }
}

/// Reads a `wireType`. The fields of a struct are put behind those of all others.
pub(super) fn read<'a>(
    cursor: &mut Cursor<'a>,
    fields: &mut Vec<WireField<'a>>,
    memory: &mut Memory,
) -> Result<Wire, GobError> {
    let start = cursor.offset();
    let mut numbers = FieldNumbers::of(7);
    let wire = match numbers.next(cursor)? {
        Some(0) => array(cursor)?,
        Some(1) => {
            let [element, _] = two_ints(cursor)?;
            Wire::Slice { element: id(cursor, element)? }
        }
        Some(2) => structure(cursor, fields, memory)?,
        Some(3) => {
            let [key, element] = two_ints(cursor)?;
            Wire::Map { key: id(cursor, key)?, element: id(cursor, element)? }
        }
        Some(4) => external(cursor, Wire::GobEncoder)?,
        Some(_) => external(cursor, Wire::OtherEncoder)?,
        None => return Err(cursor.malformed_at(start, "an empty type definition")),
    };
    match numbers.next(cursor)? {
        None => Ok(wire),
        Some(_) => Err(cursor.malformed_at(start, "a type definition with two meanings")),
    }
}

fn array(cursor: &mut Cursor<'_>) -> Result<Wire, GobError> {
    let [element, length] = two_ints(cursor)?;
    match usize::try_from(length) {
        Ok(length) => Ok(Wire::Array { element: id(cursor, element)?, length }),
        Err(_) => Err(cursor.malformed(format!("an array of {length} elements"))),
    }
}

fn structure<'a>(
    cursor: &mut Cursor<'a>,
    fields: &mut Vec<WireField<'a>>,
    memory: &mut Memory,
) -> Result<Wire, GobError> {
    let first = fields.len();
    let mut numbers = FieldNumbers::of(2);
    while let Some(number) = numbers.next(cursor)? {
        if number == 0 {
            skip_common(cursor)?;
            continue;
        }
        for _ in 0..cursor.count()? {
            let field = field(cursor)?;
            memory.push(fields, field, usize::MAX, cursor.offset())?;
        }
    }
    Ok(Wire::Struct { first, count: fields.len() - first, read_as: None })
}

fn field<'a>(cursor: &mut Cursor<'a>) -> Result<WireField<'a>, GobError> {
    let mut numbers = FieldNumbers::of(2);
    let (mut name, mut number) = (&[][..], 0);
    while let Some(part) = numbers.next(cursor)? {
        match part {
            0 => name = cursor.bytes()?,
            _ => number = cursor.int()?,
        }
    }
    Ok(WireField { name, id: id(cursor, number)?, target: 0 })
}

/// Reads what a type says of itself, and the up to two numbers behind that.
fn two_ints(cursor: &mut Cursor<'_>) -> Result<[i64; 2], GobError> {
    let mut numbers = FieldNumbers::of(3);
    let mut ints = [0; 2];
    while let Some(number) = numbers.next(cursor)? {
        match number {
            0 => skip_common(cursor)?,
            number => ints[number - 1] = cursor.int()?,
        }
    }
    Ok(ints)
}

/// Reads a type that encodes itself, of which nothing but that is known.
fn external(cursor: &mut Cursor<'_>, wire: Wire) -> Result<Wire, GobError> {
    let mut numbers = FieldNumbers::of(1);
    while numbers.next(cursor)?.is_some() {
        skip_common(cursor)?;
    }
    Ok(wire)
}

/// Skips the name and the id that a type gives itself.
fn skip_common(cursor: &mut Cursor<'_>) -> Result<(), GobError> {
    let mut numbers = FieldNumbers::of(2);
    while let Some(number) = numbers.next(cursor)? {
        match number {
            0 => cursor.bytes().map(drop)?,
            _ => cursor.int().map(drop)?,
        }
    }
    Ok(())
}

fn id(cursor: &Cursor<'_>, number: i64) -> Result<WireId, GobError> {
    WireId::new(number).ok_or_else(|| cursor.malformed(format!("{number} is no type")))
}
