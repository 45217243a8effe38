//! Who saves what, one process after another.

use hakurei_store::Format;

use crate::act::{self, Act};
use crate::disk::Detail;

/// What is recorded, and what of it must be there after a power cut.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) format: Format,
    pub(crate) acts: &'static [Played],
    pub(crate) syncs: Syncs,
}

/// An act, and what the kernel refuses in it.
pub(crate) struct Played {
    pub(crate) act: Act,
    pub(crate) refusal: Option<Refusal>,
}

/// A call that fails as it would on another filesystem, or on a broken disk.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    pub(crate) call: &'static str,
    /// What its line holds.
    pub(crate) word: &'static str,
    /// The first such call, or the last one.
    pub(crate) which: Which,
    pub(crate) errno: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    First,
    Last,
}

/// What the syncs of a scene are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syncs {
    /// Without any one of them, something is lost.
    Each,
    /// Without any one of so many; the others are of names that are on the disk already, by another's.
    Some(usize),
    /// There are none, and what was saved can be lost.
    None,
}

impl Scene {
    /// Whether a name may come to the disk before what it names: where there is nothing but files with
    /// names, and where nothing is synced.
    pub(crate) fn may_be_torn(&self) -> bool {
        let in_place = |played: &Played| {
            played.refusal.is_some_and(|refusal| refusal.word == NO_UNNAMED_FILES.word)
        };
        self.syncs == Syncs::None || self.acts.iter().any(in_place)
    }

    /// Every byte of an entry is looked at where that is all that is looked for.
    pub(crate) fn detail(&self) -> Detail {
        if self.syncs == Syncs::None { Detail::Coarse } else { Detail::Fine }
    }
}

const NO_UNNAMED_FILES: Refusal =
    Refusal { call: "openat", word: "O_TMPFILE", which: Which::First, errno: "EOPNOTSUPP" };

const BROKEN_DISK: Refusal = Refusal { call: "fsync", word: "", which: Which::Last, errno: "EIO" };

const fn plain(act: Act) -> Played {
    Played { act, refusal: None }
}

const fn in_place(act: Act) -> Played {
    Played { act, refusal: Some(NO_UNNAMED_FILES) }
}

/// Each makes its lock files and its entry in place: one file each, for one call can be refused.
const IN_PLACE: &[Played] =
    &[in_place(act::make_store), in_place(act::make_segment), in_place(act::save_durably)];

pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "the first of a store",
        format: Format::Cbor,
        acts: &[plain(act::save_durably)],
        syncs: Syncs::Each,
    },
    Scene {
        name: "the same in Go's format",
        format: Format::Gob,
        acts: &[plain(act::save_durably)],
        syncs: Syncs::Each,
    },
    Scene { name: "in place", format: Format::Cbor, acts: IN_PLACE, syncs: Syncs::Each },
    Scene {
        name: "in place, in Go's format",
        format: Format::Gob,
        acts: IN_PLACE,
        syncs: Syncs::Each,
    },
    Scene {
        name: "into another's segment",
        format: Format::Cbor,
        acts: &[plain(act::make_segment), plain(act::save_durably)],
        syncs: Syncs::Each,
    },
    Scene {
        name: "come and go",
        format: Format::Cbor,
        acts: &[plain(act::come_and_go)],
        syncs: Syncs::Some(13),
    },
    Scene {
        name: "a sync that fails",
        format: Format::Cbor,
        acts: &[Played { act: act::fail_and_try_again, refusal: Some(BROKEN_DISK) }],
        syncs: Syncs::Some(3),
    },
    Scene {
        name: "the store removed meanwhile",
        format: Format::Cbor,
        acts: &[plain(act::lose_the_store)],
        syncs: Syncs::Some(10),
    },
    Scene {
        name: "not durable",
        format: Format::Cbor,
        acts: &[plain(act::save)],
        syncs: Syncs::None,
    },
    Scene {
        name: "not durable, Go's format",
        format: Format::Gob,
        acts: &[plain(act::save)],
        syncs: Syncs::None,
    },
];
