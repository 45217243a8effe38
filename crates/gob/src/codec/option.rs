//! What may be nil.

use std::marker::PhantomData;

use super::Codec;
use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// A pointer, or a slice or map that may be nil, as an `Option`.
///
/// A field that is nil is left out. Within a list or map nothing can be, so a `None` there is an
/// error.
#[derive(Debug)]
pub struct Opt<C>(PhantomData<C>);

impl<C: Codec> Codec for Opt<C> {
    type Value = Option<C::Value>;

    fn describe(schema: &mut Schema) -> WireId {
        C::describe(schema)
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<Self::Value, GobError> {
        C::read(reader, wire).map(Some)
    }

    fn write(value: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError> {
        match value {
            Some(value) => C::write(value, writer),
            None => Err(EncodeError::NIL_ELEMENT),
        }
    }

    fn is_left_out(value: &Self::Value) -> bool {
        value.as_ref().is_none_or(C::is_left_out)
    }

    fn absent() -> Option<Self::Value> {
        Some(None)
    }
}
