//! The types of a stream that is written.

use std::any::TypeId;

use super::{length, put_bytes, put_int, put_uint};
use crate::wire_id::WireId;

/// The types that a stream defines, in the order in which they were met; that also gives them their
/// ids. [`Codec`](crate::codec::Codec)s describe themselves to it.
#[derive(Debug, Default)]
pub struct Schema(Vec<Definition>);

#[derive(Debug, PartialEq, Eq)]
enum Definition {
    Array { element: WireId, length: usize },
    Slice { element: WireId },
    Map { key: WireId, element: WireId },
    Struct { owner: TypeId, name: &'static str, fields: Vec<(&'static str, WireId)> },
    GobEncoder,
}

impl Schema {
    /// The id of all interfaces, which have one and no definition.
    #[must_use]
    pub fn interface(&self) -> WireId {
        WireId::INTERFACE
    }

    pub(crate) fn array(&mut self, element: WireId, length: usize) -> WireId {
        self.intern(Definition::Array { element, length })
    }

    pub(crate) fn slice(&mut self, element: WireId) -> WireId {
        self.intern(Definition::Slice { element })
    }

    pub(crate) fn map(&mut self, key: WireId, element: WireId) -> WireId {
        self.intern(Definition::Map { key, element })
    }

    /// A type that encodes itself. Go looks at nothing else about it, so that all share one.
    pub(crate) fn gob_encoder(&mut self) -> WireId {
        self.intern(Definition::GobEncoder)
    }

    pub(super) fn find_struct(&self, wanted: TypeId) -> Option<WireId> {
        let mut owners = self.0.iter().map(|definition| match definition {
            Definition::Struct { owner, .. } => Some(*owner),
            _ => None,
        });
        owners.position(|owner| owner == Some(wanted)).map(Self::id)
    }

    pub(super) fn add_struct(&mut self, owner: TypeId, name: &'static str) -> WireId {
        self.0.push(Definition::Struct { owner, name, fields: Vec::new() });
        Self::id(self.0.len() - 1)
    }

    pub(super) fn set_fields(&mut self, id: WireId, known: Vec<(&'static str, WireId)>) {
        let definition = Self::index(id).and_then(|index| self.0.get_mut(index));
        if let Some(Definition::Struct { fields, .. }) = definition {
            *fields = known;
        }
    }

    pub(super) fn is_struct(&self, id: WireId) -> bool {
        let definition = Self::index(id).and_then(|index| self.0.get(index));
        matches!(definition, Some(Definition::Struct { .. }))
    }

    /// Writes all definitions, each as a message.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut message = Vec::new();
        for (index, definition) in self.0.iter().enumerate() {
            message.clear();
            let id = Self::id(index).number();
            put_int(&mut message, -id);
            definition.write(id, &mut message);
            put_uint(out, length(&message));
            out.extend_from_slice(&message);
        }
    }

    fn intern(&mut self, definition: Definition) -> WireId {
        let known = self.0.iter().position(|known| *known == definition);
        Self::id(known.unwrap_or_else(|| {
            self.0.push(definition);
            self.0.len() - 1
        }))
    }

    fn id(index: usize) -> WireId {
        WireId::FIRST_WRITTEN.plus(index)
    }

    /// The place of a type; none if it is a basic one.
    fn index(id: WireId) -> Option<usize> {
        usize::try_from(id.number() - WireId::FIRST_WRITTEN.number()).ok()
    }
}

impl Definition {
    /// Writes a `wireType`, of which one field is set.
    fn write(&self, id: i64, out: &mut Vec<u8>) {
        match self {
            Self::Array { element, length } => {
                put_uint(out, 1);
                put_common("", id, out);
                // Lengths of Rust's arrays fit into an i64, as those of Go's do.
                let length = i64::try_from(*length).unwrap_or(i64::MAX);
                put_ints(&[element.number(), length], out);
            }
            Self::Slice { element } => {
                put_uint(out, 2);
                put_common("", id, out);
                put_ints(&[element.number()], out);
            }
            Self::Struct { name, fields, .. } => {
                put_uint(out, 3);
                put_common(name, id, out);
                put_fields(fields, out);
            }
            Self::Map { key, element } => {
                put_uint(out, 4);
                put_common("", id, out);
                put_ints(&[key.number(), element.number()], out);
            }
            Self::GobEncoder => {
                put_uint(out, 5);
                put_common("", id, out);
            }
        }
        // The ends of the type and of the wireType.
        out.extend_from_slice(&[0, 0]);
    }
}

/// Writes what a type says of itself, as the first field of it. Go shows the name to people.
fn put_common(name: &str, id: i64, out: &mut Vec<u8>) {
    put_uint(out, 1);
    if name.is_empty() {
        put_uint(out, 2);
    } else {
        put_uint(out, 1);
        put_bytes(out, name.as_bytes());
        put_uint(out, 1);
    }
    put_int(out, id);
    put_uint(out, 0);
}

/// Writes the fields that follow, of which a zero is left out.
fn put_ints(ints: &[i64], out: &mut Vec<u8>) {
    for int in ints.iter().filter(|int| **int != 0) {
        put_uint(out, 1);
        put_int(out, *int);
    }
}

fn put_fields(fields: &[(&str, WireId)], out: &mut Vec<u8>) {
    if fields.is_empty() {
        return;
    }
    put_uint(out, 1);
    put_uint(out, fields.len() as u64);
    for (name, id) in fields {
        put_uint(out, 1);
        put_bytes(out, name.as_bytes());
        put_uint(out, 1);
        put_int(out, id.number());
        put_uint(out, 0);
    }
}
