//! What the program has said of each instance, and so what may be found of it after a power cut.

use std::collections::BTreeMap;

use crate::Result;
use crate::recording::Step;

/// How far an instance has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    /// It is being saved, or was saved without being durable: it may be there, in part or whole.
    Tried,
    /// It was saved durably: it is there, and whole.
    Durable,
    /// It is being destroyed or has been, which is not synced: it is there whole, or not.
    Ending,
}

/// By the number of the instance, and the segment that it is in.
pub(crate) type Claims = BTreeMap<(u32, u16), Claim>;

/// Whether a save that promises nothing is held to what it does not promise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    ToItsWord,
    ToMore,
}

/// What has been said in some steps.
///
/// # Errors
///
/// A word that nobody says.
pub(crate) fn after(steps: &[Step], held: Held) -> Result<Claims> {
    let mut claims = Claims::new();
    for step in steps {
        let Step::Mark(said) = step else { continue };
        let mut words = said.split(' ');
        let claim = match (words.next(), held) {
            (Some("saving"), _) | (Some("saved"), Held::ToItsWord) => Claim::Tried,
            (Some("durable"), _) | (Some("saved"), Held::ToMore) => Claim::Durable,
            (Some("ending"), _) => Claim::Ending,
            _ => return Err(format!("what was said: {said}").into()),
        };
        let (Some(number), Some(segment)) = (words.next(), words.next()) else {
            return Err(format!("of whom was said: {said}").into());
        };
        claims.insert((number.parse()?, segment.parse()?), claim);
    }
    Ok(claims)
}
