//! The checked pathname.

use std::borrow::Cow;
use std::ffi::{CString, OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::{clean, overlay, quote};

/// A pathname that begins with `/` and holds no NUL byte.
///
/// It is kept as it was written: `/etc/` keeps its slash and `/a/../b` its dots, and the two
/// spellings of one directory are different values. [`join`](Self::join) and
/// [`parent`](Self::parent) clean. Values are ordered by their bytes.
///
/// The empty string, or anything relative, cannot be one:
///
/// ```compile_fail
/// const ETC: hakurei_check::Absolute = hakurei_check::absolute!("etc");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Absolute(Cow<'static, [u8]>);

/// Writes a known-good [`Absolute`] as a constant; anything else does not compile.
///
/// ```
/// use hakurei_check::{Absolute, absolute};
///
/// static SHELL: Absolute = absolute!("/bin/sh");
/// assert_eq!(SHELL.to_string(), "/bin/sh");
/// ```
#[macro_export]
macro_rules! absolute {
    ($pathname:expr) => {
        const { $crate::Absolute::from_static($pathname) }
    };
}

impl Absolute {
    /// The root directory.
    pub const ROOT: Self = Self::from_static("/");

    /// Checks a pathname: bytes, a string, or anything else that turns into bytes.
    ///
    /// # Errors
    ///
    /// [`PathnameError`] if it does not begin with `/`, or holds NUL.
    pub fn new(pathname: impl Into<Vec<u8>>) -> Result<Self, PathnameError> {
        let bytes = pathname.into();
        match fault(&bytes) {
            None => Ok(Self(Cow::Owned(bytes))),
            Some(fault) => Err(PathnameError { pathname: bytes, fault }),
        }
    }

    /// Takes a constant; see [`absolute!`], which makes sure that it is looked at by the compiler.
    ///
    /// # Panics
    ///
    /// If it is not absolute, or holds NUL.
    #[must_use]
    pub const fn from_static(pathname: &'static str) -> Self {
        match fault(pathname.as_bytes()) {
            None => Self(Cow::Borrowed(pathname.as_bytes())),
            Some(_) => panic!("a constant pathname must begin with '/' and hold no NUL"),
        }
    }

    /// The pathname as the bytes that the kernel gets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The pathname as the standard library wants it.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// The pathname with the NUL behind it that system calls want, for whoever makes many with one.
    #[must_use]
    pub fn to_c_string(&self) -> CString {
        match CString::new(self.as_bytes()) {
            Ok(pathname) => pathname,
            Err(_) => unreachable!("an absolute pathname holds no NUL"),
        }
    }

    /// The pathname as text, if it is UTF-8.
    #[must_use]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The pathname's own bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_owned()
    }

    /// Goes down by one element, or by several that slashes divide, and cleans the result, as Go's
    /// `path.Join` does.
    ///
    /// An absolute element is joined below, never instead; an empty one changes nothing but the
    /// cleaning.
    ///
    /// # Errors
    ///
    /// [`PathnameError`] if the element holds NUL.
    pub fn join(&self, element: impl AsRef<[u8]>) -> Result<Self, PathnameError> {
        self.join_all([element])
    }

    /// Joins any number of elements, then cleans once: `..` in one takes back an earlier one.
    ///
    /// # Errors
    ///
    /// [`PathnameError`] if an element holds NUL.
    pub fn join_all<E: AsRef<[u8]>>(
        &self,
        elements: impl IntoIterator<Item = E>,
    ) -> Result<Self, PathnameError> {
        let mut joined = self.0.to_vec();
        for element in elements {
            joined.push(b'/');
            joined.extend_from_slice(element.as_ref());
        }
        // Checked before it is cleaned: `..` may take back the element that holds NUL.
        Self::new(joined).map(|joined| Self(Cow::Owned(clean::clean(&joined.0))))
    }

    /// The directory that holds it, cleaned, as Go's `path.Dir` has it: of `/etc/` that is `/etc`,
    /// and the root is its own parent.
    #[must_use]
    pub fn parent(&self) -> Self {
        // The slice ends behind the last slash, and there is one: the first byte.
        let end = self.0.iter().rposition(|byte| *byte == b'/').map_or(1, |slash| slash + 1);
        Self(Cow::Owned(clean::clean(&self.0[..end])))
    }

    /// The pathname as a part of an overlay mount's options; see [`escape_overlay`](crate::escape_overlay).
    #[must_use]
    pub fn escaped_for_overlay(&self) -> Cow<'_, [u8]> {
        overlay::escape_overlay(&self.0)
    }
}

/// What keeps these bytes from being an absolute pathname.
const fn fault(pathname: &[u8]) -> Option<Fault> {
    if pathname.is_empty() || pathname[0] != b'/' {
        return Some(Fault::Relative);
    }
    let mut at = 0;
    while at < pathname.len() {
        if pathname[at] == 0 {
            return Some(Fault::Nul);
        }
        at += 1;
    }
    None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Relative,
    Nul,
}

/// A pathname that cannot be an [`Absolute`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path {} {}", quote::quote(pathname), match fault {
    Fault::Relative => "is not absolute",
    Fault::Nul => "contains a NUL byte",
})]
pub struct PathnameError {
    pathname: Vec<u8>,
    fault: Fault,
}

impl PathnameError {
    /// The pathname as it was given.
    #[must_use]
    pub fn pathname(&self) -> &[u8] {
        &self.pathname
    }

    /// Whether it was refused for being relative, rather than for a NUL byte.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.fault == Fault::Relative
    }
}

impl fmt::Display for Absolute {
    /// Writes the pathname, with U+FFFD in place of what is not UTF-8.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl fmt::Debug for Absolute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote::quote(&self.0))
    }
}

macro_rules! checked_from {
    ($($from:ty => |$pathname:ident| $bytes:expr),* $(,)?) => {$(
        impl TryFrom<$from> for Absolute {
            type Error = PathnameError;

            fn try_from($pathname: $from) -> Result<Self, PathnameError> {
                Self::new($bytes)
            }
        }
    )*};
}

checked_from! {
    &str => |pathname| pathname,
    String => |pathname| pathname,
    &[u8] => |pathname| pathname,
    Vec<u8> => |pathname| pathname,
    &OsStr => |pathname| pathname.as_bytes(),
    OsString => |pathname| pathname.into_vec(),
    &Path => |pathname| pathname.as_os_str().as_bytes(),
    PathBuf => |pathname| pathname.into_os_string().into_vec(),
}

impl FromStr for Absolute {
    type Err = PathnameError;

    fn from_str(pathname: &str) -> Result<Self, PathnameError> {
        Self::new(pathname)
    }
}

impl AsRef<[u8]> for Absolute {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq<str> for Absolute {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

#[cfg(test)]
mod tests;
