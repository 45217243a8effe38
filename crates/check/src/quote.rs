//! Bytes between quotes, for messages.

use std::fmt::Write as _;

/// Writes bytes as a double-quoted string in which nothing can drive a terminal: quotes,
/// backslashes, control characters, bidirectional marks and what is not UTF-8 are escaped, as Go's
/// `%q` does.
///
/// ```
/// use hakurei_check::quote;
///
/// assert_eq!(quote(b"caf\xc3\xa9\n\xff"), r#""café\n\xff""#);
/// ```
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let mut quoted = String::with_capacity(bytes.len() + 2);
    quoted.push('"');
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_escaped(&mut quoted, character);
        }
        for byte in chunk.invalid() {
            push_hex(&mut quoted, 'x', 2, u32::from(*byte));
        }
    }
    quoted.push('"');
    quoted
}

fn push_escaped(quoted: &mut String, character: char) {
    match character {
        '"' | '\\' => quoted.extend(['\\', character]),
        '\x07' => quoted.push_str("\\a"),
        '\x08' => quoted.push_str("\\b"),
        '\x0c' => quoted.push_str("\\f"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\x0b' => quoted.push_str("\\v"),
        '\0'..='\x1f' | '\x7f' => push_hex(quoted, 'x', 2, u32::from(character)),
        _ if is_printable(character) => quoted.push(character),
        _ if u32::from(character) < 0x1_0000 => push_hex(quoted, 'u', 4, u32::from(character)),
        _ => push_hex(quoted, 'U', 8, u32::from(character)),
    }
}

fn push_hex(quoted: &mut String, kind: char, digits: usize, value: u32) {
    // Writing to a String cannot fail.
    let _infallible = write!(quoted, "\\{kind}{value:0digits$x}");
}

/// Whether a terminal shows the character as itself. The standard library's own escaping knows, and
/// is asked about it behind a letter, where a combining mark belongs; the quotes that it escapes as
/// well are dealt with above.
fn is_printable(character: char) -> bool {
    let text = String::from_iter(['a', character]);
    character == '\'' || text.escape_debug().eq(text.chars())
}

#[cfg(test)]
mod tests;
