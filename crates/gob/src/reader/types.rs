//! The types that a stream has defined so far.

use std::any::TypeId;

use super::cursor::Cursor;
use super::definition;
use super::memory::Memory;
use crate::error::{ErrorKind, GobError};
use crate::wire_id::WireId;

/// The types that a stream has defined so far.
#[derive(Default)]
pub(super) struct Types<'a> {
    /// By their ids, in ascending order, which is nearly always that of the stream.
    defined: Vec<(WireId, Wire)>,
    /// The fields of all structs.
    fields: Vec<WireField<'a>>,
}

/// A type, as a stream defines it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wire {
    Array {
        element: WireId,
        length: usize,
    },
    Slice {
        element: WireId,
    },
    Map {
        key: WireId,
        element: WireId,
    },
    /// A struct, whose fields stand together among those of all structs.
    Struct {
        first: usize,
        count: usize,
        /// The type that it is read as, once there is one: the targets of its fields belong to it.
        read_as: Option<TypeId>,
    },
    /// Go's GobEncoder.
    GobEncoder,
    /// Go's encoding.BinaryMarshaler or encoding.TextMarshaler.
    OtherEncoder,
}

/// A field of a struct that a stream defines.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireField<'a> {
    pub(super) name: &'a [u8],
    pub(super) id: WireId,
    /// Which field of the type that it is read as has its name, from 1 on; 0 if none has.
    pub(super) target: u16,
}

impl<'a> Types<'a> {
    /// How many types a stream may define. Go's own description of a program's data takes a few
    /// dozen; the limit keeps the table small, which costs more than the bytes that fill it.
    const LIMIT: usize = 256;

    /// Reads the definition of a type.
    pub(super) fn define(
        &mut self,
        id: WireId,
        cursor: &mut Cursor<'a>,
        memory: &mut Memory,
    ) -> Result<(), GobError> {
        let place = match self.find(id) {
            Err(place) if id >= WireId::FIRST_DEFINED => place,
            _ => return Err(cursor.malformed(format!("type {} is known already", id.number()))),
        };
        if self.defined.len() == Self::LIMIT {
            let what = format!("more than {} types", Self::LIMIT);
            return Err(GobError::new(ErrorKind::Limit, cursor.offset(), what));
        }
        let wire = definition::read(cursor, &mut self.fields, memory)?;
        self.defined.insert(place, (id, wire));
        Ok(())
    }

    /// How many are defined.
    pub(super) fn len(&self) -> usize {
        self.defined.len()
    }

    pub(super) fn get(&self, id: WireId) -> Option<Wire> {
        self.find(id).ok().map(|place| self.defined[place].1)
    }

    pub(super) fn field(&self, place: usize) -> WireField<'a> {
        self.fields[place]
    }

    /// Finds out which fields of a struct have which of these names, unless that is known.
    pub(super) fn resolve(
        &mut self,
        id: WireId,
        reader: TypeId,
        names: &[&str],
    ) -> Result<Fields, Unresolved> {
        let place = self.find(id).map_err(|_| Unresolved::NoStruct)?;
        let Wire::Struct { first, count, read_as } = &mut self.defined[place].1 else {
            return Err(Unresolved::NoStruct);
        };
        let resolved = Fields { first: *first, count: *count };
        match *read_as {
            Some(known) if known == reader => return Ok(resolved),
            Some(_) => return Err(Unresolved::OtherStruct),
            None => *read_as = Some(reader),
        }
        let fields = &mut self.fields[resolved.first..][..resolved.count];
        for field in &mut *fields {
            let target = (1..).zip(names).find(|(_, name)| name.as_bytes() == field.name);
            field.target = target.map_or(0, |(target, _)| target);
        }
        let matches_none = fields.iter().all(|field| field.target == 0);
        if matches_none && !fields.is_empty() {
            return Err(Unresolved::NoneMatches);
        }
        Ok(resolved)
    }

    fn find(&self, id: WireId) -> Result<usize, usize> {
        self.defined.binary_search_by_key(&id, |(id, _)| *id)
    }
}

/// Where the fields of a struct stand.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) first: usize,
    pub(super) count: usize,
}

/// Why a type cannot be read as a struct.
pub(super) enum Unresolved {
    NoStruct,
    /// It has been read as another. One Go type is one Rust type here, so that its fields are
    /// matched once, whatever a stream makes of them.
    OtherStruct,
    NoneMatches,
}

/// What a type is, for messages.
pub(super) fn describe(id: WireId, wire: Option<Wire>) -> &'static str {
    match (id, wire) {
        (WireId::BOOL, _) => "a bool",
        (WireId::INT, _) => "an int",
        (WireId::UINT, _) => "a uint",
        (WireId::FLOAT, _) => "a float",
        (WireId::BYTES, _) => "a byte slice",
        (WireId::STRING, _) => "a string",
        (WireId::COMPLEX, _) => "a complex number",
        (WireId::INTERFACE, _) => "an interface",
        (_, Some(Wire::Array { .. })) => "an array",
        (_, Some(Wire::Slice { .. })) => "a slice",
        (_, Some(Wire::Map { .. })) => "a map",
        (_, Some(Wire::Struct { .. })) => "a struct",
        (_, Some(Wire::GobEncoder)) => "a GobEncoder",
        (_, Some(Wire::OtherEncoder)) => "a BinaryMarshaler or TextMarshaler",
        (_, None) => "not defined",
    }
}
