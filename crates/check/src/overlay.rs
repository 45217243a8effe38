//! Pathnames inside the options of an overlay mount.

use std::borrow::Cow;

/// Writes a pathname so that overlayfs reads it as one: cut at the first NUL, and a backslash before
/// each backslash, comma and colon.
///
/// The kernel divides the options at commas and `lowerdir` at colons, and takes back one backslash
/// at each step (Documentation/filesystems/overlayfs.rst).
///
/// ```
/// use hakurei_check::escape_overlay;
///
/// assert_eq!(*escape_overlay(br"/nix/a:b,c\d"), *br"/nix/a\:b\,c\\d");
/// ```
#[must_use]
pub fn escape_overlay(pathname: &[u8]) -> Cow<'_, [u8]> {
    let end = pathname.iter().position(|byte| *byte == 0).unwrap_or(pathname.len());
    let pathname = &pathname[..end];
    if !pathname.iter().any(is_special) {
        return Cow::Borrowed(pathname);
    }
    let mut escaped = Vec::with_capacity(pathname.len() + 4);
    for byte in pathname {
        if is_special(byte) {
            escaped.push(b'\\');
        }
        escaped.push(*byte);
    }
    Cow::Owned(escaped)
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'\\' | b',' | b':')
}

#[cfg(test)]
mod tests;
