//! States with anything in them.

use std::collections::BTreeMap;

use hakurei_check::Absolute;
use hakurei_hst::{
    Bind, BusConfig, Config, Container, Enablements, Ephemeral, ExtraPerm, Filesystem, Flags,
    InstanceId, Link, Overlay, State, Text, Time,
};

use crate::identity;

/// A state that has anything in it that a valid one may have, made of a number.
///
/// # Panics
///
/// If there is no such time or pathname, which the dice do not show.
#[must_use]
pub fn random_state(seed: u64) -> State {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let id = InstanceId::from_parts(dice.roll(), dice.roll().to_be_bytes());
    let offset = dice.below(172_799) - 86_399;
    // Gob has no way to write these, and Go reads some others of them wrong.
    let offset = if offset % 60 == 0 && offset != -60 { offset } else { 0 };
    let seconds = i64::from(dice.below(i32::MAX));
    let nanoseconds = dice.below(1_000_000_000).unsigned_abs();
    let time = Time::from_parts(seconds, nanoseconds, offset);
    State {
        id,
        pid: dice.number(),
        shim_pid: dice.number(),
        config: dice.config(),
        time: time.unwrap_or_else(|error| panic!("{error}")),
    }
}

/// A xorshift generator: what it gives depends on the seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: i32) -> i32 {
        let end = u64::from(end.unsigned_abs());
        i32::try_from(self.roll() % end).unwrap_or_default()
    }

    fn coin(&mut self) -> bool {
        self.roll().is_multiple_of(2)
    }

    /// Small, large, negative or nothing.
    fn number(&mut self) -> i64 {
        match self.below(4) {
            0 => 0,
            1 => self.below(1000).into(),
            2 => -i64::from(self.below(1000)),
            _ => self.roll().cast_signed(),
        }
    }

    fn maybe<T>(&mut self, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| some(self))
    }

    fn several<T>(&mut self, mut each: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| each(self)).collect()
    }

    /// Any bytes that an environment or an argument may have.
    fn text(&mut self) -> Text {
        let bytes: Vec<u8> =
            self.several(|dice| dice.roll().to_be_bytes().map(|byte| byte.max(1))).concat();
        Text::from(bytes)
    }

    fn name(&mut self) -> Text {
        Text::from(format!("org.example.n{}", self.below(1000)))
    }

    fn path(&mut self) -> Absolute {
        let mut bytes = b"/".to_vec();
        bytes.extend_from_slice(self.text().as_bytes());
        Absolute::new(bytes).unwrap_or_else(|error| panic!("{error}"))
    }

    fn map(&mut self, key: impl Fn(&mut Self) -> Text) -> BTreeMap<Text, Text> {
        self.several(|dice| (key(dice), dice.text())).into_iter().collect()
    }

    fn config(&mut self) -> Config {
        Config {
            id: self.text(),
            enablements: self.maybe(|dice| Enablements::from_bits(dice.roll().to_le_bytes()[0])),
            session_bus: self.maybe(Self::bus),
            system_bus: self.maybe(Self::bus),
            direct_wayland: self.coin(),
            extra_perms: self.several(Self::extra_perm),
            identity: identity(u16::try_from(self.below(10_000)).unwrap_or_default()),
            groups: self.maybe(|dice| dice.several(Self::text)),
            container: Some(self.container()),
        }
    }

    fn bus(&mut self) -> BusConfig {
        BusConfig {
            see: self.maybe(|dice| dice.several(Self::name)),
            talk: self.maybe(|dice| dice.several(Self::name)),
            own: self.maybe(|dice| dice.several(Self::name)),
            call: self.maybe(|dice| dice.map(Self::name)),
            broadcast: self.maybe(|dice| dice.map(Self::name)),
            log: self.coin(),
            filter: self.coin(),
        }
    }

    fn extra_perm(&mut self) -> ExtraPerm {
        ExtraPerm {
            ensure: self.coin(),
            path: self.maybe(Self::path),
            read: self.coin(),
            write: self.coin(),
            execute: self.coin(),
        }
    }

    fn container(&mut self) -> Container {
        Container {
            hostname: self.text(),
            wait_delay: self.number(),
            env: self.maybe(|dice| dice.map(Self::name)),
            filesystem: self.maybe(|dice| dice.several(Self::mount)),
            username: self.text(),
            shell: Some(self.path()),
            home: Some(self.path()),
            path: Some(self.path()),
            args: self.maybe(|dice| dice.several(Self::text)),
            flags: Flags::from_bits(self.roll()),
        }
    }

    fn mount(&mut self) -> Filesystem {
        match self.below(4) {
            0 => Filesystem::Bind(Bind {
                target: self.maybe(Self::path),
                source: self.maybe(Self::path),
                write: self.coin(),
                device: self.coin(),
                ensure: self.coin(),
                optional: self.coin(),
                special: self.coin(),
            }),
            1 => Filesystem::Ephemeral(Ephemeral {
                target: self.maybe(Self::path),
                write: self.coin(),
                size: self.number(),
                perm: self.below(i32::MAX).unsigned_abs(),
            }),
            2 => Filesystem::Overlay(Overlay {
                target: self.maybe(Self::path),
                lower: self.maybe(|dice| dice.several(|dice| Some(dice.path()))),
                upper: self.maybe(Self::path),
                work: self.maybe(Self::path),
            }),
            _ => Filesystem::Link(Link {
                target: self.maybe(Self::path),
                linkname: self.text(),
                dereference: self.coin(),
            }),
        }
    }
}
