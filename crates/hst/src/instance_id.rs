//! The name of one running instance.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::Prefix;

/// The name of one running instance: when it was made, and eight random bytes.
///
/// The first half is big-endian nanoseconds since the epoch, so ids are ordered by their age. As
/// text it is 32 lowercase hexadecimal digits. People type and see the first digits of the random
/// half; see [`short`](Self::short) and [`Prefix`].
///
/// ```
/// use hakurei_hst::InstanceId;
///
/// let id: InstanceId = "187a2f3d5c0a1b00f1e2d3c4b5a69788".parse()?;
/// assert_eq!(id.short().to_string(), "f1e2d3c4");
/// assert_eq!(id.created_nanoseconds(), 0x187a_2f3d_5c0a_1b00);
/// # Ok::<(), hakurei_hst::InstanceIdError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId([u8; 16]);

impl InstanceId {
    /// Puts an id together, from nanoseconds since the epoch and bytes that whoever makes ids must
    /// draw at random.
    #[must_use]
    pub fn from_parts(nanoseconds: u64, random: [u8; 8]) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&nanoseconds.to_be_bytes());
        id[8..].copy_from_slice(&random);
        Self(id)
    }

    /// Takes the bytes of an id.
    #[must_use]
    pub const fn from_bytes(id: [u8; 16]) -> Self {
        Self(id)
    }

    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// When it was made, by the clock of the day.
    #[must_use]
    pub fn created(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_nanos(self.created_nanoseconds())
    }

    /// When it was made, in nanoseconds since the epoch.
    #[must_use]
    pub fn created_nanoseconds(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The first 8 digits of the random half: what people type and see.
    #[must_use]
    pub fn short(&self) -> Prefix {
        Prefix::short_of(self)
    }

    /// The random half as a number, first byte highest.
    pub(crate) fn random(&self) -> u64 {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl FromStr for InstanceId {
    type Err = InstanceIdError;

    /// Reads 32 lowercase hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, InstanceIdError> {
        if text.len() != 32 {
            return Err(InstanceIdError::LENGTH);
        }
        let mut id: u128 = 0;
        for byte in text.bytes() {
            id = id << 4 | u128::from(digit(byte)?);
        }
        Ok(Self(id.to_be_bytes()))
    }
}

/// The value of a lowercase hexadecimal digit.
pub(crate) fn digit(byte: u8) -> Result<u8, InstanceIdError> {
    match DIGITS[usize::from(byte)] {
        NO_DIGIT => Err(InstanceIdError(Fault::Byte(byte))),
        value => Ok(value),
    }
}

const NO_DIGIT: u8 = 0xff;

/// The digits of an id are random: whether a digit or a letter comes next, no processor can guess, so
/// that a table is quicker than a choice.
const DIGITS: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    values
};

/// A text that is no [`InstanceId`], or no [`Prefix`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceIdError(Fault);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Length,
    Byte(u8),
}

impl InstanceIdError {
    pub(crate) const LENGTH: Self = Self(Fault::Length);

    /// The byte that is no lowercase hexadecimal digit; none if it is the length that is wrong.
    #[must_use]
    pub fn invalid_byte(&self) -> Option<u8> {
        match self.0 {
            Fault::Length => None,
            Fault::Byte(byte) => Some(byte),
        }
    }
}

impl fmt::Display for InstanceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault::Byte(byte) = self.0 else {
            return f.write_str("identifier string has unexpected length");
        };
        write!(f, "got invalid byte U+{byte:04X}")?;
        // Go takes the byte for a Latin-1 character, of which these are printable.
        if matches!(byte, b' '..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
            write!(f, " '{}'", char::from(byte))?;
        }
        f.write_str(" in identifier")
    }
}

impl std::error::Error for InstanceIdError {}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for InstanceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InstanceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::InstanceId;

    const SAMPLE: &str = "ba21c9bd33d9d37917288281a2a0d239";

    #[test]
    fn says_what_is_wrong_with_a_text() {
        let digits = |last: &str| format!("{}{last}", &SAMPLE[..32 - last.len()]);
        let length = "identifier string has unexpected length";
        let cases = [
            (String::new(), length, None),
            ("meow".into(), length, None),
            (SAMPLE[1..].into(), length, None),
            (format!("{SAMPLE}0"), length, None),
            (digits("\0"), "got invalid byte U+0000 in identifier", Some(0)),
            (digits("g"), "got invalid byte U+0067 'g' in identifier", Some(b'g')),
            (digits("A"), "got invalid byte U+0041 'A' in identifier", Some(b'A')),
            (digits(" "), "got invalid byte U+0020 ' ' in identifier", Some(b' ')),
            (digits("\x7f"), "got invalid byte U+007F in identifier", Some(0x7f)),
            (digits("é"), "got invalid byte U+00C3 'Ã' in identifier", Some(0xc3)),
        ];
        for (text, message, byte) in cases {
            let refused = text.parse::<InstanceId>().unwrap_err();
            assert_eq!(refused.to_string(), message, "{text:?}");
            assert_eq!(refused.invalid_byte(), byte, "{text:?}");
        }
    }

    #[test]
    fn upper_case_is_refused() {
        assert!(SAMPLE.to_uppercase().parse::<InstanceId>().is_err());
    }

    #[test]
    fn is_drawn_big_endian() {
        let id =
            InstanceId::from_parts(0xba21_c9bd_33d9_d379, *b"\x17\x28\x82\x81\xa2\xa0\xd2\x39");
        assert_eq!(id.to_string(), SAMPLE);
        assert_eq!(format!("{id:?}"), SAMPLE);
        assert_eq!(id.as_bytes()[..2], [0xba, 0x21]);
        assert_eq!(id.short().to_string(), "17288281");
    }

    #[test]
    fn even_the_last_instant_is_a_time() {
        let id = InstanceId::from_parts(u64::MAX, [0; 8]);
        assert_eq!(id.created(), SystemTime::UNIX_EPOCH + Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn json_is_the_text() {
        let id: InstanceId = SAMPLE.parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{SAMPLE}\""));
        assert_eq!(serde_json::from_str::<InstanceId>(&json).unwrap(), id);
    }

    proptest! {
        #[test]
        fn every_id_is_read_back(bytes in any::<[u8; 16]>()) {
            let id = InstanceId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let again = InstanceId::from_parts(id.created_nanoseconds(), bytes[8..].try_into().unwrap());
            prop_assert_eq!(again, id);
        }

        #[test]
        fn what_is_read_is_written_the_same(text in "[0-9a-gA-F]{31,33}") {
            if let Ok(id) = text.parse::<InstanceId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn younger_ids_are_greater(one in any::<u64>(), other in any::<u64>(), random: [u8; 8]) {
            let by_age = one.cmp(&other);
            let ids = [one, other].map(|nanoseconds| InstanceId::from_parts(nanoseconds, random));
            prop_assert_eq!(ids[0].cmp(&ids[1]), by_age);
        }
    }
}
