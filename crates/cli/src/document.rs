//! Configurations that people hand in.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use hakurei_check::PathError;
use hakurei_hst::AppError;

/// No configuration is longer, in bytes: an entry is at most 1 MiB, and JSON wordier than that.
const LONGEST: u64 = 16 << 20;

/// Reads a document from a file, or from stdin if that is `-`.
pub(crate) fn read(source: &OsStr) -> Result<Vec<u8>, AppError> {
    let document = if source == "-" { read_all(io::stdin().lock()) } else { read_file(source) };
    document.map_err(|error| {
        let name = if source == "-" { OsStr::new("standard input") } else { source };
        AppError::new("read configuration", PathError::new("read", name, error))
    })
}

fn read_file(name: &OsStr) -> io::Result<Vec<u8>> {
    read_all(File::open(name)?)
}

fn read_all(source: impl Read) -> io::Result<Vec<u8>> {
    let mut json = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut json)?;
    if json.len() as u64 > LONGEST {
        return Err(io::Error::other(format!("it is longer than {LONGEST} bytes")));
    }
    Ok(json)
}
