//! What Go writes as bytes behind their length.

use std::error::Error;
use std::marker::PhantomData;

use super::Codec;
use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// Go's `string`, which need not be UTF-8, as any type that bytes turn into and back.
#[derive(Debug)]
pub struct Str<T = Vec<u8>>(PhantomData<T>);

/// A type that encodes itself in Go (a `GobEncoder`), as any type that its bytes turn into and
/// back.
///
/// No bytes at all stand for the zero value, which Go leaves out.
#[derive(Debug)]
pub struct Opaque<T = Vec<u8>>(PhantomData<T>);

impl<T> Codec for Str<T>
where
    T: AsRef<[u8]> + TryFrom<Vec<u8>, Error: Error + Send + Sync + 'static> + 'static,
{
    type Value = T;

    fn describe(_: &mut Schema) -> WireId {
        WireId::STRING
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<T, GobError> {
        reader.expect(wire, WireId::STRING, "a string")?;
        read_bytes(reader)
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.bytes(value.as_ref());
        Ok(())
    }

    fn is_left_out(value: &T) -> bool {
        value.as_ref().is_empty()
    }

    fn absent() -> Option<T> {
        T::try_from(Vec::new()).ok()
    }
}

impl<T> Codec for Opaque<T>
where
    T: AsRef<[u8]> + TryFrom<Vec<u8>, Error: Error + Send + Sync + 'static> + 'static,
{
    type Value = T;

    fn describe(schema: &mut Schema) -> WireId {
        schema.gob_encoder()
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<T, GobError> {
        reader.expect_gob_encoder(wire)?;
        read_bytes(reader)
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.bytes(value.as_ref());
        Ok(())
    }

    fn is_left_out(value: &T) -> bool {
        value.as_ref().is_empty()
    }

    fn absent() -> Option<T> {
        T::try_from(Vec::new()).ok()
    }
}

fn read_bytes<T>(reader: &mut Reader<'_>) -> Result<T, GobError>
where
    T: TryFrom<Vec<u8>, Error: Error + Send + Sync + 'static>,
{
    let start = reader.offset();
    T::try_from(reader.bytes()?).map_err(|error| GobError::refused(start, error.into()))
}
