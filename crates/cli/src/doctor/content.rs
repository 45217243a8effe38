//! What lies in the store: entries, and what is none.

use hakurei_store::{Error, ErrorKind, Format, Store, Verdict, View};

use super::finding::{Finding, Remedy, path_of};
use super::want;
use crate::leases::Leases;
use crate::listing::Listing;
use crate::report::Failure;

/// Looks at every name and every entry, without a lock.
pub(super) fn examine(store: &Store) -> Result<Vec<Finding>, Failure> {
    let base = store.base().as_path();
    let (mut findings, mut formats) = (Vec::new(), Formats::default());
    let mut leases = Leases::of(store);
    for segment in store.segments().map_err(Failure::failed)? {
        let listing = segment.and_then(|identity| {
            let listing = Listing::read(store, Some(identity))?;
            Ok((base.join(identity.to_string()), listing))
        });
        match listing {
            Ok((directory, listing)) => {
                let strays = listing.errors.iter().map(|error| stray(error, &directory));
                findings.extend(strays);
                let wants = listing.entries.iter().filter_map(|view| view.summary().err());
                wants.chain(&listing.errors).try_for_each(want::check)?;
                let entries = listing.entries.iter();
                findings.extend(entries.filter_map(|view| entry(view, store, &mut leases)));
                listing.entries.iter().for_each(|view| formats.add(view));
            }
            Err(error) => {
                want::check(&error)?;
                findings.push(stray(&error, base));
            }
        }
    }
    findings.extend(formats.finding(store));
    Ok(findings)
}

/// A name that does not belong there, or a segment that cannot be read.
fn stray(error: &Error, directory: &std::path::Path) -> Finding {
    if error.kind() == ErrorKind::Stray {
        let why =
            "the Go system stops its listing at such a name, or shows it to its users as an error";
        return Finding::new(error.message(), directory, why, "move it elsewhere");
    }
    let path = path_of(error).unwrap_or(directory);
    let why = "its instances are not listed, and may run";
    Finding::new(error.message(), path, why, "see whose it is, and that you may enter it")
}

/// What is wrong with an entry.
fn entry(view: &View<'_>, store: &Store, leases: &mut Leases<'_>) -> Option<Finding> {
    let (identity, id) = (view.identity(), view.id());
    let path = store.base().as_path().join(identity.to_string()).join(id.to_string());
    let message = || view.summary().err().map(Error::message).unwrap_or_default();
    let finding = match view.verdict() {
        Verdict::Running | Verdict::Starting => {
            // The part that listings do not read may be damaged alone.
            let error = view.state().err().filter(|_| view.summary().is_ok())?;
            Finding::new(error.message(), path, DAMAGED, END_DAMAGED)
        }
        Verdict::Dead => Finding::new(
            "its instance is dead",
            path,
            "it takes room, and is in the way of who looks for what runs",
            "hakurei-store gc",
        )
        .with_remedy(Remedy::Collect((identity, id))),
        Verdict::Orphaned => Finding::new(
            "its monitor is gone, but its program may live on",
            path,
            "nobody will remove it, and what its program uses is not taken back",
            "hakurei-store kill it, adopt it, or remove it: gc --orphans",
        ),
        Verdict::Unknown => Finding::new(
            match message() {
                none if none.is_empty() => "nothing proves from here whether it runs".to_owned(),
                message => message,
            },
            path,
            "it counts as running for as long as nobody can tell",
            "look from where it was started: the same user and process namespace; if that is gone, and \
             nothing runs under its identity: hakurei-store gc --unknown",
        ),
        // Whose lease is held is never removed.
        Verdict::Corrupt if view.is_leased() => {
            let what = format!("{}; its lease is {}", message(), leases.holder(identity, id));
            Finding::new(what, path, DAMAGED, END_DAMAGED)
        }
        Verdict::Corrupt => Finding::new(message(), path, DAMAGED, REMOVE_CORRUPT),
        Verdict::Newer => Finding::new(
            message(),
            path,
            "it counts as running, and as using everything",
            "use the version that wrote it",
        ),
    };
    Some(finding)
}

/// Why damage matters.
const DAMAGED: &str = "nobody can tell what it uses; it counts as running, and as using everything";

/// What to do about damage.
const REMOVE_CORRUPT: &str =
    "see that nothing runs under its identity, then hakurei-store gc --corrupt";

/// What to do about damage to what runs.
const END_DAMAGED: &str =
    "end what holds its lease, as `hakurei-store locks` tells, or its monitor; look again after";

/// Which formats there are.
#[derive(Default)]
struct Formats {
    cbor: usize,
    gob: usize,
}

impl Formats {
    fn add(&mut self, view: &View<'_>) {
        match view.format() {
            Some(Format::Cbor) => self.cbor += 1,
            Some(Format::Gob) => self.gob += 1,
            None => {}
        }
    }

    /// Both side by side, or the wrong one in the Go system's own store.
    fn finding(&self, store: &Store) -> Option<Finding> {
        let is_gos = self.gob > 0 || store.is_where_go_keeps_its_own();
        (self.cbor > 0 && is_gos).then(|| {
            let Self { cbor, gob } = self;
            Finding::new(
                format!("it has entries of both formats: {cbor} in cbor, {gob} in gob"),
                store.base().as_path(),
                "the Go system does not count entries in cbor, and takes resources back under them",
                "let what runs in cbor end, or give the Go system a store of its own",
            )
        })
    }
}
