//! How Rust's types are written as Go's: what the tables of a schema are made of.
//!
//! A codec is a type without values that says how a field is read and written. Structs and
//! interfaces get theirs from [`gob_struct!`](crate::gob_struct) and
//! [`gob_interface!`](crate::gob_interface), all others stand here:
//!
//! | codec | in Go | in Rust |
//! |---|---|---|
//! | [`Bool`] | `bool` | `bool` |
//! | [`Int<T>`](Int) | any signed integer | `i64`, or a smaller one |
//! | [`Uint<T>`](Uint) | any unsigned integer | `u64`, or a smaller one |
//! | [`Str<T>`](Str) | `string` | what bytes turn into and back: `Vec<u8>`, `String`, … |
//! | [`ByteArray<N>`](ByteArray) | `[N]byte` | `[u8; N]` |
//! | [`Opaque<T>`](Opaque) | a `GobEncoder` | what its bytes turn into and back |
//! | [`List<C>`](List) | a slice | `Vec` |
//! | [`Map<K, V>`](Map) | a map | `BTreeMap` |
//! | [`Opt<C>`](Opt) | a pointer; a slice or map that may be nil | `Option` |
//! | [`Via<C>`](Via) | as another codec has it | whatever [`Convert`] makes of that |
//!
//! What gob cannot tell apart, they cannot either: an empty slice is left out like a nil one, so
//! `Opt<List<_>>` reads it back as `None`, and so does a pointer to 0, to `false` or to an empty
//! string. A map is always sent, even if it is empty, unless it is a `None`.

mod interface;
mod list;
mod map;
mod option;
mod scalar;
mod string;
mod structure;
mod via;

#[cfg(test)]
mod tests;

use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

pub use interface::Interface;
pub use list::{ByteArray, List};
pub use map::Map;
pub use option::Opt;
pub use scalar::{Bool, Int, Uint};
pub use string::{Opaque, Str};
pub use structure::Struct;
pub use via::{Convert, Via};

/// How values of a Rust type are written as those of a Go type, and read back.
///
/// It is implemented by the types of [this module](self) and by those that the macros make; whoever
/// needs another form of one of them implements [`Convert`].
pub trait Codec: 'static {
    /// The type in Rust.
    type Value;

    /// Names the type in Go, and adds it and those within it to the schema.
    fn describe(schema: &mut Schema) -> WireId;

    /// Reads a value of the type that the stream says it has.
    ///
    /// # Errors
    ///
    /// [`GobError`] of any kind.
    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<Self::Value, GobError>;

    /// Writes a value.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it has no form in gob.
    fn write(value: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Whether a field of this value is left out, as Go does with most zeros.
    fn is_left_out(value: &Self::Value) -> bool;

    /// What a field that was left out stands for; none if that is an error.
    fn absent() -> Option<Self::Value>;
}
