//! Operations on an older kernel or another filesystem: one call, or each of that name, gives the error
//! that it would give there, in every run.

use super::window::Window;

/// Another way through an operation.
#[derive(Clone, Copy)]
pub(super) struct Variant {
    operation: &'static str,
    pub(super) name: &'static str,
    pub(super) call: &'static str,
    /// Which calls: the first with this word in its line, or all of them.
    word: Option<&'static str>,
    pub(super) errno: &'static str,
}

/// What [`Variant::writes_in_place`] goes by.
const IN_PLACE: &str = "in-place";

const fn in_place(operation: &'static str) -> Variant {
    let word = Some("O_TMPFILE");
    Variant { operation, name: IN_PLACE, call: "openat", word, errno: "EOPNOTSUPP" }
}

const fn without_openat2(operation: &'static str) -> Variant {
    Variant { operation, name: "no-openat2", call: "openat2", word: None, errno: "ENOSYS" }
}

/// The link through /proc, as before Linux 6.10.
const fn without_empty_path(operation: &'static str) -> Variant {
    let word = Some("AT_EMPTY_PATH");
    Variant { operation, name: "no-empty-path", call: "linkat", word, errno: "ENOENT" }
}

/// What an operation is also run as.
const VARIANTS: &[Variant] = &[
    in_place("save-again"),
    in_place("save-gob"),
    without_openat2("create-segment"),
    without_openat2("save-cbor"),
    without_openat2("list"),
    without_empty_path("save-again"),
];

impl Variant {
    pub(super) fn of(operation: &str) -> impl Iterator<Item = Self> {
        VARIANTS.iter().copied().filter(move |variant| variant.operation == operation)
    }

    /// What strace is told, when it is known which calls there are.
    pub(super) fn injection(&self, window: &Window) -> Option<String> {
        let Self { call, word, errno, .. } = self;
        let Some(word) = word else { return Some(format!("inject={call}:error={errno}")) };
        let is_it = |made: &&super::window::Call| made.name == *call && made.line.contains(word);
        let number = window.calls.iter().find(is_it)?.number;
        Some(format!("inject={call}:error={errno}:when={number}"))
    }

    /// Whether an entry has its name before it is whole.
    pub(super) fn writes_in_place(&self) -> bool {
        self.name == IN_PLACE
    }
}
