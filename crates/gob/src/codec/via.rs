//! Values that are written as others.

use std::error::Error;
use std::marker::PhantomData;

use super::Codec;
use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// How a value is written as another: flags as the number that holds them, say. [`Via`] makes a
/// codec of it.
///
/// ```
/// use hakurei_gob::codec::{Convert, Uint, Via};
///
/// /// A port, which in Go is any `uint16`, and here is not 0.
/// enum Port {}
///
/// impl Convert for Port {
///     type Codec = Uint<u16>;
///     type Value = std::num::NonZeroU16;
///     type Error = std::num::TryFromIntError;
///
///     fn to_wire(port: &Self::Value) -> Result<u16, Self::Error> {
///         Ok(port.get())
///     }
///
///     fn from_wire(port: u16) -> Result<Self::Value, Self::Error> {
///         port.try_into()
///     }
/// }
///
/// let mut stream = Vec::new();
/// let port = 80.try_into()?;
/// hakurei_gob::encode::<Via<Port>>(&port, &mut stream)?;
/// assert_eq!(hakurei_gob::decode::<Via<Port>>(&stream)?.0, port);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Convert: 'static {
    /// The codec of the form that is written.
    type Codec: Codec;

    /// The type in Rust.
    type Value;

    /// Why a conversion fails.
    type Error: Error + Send + Sync + 'static;

    /// The value in the form that is written.
    ///
    /// # Errors
    ///
    /// If it has none.
    fn to_wire(value: &Self::Value) -> Result<<Self::Codec as Codec>::Value, Self::Error>;

    /// The value of a form that was read, or of what a field stands for that was left out.
    ///
    /// # Errors
    ///
    /// If there is no such value.
    fn from_wire(wire: <Self::Codec as Codec>::Value) -> Result<Self::Value, Self::Error>;
}

/// A value that is written as another, as [`Convert`] says.
#[derive(Debug)]
pub struct Via<C>(PhantomData<C>);

impl<C: Convert> Codec for Via<C> {
    type Value = C::Value;

    fn describe(schema: &mut Schema) -> WireId {
        C::Codec::describe(schema)
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<C::Value, GobError> {
        let start = reader.offset();
        let form = C::Codec::read(reader, wire)?;
        C::from_wire(form).map_err(|error| GobError::refused(start, error.into()))
    }

    fn write(value: &C::Value, writer: &mut Writer) -> Result<(), EncodeError> {
        let form = C::to_wire(value).map_err(|error| EncodeError::refused(error.into()))?;
        C::Codec::write(&form, writer)
    }

    fn is_left_out(value: &C::Value) -> bool {
        C::to_wire(value).is_ok_and(|form| C::Codec::is_left_out(&form))
    }

    fn absent() -> Option<C::Value> {
        C::from_wire(C::Codec::absent()?).ok()
    }
}
