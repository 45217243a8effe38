//! JSON that may be printed on a terminal.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::escape::is_plain;

/// Writes a value on one line; what could drive a terminal is written as `\u202e` and the like,
/// which is the same document to whoever reads it.
pub(crate) fn line(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Escaping))?;
    // The serializer writes UTF-8 and nothing else, so nothing is lost.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Puts lines together to an array with an element a line.
pub(crate) fn array(elements: &[String]) -> String {
    if elements.is_empty() {
        return "[]\n".to_owned();
    }
    format!("[\n{}\n]\n", elements.join(",\n"))
}

/// Puts elements together to an array on one line.
pub(crate) fn array_in_line(elements: &[String]) -> String {
    format!("[{}]\n", elements.join(","))
}

/// The compact form, with more escaped than JSON asks for.
struct Escaping;

impl Formatter for Escaping {
    /// Gets what is left between the characters that JSON itself escapes.
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.chars().all(is_plain) {
            return writer.write_all(fragment.as_bytes());
        }
        for character in fragment.chars() {
            if is_plain(character) {
                write!(writer, "{character}")?;
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{array, array_in_line, line};

    #[test]
    fn what_drives_a_terminal_is_escaped_within_json() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{e0001}\x7fü\"\\";
        assert_eq!(line(&text).unwrap(), r#""a\u001b[2J\u009b\u202e\udb40\udc01\u007fü\"\\""#,);
    }

    #[test]
    fn an_array_has_an_element_a_line() {
        assert_eq!(array(&[]), "[]\n");
        assert_eq!(array(&["1".into(), "2".into()]), "[\n1,\n2\n]\n");
    }

    #[test]
    fn an_array_can_be_a_line() {
        assert_eq!(array_in_line(&[]), "[]\n");
        assert_eq!(array_in_line(&["1".into(), "2".into()]), "[1,2]\n");
    }

    proptest! {
        #[test]
        fn it_is_read_back_as_it_was(text: String) {
            let json = line(&text).unwrap();
            prop_assert!(json.chars().all(crate::escape::is_plain), "{json:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
