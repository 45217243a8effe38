//! Structs.

use crate::error::{EncodeError, GobError};
use crate::reader::FieldReader;
use crate::wire_id::WireId;
use crate::writer::{FieldWriter, Schema};

/// A struct, as [`gob_struct!`](crate::gob_struct) describes it.
pub trait Struct: 'static {
    /// The type in Rust.
    type Value;

    /// The name of the type in Go, for people.
    const NAME: &'static str;

    /// The names of its fields in Go, by which they are found.
    const FIELDS: &'static [&'static str];

    /// The types of these fields, in the same order.
    fn describe(schema: &mut Schema) -> Vec<WireId>;

    /// Reads a value from its fields.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    fn read(fields: &mut FieldReader<'_, '_>) -> Result<Self::Value, GobError>;

    /// Writes the fields of a value, in order.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if one has no form in gob.
    fn write(value: &Self::Value, fields: &mut FieldWriter<'_>) -> Result<(), EncodeError>;
}

/// Makes a codec of a table: the fields of a Go struct, in Go's order and by Go's names, each with
/// the field of a Rust struct and the [codec](crate::codec) between the two.
///
/// The Rust struct may belong to another crate, and must have these fields and no others. Its field
/// must be there in a stream, as a struct's always is, unless it is an [`Opt`](crate::codec::Opt).
///
/// ```
/// use hakurei_gob::codec::{Bool, Int, List, Opt, Str};
/// use hakurei_gob::{decode, encode, gob_struct};
///
/// #[derive(Debug, PartialEq)]
/// struct Job { argv: Vec<String>, nice: i8, owner: Option<Owner> }
///
/// #[derive(Debug, PartialEq)]
/// struct Owner { name: String, trusted: bool }
///
/// gob_struct! {
///     /// What is run.
///     JobCodec for Job as "Job" {
///         "Argv" => argv: List<Str<String>>,
///         "Nice" => nice: Int<i8>,
///         "Owner" => owner: Opt<OwnerCodec>,
///     }
/// }
///
/// gob_struct! {
///     /// Who wants it run.
///     OwnerCodec for Owner as "Owner" {
///         "Name" => name: Str<String>,
///         "Trusted" => trusted: Bool,
///     }
/// }
///
/// let job = Job { argv: vec!["sleep".into(), "9".into()], nice: -5, owner: None };
/// let mut stream = Vec::new();
/// encode::<JobCodec>(&job, &mut stream)?;
/// assert_eq!(decode::<JobCodec>(&stream)?, (job, &[][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A Go struct of one field may also stand for the value of that field; Go programs have such
/// structs where JSON needs a type around an interface. Its field is called `self`:
///
/// ```
/// use hakurei_gob::codec::{List, Uint};
/// use hakurei_gob::{decode, encode, gob_struct};
///
/// gob_struct! {
///     /// `struct{ Size uint64 }` in Go, and here the size itself.
///     Sized for u64 as "Sized" { "Size" => self: Uint }
/// }
///
/// let mut stream = Vec::new();
/// encode::<List<Sized>>(&vec![512, 4096], &mut stream)?;
/// assert_eq!(decode::<List<Sized>>(&stream)?.0, [512, 4096]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! gob_struct {
    (
        $(#[$attribute:meta])*
        $visibility:vis $codec:ident for $value:ty as $name:literal {
            $key:literal => self: $only:ty $(,)?
        }
    ) => {
        $crate::gob_struct! { @codec [$(#[$attribute])*] [$visibility] $codec $value }

        impl $crate::codec::Struct for $codec {
            type Value = $value;
            const NAME: &'static str = $name;
            const FIELDS: &'static [&'static str] = &[$key];

            fn describe(schema: &mut $crate::Schema) -> ::std::vec::Vec<$crate::WireId> {
                ::std::vec![<$only as $crate::codec::Codec>::describe(schema)]
            }

            fn read(
                fields: &mut $crate::FieldReader<'_, '_>,
            ) -> ::std::result::Result<$value, $crate::GobError> {
                let mut only = ::std::option::Option::None;
                while fields.next_field()?.is_some() {
                    only = ::std::option::Option::Some(fields.read::<$only>()?);
                }
                only.map_or_else(|| fields.absent::<$only>(1), ::std::result::Result::Ok)
            }

            fn write(
                value: &$value,
                fields: &mut $crate::FieldWriter<'_>,
            ) -> ::std::result::Result<(), $crate::EncodeError> {
                fields.write::<$only>(value)
            }
        }
    };
    (
        $(#[$attribute:meta])*
        $visibility:vis $codec:ident for $value:ty as $name:literal {
            $($key:literal => $field:ident: $of:ty),+ $(,)?
        }
    ) => {
        $crate::gob_struct! { @codec [$(#[$attribute])*] [$visibility] $codec $value }

        impl $crate::codec::Struct for $codec {
            type Value = $value;
            const NAME: &'static str = $name;
            const FIELDS: &'static [&'static str] = &[$($key),+];

            fn describe(schema: &mut $crate::Schema) -> ::std::vec::Vec<$crate::WireId> {
                ::std::vec![$(<$of as $crate::codec::Codec>::describe(schema)),+]
            }

            fn read(
                fields: &mut $crate::FieldReader<'_, '_>,
            ) -> ::std::result::Result<$value, $crate::GobError> {
                // A type, also one that is named by a macro, is no constructor; an alias of it is.
                type Target = $value;
                $(let mut $field = ::std::option::Option::None;)+
                while let ::std::option::Option::Some(target) = fields.next_field()? {
                    // The compiler counts, and makes one jump of these questions.
                    let mut number = 0;
                    $(
                        number += 1;
                        if target == number {
                            $field = ::std::option::Option::Some(fields.read::<$of>()?);
                            continue;
                        }
                    )+
                }
                let mut number = 0;
                ::std::result::Result::Ok(Target {
                    $($field: {
                        number += 1;
                        $field.map_or_else(
                            || fields.absent::<$of>(number),
                            ::std::result::Result::Ok,
                        )?
                    },)+
                })
            }

            fn write(
                value: &$value,
                fields: &mut $crate::FieldWriter<'_>,
            ) -> ::std::result::Result<(), $crate::EncodeError> {
                $(fields.write::<$of>(&value.$field)?;)+
                ::std::result::Result::Ok(())
            }
        }
    };
    (@codec [$($attribute:tt)*] [$visibility:vis] $codec:ident $value:ty) => {
        $($attribute)*
        #[derive(Debug)]
        $visibility enum $codec {}

        impl $crate::codec::Codec for $codec {
            type Value = $value;

            fn describe(schema: &mut $crate::Schema) -> $crate::WireId {
                schema.structure::<Self>()
            }

            fn read(
                reader: &mut $crate::Reader<'_>,
                wire: $crate::WireId,
            ) -> ::std::result::Result<$value, $crate::GobError> {
                reader.structure::<Self>(wire)
            }

            fn write(
                value: &$value,
                writer: &mut $crate::Writer,
            ) -> ::std::result::Result<(), $crate::EncodeError> {
                writer.structure::<Self>(value)
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
