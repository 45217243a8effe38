//! Names in a store, and what a listing says of them.
#![expect(clippy::expect_used, reason = "what cannot be made or read is a finding")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

use hakurei_check::Absolute;
use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Error, Store};

/// The segment that the names of entries are made in.
const SEGMENT: i64 = 7;

/// Makes a store with any names in it, and sees that its listings know each for what it is, pass over
/// none, and make nothing of any other; returns whether there is a segment or an entry among them.
///
/// The names stand between slashes. Each begins with a letter for what it is of: `d`, `f` and `l` a
/// directory, a file and a link in the base, `D`, `F` and `L` in a segment.
///
/// # Panics
///
/// If a listing says anything else.
#[must_use]
pub fn names(description: &[u8]) -> bool {
    let place = Place::new();
    let mut base = BTreeSet::new();
    let mut segment = BTreeSet::new();
    for name in description.split(|byte| *byte == b'/') {
        let Some((kind, name)) = name.split_first() else { continue };
        let (directory, names) = if kind.is_ascii_uppercase() {
            (place.base.join(SEGMENT.to_string()), &mut segment)
        } else {
            (place.base.clone(), &mut base)
        };
        let kind = kind.to_ascii_lowercase();
        if make(&directory.join(OsStr::from_bytes(name)), kind, name) {
            names.insert((name.to_vec(), kind));
        }
    }
    // It was there before.
    base.insert((SEGMENT.to_string().into_bytes(), b'd'));
    let store = Store::new(Absolute::try_from(place.base.clone()).expect("it is absolute"));
    check_base(&store, &base);
    check_segment(&store, &segment);
    base.len() > 1 || !segment.is_empty()
}

/// Makes what the kernel lets one make of that name.
fn make(path: &Path, kind: u8, name: &[u8]) -> bool {
    if matches!(name, b"" | b"." | b"..") {
        return false;
    }
    match kind {
        b'd' => fs::DirBuilder::new().mode(0o700).create(path).is_ok(),
        b'f' => fs::File::create_new(path).is_ok(),
        b'l' => symlink("/nowhere", path).is_ok(),
        _ => false,
    }
}

/// In the base, directories that are called as a number is written are segments.
fn check_base(store: &Store, names: &BTreeSet<(Vec<u8>, u8)>) {
    let (found, strays) = sorted(store.segments().expect("the base can be read"));
    let expected = names.iter().filter_map(|(name, kind)| identity(name).filter(|_| *kind == b'd'));
    let expected: BTreeSet<Identity> = expected.collect();
    assert_eq!(found, expected);
    assert_eq!(
        store.identities().expect("as before"),
        expected.iter().copied().collect::<Vec<_>>()
    );
    let locks = names.iter().filter(|(name, kind)| name == b"lock" && *kind == b'f').count();
    assert_eq!(strays.len(), names.len() - expected.len() - locks, "{strays:?}");
    strays.iter().for_each(check_stray);
}

/// Such a name, by what it consists of.
fn identity(name: &[u8]) -> Option<Identity> {
    let is_number = matches!(name.len(), 1..=4) && name.iter().all(u8::is_ascii_digit);
    if !is_number || name.len() > 1 && name[0] == b'0' {
        return None;
    }
    let number = name.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Identity::new(number).ok()
}

/// In a segment, whatever is no directory and has the digits of an id for its name is an entry.
fn check_segment(store: &Store, names: &BTreeSet<(Vec<u8>, u8)>) {
    let identity = Identity::new(SEGMENT).expect("it is in bounds");
    let (found, strays) = sorted(store.ids_of(identity).expect("the segment can be read"));
    let is_entry = |(name, kind): &&(Vec<u8>, u8)| {
        name.len() == 32
            && name.iter().all(|byte| b"0123456789abcdef".contains(byte))
            && *kind != b'd'
    };
    let expected: BTreeSet<&[u8]> =
        names.iter().filter(is_entry).map(|(name, _)| &**name).collect();
    let found: BTreeSet<String> = found.iter().map(|(_, id)| id.to_string()).collect();
    assert!(found.iter().map(String::as_bytes).eq(expected.iter().copied()), "{found:?}");
    let locks = names.iter().filter(|(name, kind)| name == b"lock" && *kind != b'd').count();
    assert_eq!(strays.len(), names.len() - expected.len() - locks, "{strays:?}");
    strays.iter().for_each(check_stray);
    for id in &found {
        let id: InstanceId = id.parse().expect("it was one");
        let view = store.entry(identity, id).expect("the segment can be read");
        assert!(view.is_some_and(|view| view.id() == id && view.summary().is_err()), "{id}");
    }
}

/// What does not belong there is told in one line that cannot drive a terminal, and is not endless.
fn check_stray(error: &Error) {
    let message = error.message();
    assert!(!message.is_empty() && !message.chars().any(char::is_control), "{message:?}");
    assert!(message.len() < 100 + 10 * 255, "{message:?}");
}

fn sorted<T: Ord>(listing: impl Iterator<Item = Result<T, Error>>) -> (BTreeSet<T>, Vec<Error>) {
    let (mut found, mut strays) = (BTreeSet::new(), Vec::new());
    for item in listing {
        match item {
            Ok(item) => assert!(found.insert(item), "a name comes twice"),
            Err(error) => strays.push(error),
        }
    }
    (found, strays)
}

/// A store with one segment, which is gone afterwards.
struct Place {
    base: PathBuf,
    _directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let base = directory.path().join("state");
        let mut builder = fs::DirBuilder::new();
        builder.mode(0o700).recursive(true);
        builder.create(base.join(SEGMENT.to_string())).expect("a store");
        Self { base, _directory: directory }
    }
}
