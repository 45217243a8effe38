//! Interfaces.

use crate::error::{EncodeError, ErrorKind, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::Writer;

/// An interface, as [`gob_interface!`](crate::gob_interface) describes it.
pub trait Interface: 'static {
    /// The type in Rust.
    type Value;

    /// Reads a value whose implementation has this name; none if that is not known.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    fn read(reader: &mut Reader<'_>, name: &[u8]) -> Result<Option<Self::Value>, GobError>;

    /// Writes a value, and the name of its implementation.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it has no form in gob.
    fn write(value: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError>;
}

impl Reader<'_> {
    /// Reads the value of an interface, which must not be nil.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    pub fn interface<I: Interface>(&mut self, wire: WireId) -> Result<I::Value, GobError> {
        /// How much of a strange name is shown.
        const SHOWN: usize = 64;
        self.expect(wire, WireId::INTERFACE, "an interface")?;
        let start = self.offset();
        let name = self.implementation()?;
        if name.is_empty() {
            return Err(GobError::new(ErrorKind::Missing, start, "a null interface"));
        }
        I::read(self, name)?.ok_or_else(|| {
            let name = name[..name.len().min(SHOWN)].escape_ascii();
            let what = format!("\"{name}\" is not registered");
            GobError::new(ErrorKind::Mismatch, start, what)
        })
    }
}

/// Makes a codec of a table: the types that stand in a Go interface, by the names that they are
/// registered with there (`gob.Register` takes `*package.Type` for a pointer), each with the
/// variant of a Rust enum that holds it, and its [codec](crate::codec).
///
/// The enum must have these variants and no others. A null interface is an error: Go leaves such a
/// field out, so that an [`Opt`](crate::codec::Opt) takes care of it, and within a list it is one.
///
/// ```
/// use hakurei_gob::codec::{Str, Uint};
/// use hakurei_gob::{decode, encode, gob_interface, gob_struct};
///
/// #[derive(Debug, PartialEq)]
/// enum Shape { Square(Square), Text(String) }
///
/// #[derive(Debug, PartialEq)]
/// struct Square { side: u64 }
///
/// gob_struct! {
///     /// A square.
///     SquareCodec for Square as "Square" { "Side" => side: Uint }
/// }
///
/// gob_interface! {
///     /// What can be drawn.
///     ShapeCodec for Shape {
///         "*geometry.Square" => Square(SquareCodec),
///         "geometry.Text" => Text(Str<String>),
///     }
/// }
///
/// gob_struct! {
///     /// `struct{ Shape }` in Go.
///     Drawing for Shape as "Drawing" { "Shape" => self: ShapeCodec }
/// }
///
/// for shape in [Shape::Square(Square { side: 3 }), Shape::Text("three".into())] {
///     let mut stream = Vec::new();
///     encode::<Drawing>(&shape, &mut stream)?;
///     assert_eq!(decode::<Drawing>(&stream)?.0, shape);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! gob_interface {
    (
        $(#[$attribute:meta])*
        $visibility:vis $codec:ident for $value:ty {
            $($name:literal => $variant:ident($of:ty)),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug)]
        $visibility enum $codec {}

        impl $crate::codec::Interface for $codec {
            type Value = $value;

            fn read(
                reader: &mut $crate::Reader<'_>,
                name: &[u8],
            ) -> ::std::result::Result<::std::option::Option<$value>, $crate::GobError> {
                type Target = $value;
                $(
                    if name == $name.as_bytes() {
                        let value = reader.concrete::<$of>()?;
                        let value = ::std::option::Option::Some(Target::$variant(value));
                        return ::std::result::Result::Ok(value);
                    }
                )+
                ::std::result::Result::Ok(::std::option::Option::None)
            }

            fn write(
                value: &$value,
                writer: &mut $crate::Writer,
            ) -> ::std::result::Result<(), $crate::EncodeError> {
                type Target = $value;
                match value {
                    $(Target::$variant(value) => writer.concrete::<$of>($name, value),)+
                }
            }
        }

        impl $crate::codec::Codec for $codec {
            type Value = $value;

            fn describe(schema: &mut $crate::Schema) -> $crate::WireId {
                schema.interface()
            }

            fn read(
                reader: &mut $crate::Reader<'_>,
                wire: $crate::WireId,
            ) -> ::std::result::Result<$value, $crate::GobError> {
                reader.interface::<Self>(wire)
            }

            fn write(
                value: &$value,
                writer: &mut $crate::Writer,
            ) -> ::std::result::Result<(), $crate::EncodeError> {
                <Self as $crate::codec::Interface>::write(value, writer)
            }

            fn is_left_out(_: &$value) -> bool {
                false
            }

            fn absent() -> ::std::option::Option<$value> {
                ::std::option::Option::None
            }
        }
    };
}
