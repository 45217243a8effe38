//! The names that may stand in a store, and those that may not.

use std::ffi::CStr;
use std::os::fd::AsFd;

use hakurei_check::quote;
use hakurei_hst::{AppError, Identity, InstanceId};

use crate::error::{Error, ErrorKind};
use crate::sys::{self, Errno, FileType};

/// The lock file of the store and of each segment.
pub(crate) const LOCK: &CStr = c"lock";

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A name as the kernel takes it, without an allocation: the longest is an id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    bytes: [u8; 33],
}

impl Name {
    /// The entry of an instance.
    pub(crate) fn of_entry(id: InstanceId) -> Self {
        let mut bytes = [0; 33];
        for (digits, byte) in bytes.chunks_exact_mut(2).zip(id.as_bytes()) {
            digits[0] = HEX[usize::from(byte >> 4)];
            digits[1] = HEX[usize::from(byte & 0xf)];
        }
        Self { bytes }
    }

    /// The segment of an identity.
    pub(crate) fn of_segment(identity: Identity) -> Self {
        let mut digits = [0; 5];
        let mut rest = identity.get();
        let mut at = digits.len();
        loop {
            at -= 1;
            // A remainder of ten is a digit.
            digits[at] = b'0' + (rest % 10).to_le_bytes()[0];
            rest /= 10;
            if rest == 0 {
                break Self::new(&digits[at..]);
            }
        }
    }

    /// Of at most 32 bytes, none of them NUL.
    fn new(name: &[u8]) -> Self {
        let mut bytes = [0; 33];
        bytes[..name.len()].copy_from_slice(name);
        Self { bytes }
    }

    pub(crate) fn as_c_str(&self) -> &CStr {
        // The last byte is never written, so there is a NUL.
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}

/// One name of the base directory: a segment, or what is wrong with it. The lock is none.
pub(crate) fn segment(name: &[u8], kind: FileType) -> Option<Result<Identity, Error>> {
    let stray = |errno: Errno, what: String| {
        let cause = AppError::new("process store segment", std::io::Error::from(errno));
        Some(Err(Error::new(ErrorKind::Stray, cause.with_message(what))))
    };
    if kind != FileType::Directory {
        if name == LOCK.to_bytes() && kind == FileType::RegularFile {
            return None;
        }
        return stray(Errno::NOTDIR, format!("skipped non-directory entry {}", quote(name)));
    }
    match canonical_number(name) {
        Some(number) => match Identity::new(number) {
            Ok(identity) => Some(Ok(identity)),
            Err(_) => stray(Errno::RANGE, format!("skipped out of bounds entry {number}")),
        },
        None => stray(Errno::INVAL, format!("skipped non-identity entry {}", quote(name))),
    }
}

/// A number in the only way in which it is written: `007` and `+7` are not names of segment 7.
fn canonical_number(name: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(name).ok()?;
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// One name of a segment: an entry, or what is wrong with it. The lock is none.
pub(crate) fn entry(name: &[u8], kind: FileType) -> Option<Result<InstanceId, Error>> {
    let stray = |cause: AppError| Some(Err(Error::new(ErrorKind::Stray, cause)));
    if kind == FileType::Directory {
        let cause = AppError::new("read store segment entries", std::io::Error::from(Errno::ISDIR));
        return stray(cause.with_message(format!("unexpected directory {} in store", quote(name))));
    }
    if name == LOCK.to_bytes() {
        return None;
    }
    match std::str::from_utf8(name).unwrap_or_default().parse::<InstanceId>() {
        Ok(id) => Some(Ok(id)),
        Err(error) => {
            let what = format!("skipped non-entry file {}: {error}", quote(name));
            stray(AppError::new("decode store segment entry", error).with_message(what))
        }
    }
}

/// The instance in whose entry's place something stands, whatever that is; any other name is passed
/// over.
pub(crate) fn id(name: &[u8], _: FileType) -> Option<Result<InstanceId, Error>> {
    std::str::from_utf8(name).ok()?.parse().ok().map(Ok)
}

/// Reads a directory to its end and sorts its names out.
pub(crate) fn collect<T>(
    dir: impl AsFd,
    sort_out: impl Fn(&[u8], FileType) -> Option<Result<T, Error>>,
) -> Result<Vec<Result<T, Error>>, Errno> {
    let mut names = Vec::new();
    sys::scan(dir, |name, kind| names.extend(sort_out(name, kind)))?;
    Ok(names)
}

#[cfg(test)]
mod tests;
