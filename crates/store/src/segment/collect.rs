//! Taking away what is left of instances in a locked segment.

use super::Segment;
use crate::collect::{Collected, Collection};
use crate::error::Error;

impl Segment<'_> {
    /// Takes away the entries of the dead, and whatever else is asked for, and says which those were.
    ///
    /// An entry goes only if its name still means what was looked at. A fifo, a link or an empty
    /// directory that stands in an entry's place is corrupt, and goes as such; names that are no ids
    /// are passed over. What cannot be taken away is an error among the items, and keeps no other:
    /// step `destroy state entry`, or `open state entry` if it is asked for and cannot be looked at, in
    /// which case it is left.
    ///
    /// # Errors
    ///
    /// As [`entries`](Self::entries).
    pub fn collect(&self, what: Collection) -> Result<Vec<Result<Collected, Error>>, Error> {
        let (reader, mut buffer) = (self.reader(), Vec::new());
        let (mut items, mut taken) = (Vec::new(), 0);
        for id in self.ids()? {
            if taken == what.limit() {
                break;
            }
            let Some(found) = reader.examine(id, &mut buffer) else { continue };
            let removed = match what.choose(found.verdict, found.leased, found.front.as_ref().err())
            {
                Some(Ok(())) => self.remove_if_still(id, found.inode),
                Some(Err(error)) => Err(error),
                None => Ok(false),
            };
            match removed {
                Ok(true) => {
                    taken += 1;
                    items.push(Ok(Collected::new(self.identity(), id, found.verdict)));
                }
                Ok(false) => {}
                Err(error) => items.push(Err(error)),
            }
        }
        Ok(items)
    }
}
