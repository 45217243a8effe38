//! Go's gob encoding for types that are known beforehand: a safe reader and a deterministic writer.
//!
//! # Model
//!
//! A gob stream [defines](mod@format) its types before it sends a value of them, by field names and
//! by ids that are its own. Here a type is a [codec]: a table that names Go's fields, the Rust
//! fields that they belong to, and the codec between the two, once for reading and writing.
//! [`decode`] matches such a table with what a stream defines, whatever Go program wrote it;
//! [`encode`] defines the types of the table, then sends the value.
//!
//! ```
//! use hakurei_gob::codec::{Int, List, Str};
//! use hakurei_gob::{ErrorKind, decode, encode, gob_struct};
//!
//! #[derive(Debug, PartialEq)]
//! struct Process { pid: i64, argv: Vec<String> }
//!
//! gob_struct! {
//!     /// As `struct{ PID int; Argv []string }` in Go.
//!     ProcessCodec for Process as "Process" {
//!         "PID" => pid: Int,
//!         "Argv" => argv: List<Str<String>>,
//!     }
//! }
//!
//! let process = Process { pid: -7, argv: vec!["sleep".into(), "9".into()] };
//! let mut stream = Vec::new();
//! encode::<ProcessCodec>(&process, &mut stream)?;
//! stream.extend_from_slice(b"a trailer");
//!
//! let (decoded, rest) = decode::<ProcessCodec>(&stream)?;
//! assert_eq!((decoded, rest), (process, &b"a trailer"[..]));
//!
//! let error = decode::<ProcessCodec>(&stream[..40]).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Truncated);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - No input makes [`decode`] panic, recurse without bounds, or take more memory than four times
//!   the input and 256 KiB. It says what is wrong and at which byte, and tells a stream that is cut
//!   off from one that is not gob.
//! - Equal values are written as equal bytes, in every process.
//! - No I/O, no unsafe code, no dependencies.
//!
//! # Limitations
//!
//! There are no codecs for floats, complex numbers, `[]byte`, arrays of anything but bytes,
//! `BinaryMarshaler` and `TextMarshaler`; fields of such types are passed over. One value is read
//! from a stream, and a stream defines 256 types at most. Within a stream, a Go type is read as one
//! Rust type. A list of very many very short strings takes more memory than is granted: that begins
//! above ten thousand.
//!
//! # Beside Go
//!
//! Whatever Go's `encoding/gob` writes of these types is read, with the definitions where Go puts
//! them, which may be in the midst of a value. What Go's reader lets pass and its writer never
//! sends is refused: bytes left over in a message, a bool other than 0 and 1, an interface's value
//! of another length than is said. A field of the wrong kind is an error once it has a value, where Go
//! refuses it beforehand. Go writes definitions where they are first needed, and maps in any order:
//! its bytes differ from those of [`encode`], and mean the same.

pub mod codec;
mod error;
mod reader;
mod wire_id;
mod writer;

/// How a gob stream is made up, byte by byte.
#[doc = include_str!("format.md")]
pub mod format {}

pub use error::{EncodeError, ErrorKind, GobError};
pub use reader::{FieldReader, Reader};
pub use wire_id::WireId;
pub use writer::{FieldWriter, Schema, Writer};

use codec::Codec;

/// Reads the first value of a stream, and gives the bytes behind it.
///
/// # Errors
///
/// [`GobError`], which says what is wrong and at which byte. Its kind is
/// [`Truncated`](ErrorKind::Truncated) for every stream that is cut off anywhere.
pub fn decode<C: Codec>(input: &[u8]) -> Result<(C::Value, &[u8]), GobError> {
    Reader::new(input).read_stream::<C>()
}

/// Writes a stream of one value behind what is there.
///
/// # Errors
///
/// [`EncodeError`] if the value has no form in gob; then nothing is written.
pub fn encode<C: Codec>(value: &C::Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Writer::default().write_stream::<C>(value, out)
}

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
