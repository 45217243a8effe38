//! The container that an application runs in.

use std::collections::BTreeMap;
use std::time::Duration;

use hakurei_check::{Absolute, absolute};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess};

use crate::object::{self, Member, Object, is_unset};
use crate::{Filesystem, Flags, Text};

/// A directory that is private to each container and can be written to.
pub const PRIVATE_TMP: Absolute = absolute!("/.hakurei");

/// How long a program has to end, if its container does not say.
pub const WAIT_DELAY_DEFAULT: Duration = Duration::from_secs(5);

/// How long a program has to end, at most.
pub const WAIT_DELAY_MAX: Duration = Duration::from_secs(30);

/// The container that an application runs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Container {
    /// The name of the host inside.
    #[serde(skip_serializing_if = "is_unset")]
    pub hostname: Text,
    /// How long the first program has to end once asked, in nanoseconds; see
    /// [`effective_wait_delay`](Self::effective_wait_delay).
    #[serde(skip_serializing_if = "is_unset")]
    pub wait_delay: i64,
    /// The environment of the first program.
    pub env: Option<BTreeMap<Text, Text>>,
    /// What is mounted, in order.
    pub filesystem: Option<Vec<Filesystem>>,
    /// The name of the user inside.
    #[serde(skip_serializing_if = "is_unset")]
    pub username: Text,
    /// The user's shell, by its path inside.
    pub shell: Option<Absolute>,
    /// The user's home directory, by its path inside.
    pub home: Option<Absolute>,
    /// The first program, by its path inside.
    #[serde(skip_serializing_if = "is_unset")]
    pub path: Option<Absolute>,
    /// The arguments of the first program, beginning with its name.
    pub args: Option<Vec<Text>>,
    /// The switches.
    #[serde(flatten)]
    pub flags: Flags,
}

impl Container {
    /// How long the first program really has to end: 5 s if nothing is said, 30 s at most, and no
    /// time at all for what is negative.
    #[must_use]
    pub fn effective_wait_delay(&self) -> Duration {
        match u64::try_from(self.wait_delay) {
            Ok(0) => WAIT_DELAY_DEFAULT,
            Ok(nanoseconds) => Duration::from_nanos(nanoseconds).min(WAIT_DELAY_MAX),
            Err(_) => Duration::ZERO,
        }
    }
}

impl Object for Container {
    const WHAT: &'static str = "an object that configures a container";

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "hostname" => self.hostname = member.read()?,
            "wait_delay" => self.wait_delay = member.read()?,
            "env" => self.env = member.read()?,
            "filesystem" => self.filesystem = member.read()?,
            "username" => self.username = member.read()?,
            "shell" => self.shell = member.read()?,
            "home" => self.home = member.read()?,
            "path" => self.path = member.read()?,
            "args" => self.args = member.read()?,
            _ => match Flags::of_key(key) {
                Some(flag) => self.flags = self.flags.with(flag, member.read()?),
                None => member.ignore()?,
            },
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Container {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Container;
    use crate::Flags;

    #[test]
    fn the_wait_delay_has_a_default_and_a_limit() {
        const SECOND: i64 = 1_000_000_000;
        for (wait_delay, effective) in [
            (0, Duration::from_secs(5)),
            (1, Duration::from_nanos(1)),
            (7 * SECOND, Duration::from_secs(7)),
            (30 * SECOND, Duration::from_secs(30)),
            (30 * SECOND + 1, Duration::from_secs(30)),
            (i64::MAX, Duration::from_secs(30)),
            (-1, Duration::ZERO),
            (i64::MIN, Duration::ZERO),
        ] {
            let container = Container { wait_delay, ..Container::default() };
            assert_eq!(container.effective_wait_delay(), effective, "{wait_delay}");
        }
    }

    #[test]
    fn json_has_what_go_always_writes() {
        let nothing =
            r#""env":null,"filesystem":null,"shell":null,"home":null,"args":null"#.to_owned();
        for (flags, switches) in [
            (Flags::default(), r#""map_real_uid":false"#),
            (
                Flags::HOST_NET | Flags::HOST_ABSTRACT,
                r#""host_net":true,"host_abstract":true,"map_real_uid":false"#,
            ),
            (
                Flags::ALL,
                concat!(
                    r#""seccomp_compat":true,"devel":true,"userns":true,"host_net":true,"#,
                    r#""host_abstract":true,"tty":true,"multiarch":true,"map_real_uid":true,"#,
                    r#""device":true,"share_runtime":true,"share_tmpdir":true"#,
                ),
            ),
        ] {
            let container = Container { flags, ..Container::default() };
            let json = serde_json::to_string(&container).unwrap();
            assert_eq!(json, format!("{{{nothing},{switches}}}"));
            assert_eq!(serde_json::from_str::<Container>(&json).unwrap(), container);
        }
    }
}
