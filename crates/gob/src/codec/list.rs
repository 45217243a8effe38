//! Elements in a row.

use std::marker::PhantomData;

use super::{Codec, Uint};
use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// A slice of Go's as a `Vec`; nil and empty are the same.
#[derive(Debug)]
pub struct List<C>(PhantomData<C>);

/// Go's `[N]byte`. It is always sent; left out, it is all zeros.
#[derive(Debug)]
pub enum ByteArray<const N: usize> {}

impl<C: Codec> Codec for List<C> {
    type Value = Vec<C::Value>;

    fn describe(schema: &mut Schema) -> WireId {
        let element = C::describe(schema);
        schema.slice(element)
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<Self::Value, GobError> {
        let element = reader.slice(wire)?;
        let count = reader.count()?;
        let mut list = Vec::new();
        for _ in 0..count {
            let element = C::read(reader, element)?;
            reader.push(&mut list, element, count)?;
        }
        Ok(list)
    }

    fn write(list: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.count(list.len());
        list.iter().try_for_each(|element| C::write(element, writer))
    }

    fn is_left_out(list: &Self::Value) -> bool {
        list.is_empty()
    }

    fn absent() -> Option<Self::Value> {
        Some(Vec::new())
    }
}

impl<const N: usize> Codec for ByteArray<N> {
    type Value = [u8; N];

    fn describe(schema: &mut Schema) -> WireId {
        schema.array(WireId::UINT, N)
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<Self::Value, GobError> {
        let element = reader.array(wire, N)?;
        reader.exact_count(N)?;
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = <Uint<u8>>::read(reader, element)?;
        }
        Ok(bytes)
    }

    fn write(bytes: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.count(N);
        bytes.iter().for_each(|byte| writer.uint((*byte).into()));
        Ok(())
    }

    fn is_left_out(_: &Self::Value) -> bool {
        false
    }

    fn absent() -> Option<Self::Value> {
        Some([0; N])
    }
}
