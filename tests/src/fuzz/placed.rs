//! Bytes where an entry stands, and what the store says of them there.
#![expect(clippy::expect_used, reason = "what cannot be made or looked at is a finding")]

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;

use hakurei_hst::State;
use hakurei_store::{FormatError, Store, Verdict};

use crate::{Scene, id, identity, lossless};

/// Sees that the store makes of bytes in an entry's place what was decoded of them.
///
/// # Panics
///
/// If it makes something else of them.
pub(super) fn check(bytes: &[u8], decoded: &Result<State, FormatError>) {
    thread_local! { static PLACE: Place = Place::new(); }
    PLACE.with(|place| place.check(bytes, decoded));
}

/// A store in a directory of its own, one for many inputs: making it takes longer than looking.
struct Place {
    store: Store,
    _scene: Scene,
}

impl Place {
    fn new() -> Self {
        let scene = Scene::new();
        Self { store: scene.store(), _scene: scene }
    }

    fn check(&self, bytes: &[u8], decoded: &Result<State, FormatError>) {
        // Under any other name it would be wrong for that alone.
        let (identity, id) = match decoded {
            Ok(state) => (state.config.identity, state.id),
            Err(_) => (identity(7), id(0, 0)),
        };
        let segment = self.store.base().as_path().join(identity.to_string());
        DirBuilder::new().recursive(true).mode(0o700).create(&segment).expect("made");
        let path = segment.join(id.to_string());
        fs::write(&path, bytes).expect("written");
        let view = self.store.entry(identity, id).expect("looked at").expect("there");
        fs::remove_file(path).expect("removed");
        let is_broken = matches!(view.verdict(), Verdict::Corrupt | Verdict::Newer);
        match (decoded, view.state()) {
            // What is listed need not be valid; what is loaded must.
            (Ok(state), Err(_)) if state.config.validate().is_err() => assert!(!is_broken),
            (Ok(state), Ok(found)) => {
                assert!(!is_broken, "{} is {}", state.id, view.verdict());
                assert!(lossless(state) == lossless(&found), "{state:?} is read as {found:?}");
            }
            (Err(_), Err(error)) => assert!(!error.message().is_empty()),
            (decoded, found) => panic!("{decoded:?} is read as {found:?}"),
        }
        assert!(view.verdict() != Verdict::Starting, "nobody writes it");
    }
}
