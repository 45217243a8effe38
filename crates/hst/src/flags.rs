//! The switches of a container.

use std::fmt;
use std::ops::BitOr;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// The switches of a container, one bit each.
///
/// In JSON they are separate members of the container. Bits that are not known are kept, but not
/// written there. Go holds them in a machine word, hence 64 bits.
///
/// ```
/// use hakurei_hst::Flags;
///
/// let flags = Flags::USERNS | Flags::TTY;
/// assert_eq!(flags.to_string(), "userns, tty");
/// assert_eq!(flags.bits(), 0x48);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u64);

impl Flags {
    /// System calls of the machine's other architectures are allowed.
    pub const MULTIARCH: Self = Self(1 << 0);

    /// System calls are filtered as Flatpak does it.
    pub const SECCOMP_COMPAT: Self = Self(1 << 1);

    /// Tracing of processes, and its like, is allowed.
    pub const DEVEL: Self = Self(1 << 2);

    /// User namespaces, and setting up containers, are allowed.
    pub const USERNS: Self = Self(1 << 3);

    /// The network namespace is the host's.
    pub const HOST_NET: Self = Self(1 << 4);

    /// The abstract sockets are the host's.
    pub const HOST_ABSTRACT: Self = Self(1 << 5);

    /// Dangerous terminal I/O, such as faked input, is allowed.
    pub const TTY: Self = Self(1 << 6);

    /// The user inside has the number of the calling user.
    pub const MAP_REAL_UID: Self = Self(1 << 7);

    /// The host's `/dev` is mounted as it is.
    pub const DEVICE: Self = Self(1 << 8);

    /// The runtime directory is shared by all instances of the identity.
    pub const SHARE_RUNTIME: Self = Self(1 << 9);

    /// The temporary directory is shared by all instances of the identity.
    pub const SHARE_TMPDIR: Self = Self(1 << 10);

    /// All known bits.
    pub const ALL: Self = Self((1 << 11) - 1);

    /// The names in texts, in the order of the bits.
    const NAMES: [(Self, &'static str); 11] = [
        (Self::MULTIARCH, "multiarch"),
        (Self::SECCOMP_COMPAT, "compat"),
        (Self::DEVEL, "devel"),
        (Self::USERNS, "userns"),
        (Self::HOST_NET, "net"),
        (Self::HOST_ABSTRACT, "abstract"),
        (Self::TTY, "tty"),
        (Self::MAP_REAL_UID, "mapuid"),
        (Self::DEVICE, "device"),
        (Self::SHARE_RUNTIME, "runtime"),
        (Self::SHARE_TMPDIR, "tmpdir"),
    ];

    /// The keys in JSON, in the order in which Go writes them.
    const KEYS: [(Self, &'static str); 11] = [
        (Self::SECCOMP_COMPAT, "seccomp_compat"),
        (Self::DEVEL, "devel"),
        (Self::USERNS, "userns"),
        (Self::HOST_NET, "host_net"),
        (Self::HOST_ABSTRACT, "host_abstract"),
        (Self::TTY, "tty"),
        (Self::MULTIARCH, "multiarch"),
        (Self::MAP_REAL_UID, "map_real_uid"),
        (Self::DEVICE, "device"),
        (Self::SHARE_RUNTIME, "share_runtime"),
        (Self::SHARE_TMPDIR, "share_tmpdir"),
    ];

    /// Takes any bits, known or not.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// All the bits, known or not.
    #[must_use]
    pub const fn bits(self) -> u64 {
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

    /// The same but for this flag.
    pub(crate) fn with(self, flag: Self, set: bool) -> Self {
        Self(if set { self.0 | flag.0 } else { self.0 & !flag.0 })
    }

    /// The flag that a member of the container is about.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Self::KEYS.into_iter().find(|(_, known)| *known == key).map(|(flag, _)| flag)
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Display for Flags {
    /// Writes the names of the known bits, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (flag, name) in Self::NAMES {
            if self.contains(flag) {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("none") } else { Ok(()) }
    }
}

impl Serialize for Flags {
    /// Writes the members that a container has for them: those set, and `map_real_uid` always.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (flag, key) in Self::KEYS {
            if self.contains(flag) || flag == Self::MAP_REAL_UID {
                map.serialize_entry(key, &self.contains(flag))?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Flags;

    const EVERY_NAME: &str =
        "multiarch, compat, devel, userns, net, abstract, tty, mapuid, device, runtime, tmpdir";

    #[test]
    fn texts_are_those_of_go() {
        for (bits, text) in [
            (0, "none"),
            (1 << 11, "none"),
            (1 << 63, "none"),
            (1 << 7 | 1 << 40, "mapuid"),
            (Flags::ALL.bits(), EVERY_NAME),
            (u64::MAX, EVERY_NAME),
        ] {
            assert_eq!(Flags::from_bits(bits).to_string(), text);
        }
    }

    #[test]
    fn every_bit_has_one_name_and_one_key() {
        let mut named = Flags::default();
        let mut keyed = Flags::default();
        for ((flag, _), (other, key)) in Flags::NAMES.into_iter().zip(Flags::KEYS) {
            named = named | flag;
            keyed = keyed | other;
            assert_eq!(Flags::of_key(key), Some(other));
        }
        assert_eq!((named, keyed), (Flags::ALL, Flags::ALL));
        assert_eq!(Flags::of_key("compat"), None);
    }

    #[test]
    fn json_always_says_whether_the_user_is_mapped() {
        let written = |flags: Flags| serde_json::to_string(&flags).unwrap();
        assert_eq!(written(Flags::default()), r#"{"map_real_uid":false}"#);
        assert_eq!(
            written(Flags::MULTIARCH | Flags::DEVICE | Flags::SECCOMP_COMPAT),
            r#"{"seccomp_compat":true,"multiarch":true,"map_real_uid":false,"device":true}"#,
        );
    }
}
