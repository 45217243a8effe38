//! The number of an application's identity.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::AppError;

/// The lowest identity.
pub const IDENTITY_MIN: Identity = Identity::MIN;

/// The highest identity.
pub const IDENTITY_MAX: Identity = Identity::MAX;

/// The number of an application's identity, from 0 to 9999; any other cannot exist.
///
/// Older texts call it `aid`. As text it is plain decimal, and nothing else is read: `007` and `+7`
/// name no identity.
///
/// ```
/// use hakurei_hst::Identity;
///
/// let identity: Identity = "9".parse()?;
/// assert_eq!(identity, Identity::from_static(9));
/// assert!("09".parse::<Identity>().is_err());
/// # Ok::<(), hakurei_hst::ParseIdentityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(u16);

impl Identity {
    /// The lowest identity, 0.
    pub const MIN: Self = Self(0);

    /// The highest identity, 9999.
    pub const MAX: Self = Self(9999);

    /// Checks a number.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] if it is not from 0 to 9999.
    pub fn new(number: impl Into<i64>) -> Result<Self, OutOfBounds> {
        let number = number.into();
        match u16::try_from(number) {
            Ok(identity) if identity <= Self::MAX.0 => Ok(Self(identity)),
            _ => Err(OutOfBounds { number }),
        }
    }

    /// Takes a number that stands in the source.
    ///
    /// # Panics
    ///
    /// If it is above 9999; in a constant that is an error of the compiler's.
    #[must_use]
    pub const fn from_static(number: u16) -> Self {
        assert!(number <= Self::MAX.0, "an identity is at most 9999");
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A number that is no [`Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("identity out of bounds")]
pub struct OutOfBounds {
    number: i64,
}

impl OutOfBounds {
    /// The number as it was given.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }
}

impl From<OutOfBounds> for AppError {
    fn from(error: OutOfBounds) -> Self {
        let message = format!("identity {} out of range", error.number);
        Self::new(crate::validate::STEP, error).with_message(message)
    }
}

impl FromStr for Identity {
    type Err = ParseIdentityError;

    /// Reads plain decimal digits.
    fn from_str(text: &str) -> Result<Self, ParseIdentityError> {
        let refuse = |fault| ParseIdentityError { text: text.into(), fault };
        let fault = match text.as_bytes() {
            [] => Fault::Empty,
            [b'+' | b'-', ..] => Fault::Sign,
            digits if !digits.iter().all(u8::is_ascii_digit) => Fault::Digit,
            [b'0', _, ..] => Fault::LeadingZero,
            // What a u16 cannot hold is out of range as well.
            _ => match text.parse() {
                Ok(number) if number <= Self::MAX.0 => return Ok(Self(number)),
                _ => Fault::OutOfRange,
            },
        };
        Err(refuse(fault))
    }
}

/// A text that is no [`Identity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseIdentityError {
    text: String,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Empty,
    Sign,
    Digit,
    LeadingZero,
    OutOfRange,
}

impl ParseIdentityError {
    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a plainly written number, only above 9999, rather than no number at all.
    #[must_use]
    pub fn is_out_of_range(&self) -> bool {
        self.fault == Fault::OutOfRange
    }
}

impl fmt::Display for ParseIdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = hakurei_check::quote(self.text.as_bytes());
        match self.fault {
            Fault::Empty => f.write_str("identity is empty"),
            Fault::Sign => write!(f, "identity {quoted} has a sign"),
            Fault::Digit => write!(f, "identity {quoted} is not a decimal number"),
            Fault::LeadingZero => write!(f, "identity {quoted} has a leading zero"),
            Fault::OutOfRange => write!(f, "identity {} out of range", self.text),
        }
    }
}

impl std::error::Error for ParseIdentityError {}

impl TryFrom<i64> for Identity {
    type Error = OutOfBounds;

    fn try_from(number: i64) -> Result<Self, OutOfBounds> {
        Self::new(number)
    }
}

impl From<Identity> for u16 {
    fn from(identity: Identity) -> Self {
        identity.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Identity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{IDENTITY_MAX, IDENTITY_MIN, Identity};
    use crate::AppError;

    #[test]
    fn says_what_is_wrong_with_a_text() {
        let cases = [
            ("", "identity is empty", false),
            ("007", r#"identity "007" has a leading zero"#, false),
            ("00", r#"identity "00" has a leading zero"#, false),
            ("+7", r#"identity "+7" has a sign"#, false),
            ("-1", r#"identity "-1" has a sign"#, false),
            ("-", r#"identity "-" has a sign"#, false),
            (" 7", r#"identity " 7" is not a decimal number"#, false),
            ("7\n", r#"identity "7\n" is not a decimal number"#, false),
            ("0x7", r#"identity "0x7" is not a decimal number"#, false),
            ("٧", r#"identity "٧" is not a decimal number"#, false),
            ("10000", "identity 10000 out of range", true),
            ("99999999999999999999999", "identity 99999999999999999999999 out of range", true),
        ];
        for (text, message, out_of_range) in cases {
            let refused = text.parse::<Identity>().unwrap_err();
            assert_eq!(refused.to_string(), message);
            assert_eq!(refused.text(), text);
            assert_eq!(refused.is_out_of_range(), out_of_range, "{text}");
        }
    }

    #[test]
    fn bounds_are_inside() {
        assert_eq!(Identity::new(0), Ok(IDENTITY_MIN));
        assert_eq!(Identity::new(9999), Ok(IDENTITY_MAX));
        for number in [-1, 10000, i64::MIN, i64::MAX, 65536, 65543] {
            let refused = Identity::new(number).unwrap_err();
            assert_eq!(refused.number(), number);
            assert_eq!(refused.to_string(), "identity out of bounds");
        }
    }

    #[test]
    fn out_of_bounds_is_an_error_of_the_configuration() {
        let error = AppError::from(Identity::new(10000).unwrap_err());
        assert_eq!(error.step(), "validate configuration");
        assert_eq!(error.message(), "identity 10000 out of range");
    }

    #[test]
    fn json_is_an_integer() {
        assert_eq!(serde_json::to_string(&Identity::from_static(9)).unwrap(), "9");
        assert_eq!(serde_json::from_str::<Identity>("9").unwrap(), Identity::from_static(9));
        for refused in ["-1", "10000", "9.5", "\"9\"", "[9]", "1e2"] {
            assert!(serde_json::from_str::<Identity>(refused).is_err(), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn every_identity_is_read_back(number in 0_u16..=9999) {
            let identity = Identity::new(number).unwrap();
            prop_assert_eq!(identity.to_string().parse(), Ok(identity));
            prop_assert_eq!(identity.get(), number);
        }

        #[test]
        fn what_is_read_is_written_the_same(text in "[-+0-9a ]{0,6}") {
            if let Ok(identity) = text.parse::<Identity>() {
                prop_assert_eq!(identity.to_string(), text);
            }
        }
    }
}
