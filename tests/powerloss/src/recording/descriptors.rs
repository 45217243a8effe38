//! What a process has open.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Inode;
use crate::trace::Call;

/// What a pathname or a descriptor means.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Inside(Inode),
    /// On the stage, but there is nothing of that name.
    Missing(Inode, String),
    /// Not on the stage.
    Outside(PathBuf),
}

/// Places by the numbers of descriptors, and how far each has been written.
#[derive(Default)]
pub(super) struct Descriptors(BTreeMap<i64, (Place, usize)>);

impl Descriptors {
    pub(super) fn at(&mut self, fd: i64) -> Option<(&Place, &mut usize)> {
        self.0.get_mut(&fd).map(|(place, position)| (&*place, position))
    }

    /// A call that succeeded has returned a descriptor of a place.
    pub(super) fn opened(&mut self, call: &Call, place: Place) {
        if let Some(fd) = call.returned {
            self.0.insert(fd, (place, 0));
        }
    }

    pub(super) fn close(&mut self, fd: Option<i64>) {
        let _closed = fd.and_then(|fd| self.0.remove(&fd));
    }

    pub(super) fn duplicate(&mut self, call: &Call) {
        let same = call.number(0).and_then(|fd| self.0.get(&fd)).cloned();
        if let (Some(same), Some(fd)) = (same, call.returned) {
            self.0.insert(fd, same);
        }
    }
}
