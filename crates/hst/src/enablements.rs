//! The services of the host that an application gets.

use std::fmt;
use std::ops::BitOr;

use serde::de::{Deserialize, Deserializer, MapAccess};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::object::{self, Member, Object};

/// The services of the host that an application gets, one bit each.
///
/// Bits that are not known are kept, but not written as JSON.
///
/// ```
/// use hakurei_hst::Enablements;
///
/// let enablements = Enablements::WAYLAND | Enablements::PULSE;
/// assert_eq!(enablements.to_string(), "wayland, pulseaudio");
/// assert!(!enablements.contains(Enablements::DBUS));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Enablements(u8);

impl Enablements {
    /// The Wayland compositor.
    pub const WAYLAND: Self = Self(1 << 0);

    /// The X11 server.
    pub const X11: Self = Self(1 << 1);

    /// The session and system buses, through a proxy.
    pub const DBUS: Self = Self(1 << 2);

    /// The PulseAudio server.
    pub const PULSE: Self = Self(1 << 3);

    /// Every one that is known.
    pub const ALL: Self = Self(Self::WAYLAND.0 | Self::X11.0 | Self::DBUS.0 | Self::PULSE.0);

    /// Each known bit, with its name in texts and its key in JSON.
    const KNOWN: [(Self, &'static str, &'static str); 4] = [
        (Self::WAYLAND, "wayland", "wayland"),
        (Self::X11, "x11", "x11"),
        (Self::DBUS, "dbus", "dbus"),
        (Self::PULSE, "pulseaudio", "pulse"),
    ];

    /// Takes any bits, known or not.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// All the bits, known or not.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether no bit is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all bits of the other are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOr for Enablements {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Display for Enablements {
    /// Writes the names of the known bits; without any, `(no enablements)`, or `e` and the unknown
    /// bits in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (bit, name, _) in Self::KNOWN {
            if self.contains(bit) {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        match (separator, self.0) {
            ("", 0) => f.write_str("(no enablements)"),
            ("", bits) => write!(f, "e{bits:x}"),
            _ => Ok(()),
        }
    }
}

impl Serialize for Enablements {
    /// Writes an object in which only the set ones are.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (bit, _, key) in Self::KNOWN {
            if self.contains(bit) {
                map.serialize_entry(key, &true)?;
            }
        }
        map.end()
    }
}

impl Object for Enablements {
    const WHAT: &'static str = "an object of enablements";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        let Some((bit, ..)) = Self::KNOWN.into_iter().find(|(_, _, known)| *known == key) else {
            return member.ignore();
        };
        self.0 = if member.read()? { self.0 | bit.0 } else { self.0 & !bit.0 };
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Enablements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Enablements;

    #[test]
    fn texts_are_those_of_go() {
        for (bits, text) in [
            (0, "(no enablements)"),
            (1, "wayland"),
            (2, "x11"),
            (4, "dbus"),
            (8, "pulseaudio"),
            (9, "wayland, pulseaudio"),
            (15, "wayland, x11, dbus, pulseaudio"),
            (0x20, "e20"),
            (0xf0, "ef0"),
            (0xff, "wayland, x11, dbus, pulseaudio"),
            (0x82, "x11"),
        ] {
            assert_eq!(Enablements::from_bits(bits).to_string(), text);
        }
    }

    #[test]
    fn all_are_those_with_a_name() {
        let named = Enablements::KNOWN.into_iter().fold(Enablements(0), |all, (bit, ..)| all | bit);
        assert_eq!(Enablements::ALL, named);
    }

    #[test]
    fn json_has_the_set_ones_alone() {
        let written = |bits| serde_json::to_string(&Enablements::from_bits(bits)).unwrap();
        assert_eq!(written(0), "{}");
        assert_eq!(written(9), r#"{"wayland":true,"pulse":true}"#);
        assert_eq!(written(0xff), r#"{"wayland":true,"x11":true,"dbus":true,"pulse":true}"#);
    }

    #[test]
    fn json_ignores_what_is_unset_or_unknown() {
        for (json, bits) in [
            ("{}", 0),
            (r#"{"wayland":false,"x11":null,"dbus":true}"#, 4),
            (r#"{"pipewire":{"a":[1]},"pulse":true}"#, 8),
        ] {
            assert_eq!(serde_json::from_str::<Enablements>(json).unwrap().bits(), bits, "{json}");
        }
        for json in ["13", "[true]", r#""wayland""#, r#"{"x11":1}"#] {
            assert!(serde_json::from_str::<Enablements>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn is_a_set_of_bits(one: u8, other: u8) {
            let [a, b] = [one, other].map(Enablements::from_bits);
            prop_assert_eq!((a | b).bits(), one | other);
            prop_assert!((a | b).contains(a) && (a | b).contains(b));
            prop_assert_eq!(a.contains(b), a | b == a);
            prop_assert_eq!(a.is_empty(), one == 0);
        }
    }
}
