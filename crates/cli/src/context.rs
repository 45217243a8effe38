//! What every command starts from.

use hakurei_check::Absolute;
use hakurei_store::Store;

use crate::args::Global;
use crate::location::{self, Location};
use crate::report::{Failure, Report};

/// What every command starts from: the options that all of them take.
#[derive(Debug)]
pub(crate) struct Context {
    store: Option<Absolute>,
    pub(crate) report: Report,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        let report = Report { json: global.json, verbose: global.verbose > 0 };
        Self { store: global.store, report }
    }

    /// The store that is meant, whether it exists or not.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        self.locate().map(|location| Store::new(location.directory))
    }

    /// The store that is meant. If it does not exist, it is as good as empty, but whoever reads it
    /// may have meant another.
    pub(crate) fn store_to_read(&self) -> Result<Store, Failure> {
        let location = self.locate()?;
        if location.is_missing() {
            self.report.note(format_args!("there is no store at {}", location.directory));
            for store in location::stores_of_go() {
                self.report.note(format_args!(
                    "there is one of the Go system: see --store {}",
                    store.display()
                ));
            }
        }
        Ok(Store::new(location.directory))
    }

    fn locate(&self) -> Result<Location, Failure> {
        let location = Location::find(self.store.as_ref())?;
        self.report.step(format_args!("the store is {location}"));
        Ok(location)
    }
}
