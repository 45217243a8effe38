//! The seam to the CBOR libraries: ciborium writes, and cbor4ii reads the same bytes, twice as fast.

use std::convert::Infallible;

use cbor4ii::core::dec::{self, Read as _, Reference};
use cbor4ii::core::utils::SliceReader;
use cbor4ii::serde::{DecodeError, Deserializer};
use serde::de::DeserializeOwned;
use serde::ser::Serialize;

use crate::format::FormatError;

/// Appends one item.
pub(in crate::format) fn write(
    item: &impl Serialize,
    entry: &mut Vec<u8>,
) -> Result<(), FormatError> {
    ciborium::into_writer(item, entry).map_err(|error| FormatError::Malformed(error.to_string()))
}

/// Reads the item that the bytes begin with, and says how many bytes it took.
pub(in crate::format) fn read_first<T: DeserializeOwned>(
    bytes: &[u8],
) -> Result<(T, usize), FormatError> {
    let mut deserializer = Deserializer::new(SliceReader::new(bytes));
    let item = T::deserialize(&mut deserializer);
    let offset = bytes.len() - left(deserializer.into_inner());
    match item {
        Ok(item) => Ok((item, offset)),
        Err(error) => Err(malformed(&error, offset)),
    }
}

/// Reads the item that the bytes consist of.
pub(in crate::format) fn read_last<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormatError> {
    let (item, length) = read_first(bytes)?;
    match bytes.len() - length {
        0 => Ok(item),
        count => Err(FormatError::LeftOver { count }),
    }
}

/// How many bytes have not been read.
fn left(mut reader: SliceReader<'_>) -> usize {
    let Ok(rest) = reader.fill(usize::MAX);
    match rest {
        Reference::Long(rest) | Reference::Short(rest) => rest.len(),
    }
}

fn malformed(error: &DecodeError<Infallible>, offset: usize) -> FormatError {
    FormatError::Malformed(match error {
        DecodeError::Core(dec::Error::Eof { .. }) => "an item ends early".to_owned(),
        DecodeError::Core(dec::Error::DepthOverflow { .. }) => {
            "items are nested too deeply".to_owned()
        }
        DecodeError::Core(_) => format!("another item is wanted at byte {offset}"),
        DecodeError::Custom(what) => format!("{what} at byte {offset}"),
    })
}
