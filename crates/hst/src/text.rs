//! Strings that are nearly always UTF-8.

use std::borrow::{Borrow, Cow};
use std::fmt;

use bstr::BString;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// A string of bytes that is nearly always UTF-8, and is kept as it is where it is not.
///
/// Arguments and environments come from programs that may write anything. It is as easy to make
/// from a `&str` as a `String` is, and is ordered by its bytes.
///
/// ```
/// use hakurei_hst::Text;
///
/// let plain = Text::from("café");
/// let odd = Text::from(&b"caf\xe9"[..]);
/// assert_eq!(plain, "café");
/// assert_eq!(odd.to_str(), None);
/// assert_eq!(odd.to_string(), "caf\u{fffd}");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(BString);

impl Text {
    /// The empty string.
    #[must_use]
    pub const fn new() -> Self {
        Self(BString::new(Vec::new()))
    }

    /// The bytes as they are.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The string, if it is UTF-8.
    #[must_use]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The string with one U+FFFD in place of each byte that is not UTF-8, as Go's JSON has it.
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        if let Some(text) = self.to_str() {
            return Cow::Borrowed(text);
        }
        let mut lossy = String::with_capacity(self.0.len());
        for chunk in self.0.utf8_chunks() {
            lossy.push_str(chunk.valid());
            lossy.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        }
        Cow::Owned(lossy)
    }

    /// Whether there is no byte in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its own bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into()
    }
}

impl fmt::Display for Text {
    /// Writes the string, with U+FFFD in place of what is not UTF-8; nothing is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_str_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hakurei_check::quote(&self.0))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Serialize for Text {
    /// Writes a string. What is not UTF-8 becomes bytes in a binary format, and U+FFFD in a
    /// human-readable one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.to_str().is_none() && !serializer.is_human_readable() {
            return serializer.serialize_bytes(&self.0);
        }
        serializer.serialize_str(&self.to_str_lossy())
    }
}

impl<'de> Deserialize<'de> for Text {
    /// Reads a string or bytes; null is the empty string, as it is for Go.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(text.into())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(bytes.into())
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::new())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Text;

    #[test]
    fn replaces_each_bad_byte_alone_as_go_does() {
        let cases: [(&[u8], &str); 5] = [
            (b"plain", "plain"),
            ("naïve".as_bytes(), "naïve"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"\xe2\x82", "\u{fffd}\u{fffd}"),
            (b"\xed\xa0\x80x", "\u{fffd}\u{fffd}\u{fffd}x"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(Text::from(bytes).to_string(), shown, "{bytes:?}");
        }
    }

    #[test]
    fn is_quoted_for_debugging() {
        assert_eq!(format!("{:?}", Text::from("a\x1b\"")), r#""a\x1b\"""#);
    }

    #[test]
    fn is_padded_like_a_string() {
        assert_eq!(format!("{:>4}|{:<4}|", Text::from("ab"), Text::from("cd")), "  ab|cd  |");
    }

    #[test]
    fn is_found_in_a_map_by_its_bytes() {
        let map = BTreeMap::from([(Text::from("HOME"), 1)]);
        assert_eq!(map.get(b"HOME".as_slice()), Some(&1));
        assert_eq!(map.get(b"home".as_slice()), None);
    }

    #[test]
    fn json_is_a_string() {
        let odd = Text::from(&b"a\xff"[..]);
        assert_eq!(serde_json::to_string(&odd).unwrap(), "\"a\u{fffd}\"");
        assert_eq!(serde_json::from_str::<Text>(r#""\u0000é""#).unwrap(), "\0é");
        assert_eq!(serde_json::from_str::<Text>("null").unwrap(), "");
        let refused = serde_json::from_str::<Text>("7").unwrap_err().to_string();
        assert!(refused.contains("expected a string"), "{refused}");
    }
}
