//! Truth values and numbers.

use std::marker::PhantomData;

use super::Codec;
use crate::error::{EncodeError, ErrorKind, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// Go's `bool`.
#[derive(Debug)]
pub enum Bool {}

/// Any signed integer of Go's; one that `T` cannot hold is an error.
#[derive(Debug)]
pub struct Int<T = i64>(PhantomData<T>);

/// Any unsigned integer of Go's; one that `T` cannot hold is an error.
#[derive(Debug)]
pub struct Uint<T = u64>(PhantomData<T>);

impl Codec for Bool {
    type Value = bool;

    fn describe(_: &mut Schema) -> WireId {
        WireId::BOOL
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<bool, GobError> {
        reader.expect(wire, WireId::BOOL, "a bool")?;
        reader.bool()
    }

    fn write(value: &bool, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.uint((*value).into());
        Ok(())
    }

    fn is_left_out(value: &bool) -> bool {
        !value
    }

    fn absent() -> Option<bool> {
        Some(false)
    }
}

/// The two kinds of integers, which differ in the way to write them alone.
macro_rules! integer {
    ($codec:ident, $wide:ident, $method:ident, $id:ident, $name:literal) => {
        impl<T: Copy + Into<$wide> + TryFrom<$wide> + 'static> Codec for $codec<T> {
            type Value = T;

            fn describe(_: &mut Schema) -> WireId {
                WireId::$id
            }

            fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<T, GobError> {
                reader.expect(wire, WireId::$id, $name)?;
                let start = reader.offset();
                let value = reader.$method()?;
                T::try_from(value).map_err(|_| {
                    GobError::new(ErrorKind::Mismatch, start, format!("{value} is out of range"))
                })
            }

            fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
                writer.$method((*value).into());
                Ok(())
            }

            fn is_left_out(value: &T) -> bool {
                (*value).into() == 0
            }

            fn absent() -> Option<T> {
                T::try_from(0).ok()
            }
        }
    };
}

integer!(Int, i64, int, INT, "an int");
integer!(Uint, u64, uint, UINT, "a uint");
