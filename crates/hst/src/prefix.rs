//! What people type for an instance.

use std::fmt;
use std::str::FromStr;

use crate::instance_id::digit;
use crate::{InstanceId, InstanceIdError};

/// The first 8 to 16 digits of the random half of an [`InstanceId`], which select an instance.
///
/// Several instances may match; whoever looks one up must say so rather than take the first.
///
/// ```
/// use hakurei_hst::{InstanceId, Prefix};
///
/// let id = InstanceId::from_parts(0, *b"\xf1\xe2\xd3\xc4\xb5\xa6\x97\x88");
/// let prefix: Prefix = "f1e2d3c4b".parse()?;
/// assert!(prefix.matches(&id));
/// # Ok::<(), hakurei_hst::InstanceIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prefix {
    /// How many digits, from 8 to 16.
    digits: u8,
    /// Their value.
    value: u64,
}

impl Prefix {
    /// How many digits people see of an id.
    const SHORT: u8 = 8;

    /// How many digits the random half has.
    const WHOLE: u8 = 16;

    /// Whether the random half of the id begins with these digits.
    #[must_use]
    pub fn matches(&self, id: &InstanceId) -> bool {
        Self::of(id, self.digits) == *self
    }

    pub(crate) fn short_of(id: &InstanceId) -> Self {
        Self::of(id, Self::SHORT)
    }

    fn of(id: &InstanceId, digits: u8) -> Self {
        Self { digits, value: id.random() >> (4 * (Self::WHOLE - digits)) }
    }
}

impl FromStr for Prefix {
    type Err = InstanceIdError;

    /// Reads 8 to 16 lowercase hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, InstanceIdError> {
        let Ok(digits @ Self::SHORT..=Self::WHOLE) = u8::try_from(text.len()) else {
            return Err(InstanceIdError::LENGTH);
        };
        let mut value = 0;
        for byte in text.bytes() {
            value = value << 4 | u64::from(digit(byte)?);
        }
        Ok(Self { digits, value })
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.value, width = usize::from(self.digits))
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Prefix;
    use crate::InstanceId;

    #[test]
    fn only_8_to_16_lowercase_digits_are_read() {
        for text in ["", "0123456", "0123456789abcdef0", "0123456F", "0123456g", "+1234567"] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
        for text in ["01234567", "00000000", "0123456789abcdef"] {
            assert_eq!(text.parse::<Prefix>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn looks_at_the_random_half_alone() {
        let id: InstanceId = "aaaaaaaaaaaaaaaa0bbbbbbbcccccccc".parse().unwrap();
        for (text, matches) in [
            ("0bbbbbbb", true),
            ("0bbbbbbbc", true),
            ("0bbbbbbbcccccccc", true),
            ("aaaaaaaa", false),
            ("bbbbbbbc", false),
            ("0bbbbbbbcccccccd", false),
        ] {
            assert_eq!(text.parse::<Prefix>().unwrap().matches(&id), matches, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_prefix_of_an_id_matches_it(bytes in any::<[u8; 16]>(), digits in 8_usize..=16) {
            let id = InstanceId::from_bytes(bytes);
            let text = &id.to_string()[16..16 + digits];
            let prefix: Prefix = text.parse().unwrap();
            prop_assert!(prefix.matches(&id));
            prop_assert_eq!(prefix.to_string(), text);
        }
    }
}
