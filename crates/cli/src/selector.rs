//! What people type for an instance, and which one is meant by it.

use std::fmt;
use std::str::FromStr;

use hakurei_hst::{AppError, Identity, InstanceId, Prefix};
use hakurei_store::{Error, Store};

use crate::exit::Exit;
use crate::report::{Failure, Report};

/// The step of not finding the one that is meant.
const STEP: &str = "find instance";

/// What an instance looks like, for who typed something else.
pub(crate) const FORM: &str =
    "an instance has 32 digits, or 8 to 16 of its random half, in lower case";

/// An instance, and the segment that it is in.
pub(crate) type Named = (Identity, InstanceId);

/// What people type for an instance: its whole id, or the first 8 to 16 digits of its random half.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Selector {
    Whole(InstanceId),
    Short(Prefix),
}

impl Selector {
    fn matches(self, id: &InstanceId) -> bool {
        match self {
            Self::Whole(whole) => whole == *id,
            Self::Short(prefix) => prefix.matches(id),
        }
    }

    /// The one of these that is meant; `errors` is what else was met.
    fn choose(self, names: &[Named], errors: &[Error]) -> Result<Named, Failure> {
        let mut found: Vec<_> = names.iter().filter(|(_, id)| self.matches(id)).copied().collect();
        found.sort_unstable_by_key(|(identity, id)| (*id, *identity));
        match found.as_slice() {
            [only] => Ok(*only),
            [] => Err(not_found(self, errors)),
            several => Err(ambiguous(self, several)),
        }
    }
}

impl FromStr for Selector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let whole = text.parse().map(Self::Whole);
        whole.or_else(|_| text.parse().map(Self::Short)).map_err(|_| FORM)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(id) => id.fmt(f),
            Self::Short(prefix) => prefix.fmt(f),
        }
    }
}

/// Finds the one instance that is meant, by the names of the entries alone.
pub(crate) fn find(store: &Store, selector: Selector) -> Result<Named, Failure> {
    let (names, errors) = names(store)?;
    selector.choose(&names, &errors)
}

/// Finds each instance that is meant, once. If one of them is not found, none is: all that are not
/// are told.
pub(crate) fn find_all(
    store: &Store,
    selectors: &[Selector],
    report: Report,
) -> Result<Vec<Named>, Failure> {
    let (names, errors) = names(store)?;
    let (mut found, mut failure) = (Vec::new(), None::<Failure>);
    for selector in selectors {
        match selector.choose(&names, &errors) {
            Ok(named) if found.contains(&named) => {}
            Ok(named) => found.push(named),
            // The last is told by whoever gets it.
            Err(next) => {
                failure.iter().for_each(|told| report.error(told.error()));
                failure = Some(next);
            }
        }
    }
    failure.map_or(Ok(found), Err)
}

fn names(store: &Store) -> Result<(Vec<Named>, Vec<Error>), Failure> {
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    for name in store.ids().map_err(Failure::failed)? {
        match name {
            Ok(name) => names.push(name),
            Err(error) => errors.push(error),
        }
    }
    Ok((names, errors))
}

/// If part of the store could not be read, the instance may be there.
pub(crate) fn not_found(selector: impl fmt::Display, errors: &[Error]) -> Failure {
    let mut message = format!("there is no instance {selector}");
    for error in errors {
        message.push_str(&format!("; {}", error.message()));
    }
    failure(message)
}

/// Several are meant, and so none.
pub(crate) fn ambiguous(what: impl fmt::Display, several: &[Named]) -> Failure {
    let named: Vec<_> =
        several.iter().map(|(identity, id)| format!("{id} (identity {identity})")).collect();
    failure(format!("{} instances match {what}: {}", named.len(), named.join(", ")))
}

/// Says in other words that no instance is meant.
pub(crate) fn failure(message: String) -> Failure {
    Failure::new(Exit::NotFound, AppError::without_cause(STEP).with_message(message))
}
