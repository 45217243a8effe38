//! The seam to the CBOR library.

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
    let mut rest = bytes;
    let item = ciborium::from_reader(&mut rest).map_err(|error| malformed(&error))?;
    Ok((item, bytes.len() - rest.len()))
}

/// Reads the item that the bytes consist of.
pub(in crate::format) fn read_last<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormatError> {
    let (item, length) = read_first(bytes)?;
    match bytes.len() - length {
        0 => Ok(item),
        count => Err(FormatError::LeftOver { count }),
    }
}

fn malformed(error: &ciborium::de::Error<std::io::Error>) -> FormatError {
    use ciborium::de::Error;
    FormatError::Malformed(match error {
        Error::Io(_) => "an item ends early".to_owned(),
        Error::Syntax(offset) => format!("no CBOR at byte {offset}"),
        Error::Semantic(Some(offset), what) => format!("{what} at byte {offset}"),
        Error::Semantic(None, what) => what.clone(),
        Error::RecursionLimitExceeded => "items are nested too deeply".to_owned(),
    })
}
