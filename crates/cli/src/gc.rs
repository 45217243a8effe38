//! `gc`: the entries of the dead are removed, and said to be.

use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_store::{Collected, Collection, Error, ErrorKind, Store, Verdict, View, Wait, Waiting};
use serde::Serialize;

use crate::args::Gc;
use crate::context::Context;
use crate::exit::Exit;
use crate::interruption::Interruption;
use crate::leases::Leases;
use crate::listing::Listing;
use crate::report::{Failure, Report, print_result};
use crate::{json, waiting};

pub(crate) fn gc(context: &Context, arguments: &Gc) -> Result<Exit, Failure> {
    let report = context.report;
    let store = context.store_to_read()?;
    let mut taken = Taken::new(report);
    let what = collection(arguments);
    let exit = if arguments.dry_run {
        let found = store.collectable(what).map_err(Failure::failed)?;
        found.into_iter().for_each(|item| taken.add(item));
        Exit::Done
    } else {
        collect(&store, what, &mut taken)?
    };
    let failed = taken.finish()?;
    tell_what_is_left(&store, arguments, report)?;
    Ok(if exit == Exit::Done && failed { Exit::Failed } else { exit })
}

fn collection(arguments: &Gc) -> Collection {
    let mut what = Collection::of_the_dead();
    if arguments.orphans {
        what = what.and_orphaned();
    }
    if arguments.unknown {
        what = what.and_unknown();
    }
    if arguments.corrupt {
        what = what.and_corrupt();
    }
    what
}

/// Removes them, unless a signal comes while a lock is waited for.
fn collect(store: &Store, what: Collection, taken: &mut Taken) -> Result<Exit, Failure> {
    let report = taken.report;
    let interruption = Interruption::catch()
        .map_err(|error| Failure::failed(AppError::new("catch signals", error)))?;
    let is_interrupted = || interruption.signal().is_some();
    let mut tell = |delay: &Waiting<'_>| report.delay(waiting::words(delay, store));
    let wait = Wait::forever().cancelled_by(&is_interrupted).observed_by(&mut tell);
    match (store.collect(what, wait, |item| taken.add(item)), interruption.signal()) {
        (Ok(()), _) => Ok(Exit::Done),
        (Err(error), Some(signal)) if error.kind() == ErrorKind::Cancelled => {
            report.step(format_args!("signal {signal} ended the wait"));
            Ok(Exit::Signal(signal))
        }
        (Err(error), _) => Err(Failure::failed(error)),
    }
}

/// What was removed, and told so far.
struct Taken {
    report: Report,
    /// None if each is printed as it comes.
    objects: Option<Vec<String>>,
    failed: bool,
    unprinted: Option<Failure>,
}

impl Taken {
    fn new(report: Report) -> Self {
        let objects = report.json.then(Vec::new);
        Self { report, objects, failed: false, unprinted: None }
    }

    fn add(&mut self, item: Result<Collected, Error>) {
        match item {
            Ok(one) => match &mut self.objects {
                Some(objects) => objects.push(object(&one)),
                None => {
                    // What is to be removed is removed, even if nothing can be printed any more.
                    let line = format!("{} {}\n", one.id(), one.verdict());
                    self.unprinted = print_result(&line).err().or(self.unprinted.take());
                }
            },
            // It is no entry, so nothing of it was to be removed.
            Err(error) if error.kind() == ErrorKind::Stray => {}
            Err(error) => {
                self.report.error(error.as_app_error());
                self.failed = true;
            }
        }
    }

    /// Prints what has not been printed; true if something was not removed.
    fn finish(self) -> Result<bool, Failure> {
        if let Some(objects) = &self.objects {
            print_result(&json::array(objects))?;
        }
        self.unprinted.map_or(Ok(self.failed), Err)
    }
}

fn object(one: &Collected) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        instance: InstanceId,
        identity: Identity,
        status: &'a str,
    }
    let object =
        Object { instance: one.id(), identity: one.identity(), status: one.verdict().as_str() };
    // Nothing in it is anything but digits, a number or a word of ours.
    json::line(&object).unwrap_or_default()
}

/// Tells which entries are neither running nor removed, and why.
fn tell_what_is_left(store: &Store, arguments: &Gc, report: Report) -> Result<(), Failure> {
    let listing = Listing::read(store, None).map_err(Failure::failed)?;
    let mut leases = Leases::of(store);
    for view in &listing.entries {
        if let Some(reason) = reason_to_leave(view, arguments, &mut leases) {
            let (id, identity) = (view.id(), view.identity());
            report.note(format_args!("instance {id} of identity {identity} is left: {reason}"));
        }
    }
    for error in &listing.errors {
        report.note(error.message());
    }
    Ok(())
}

/// Why an entry is left; none if there is nothing to wonder about.
fn reason_to_leave(view: &View<'_>, arguments: &Gc, leases: &mut Leases<'_>) -> Option<String> {
    let damage = || view.summary().err().map(Error::message).unwrap_or_default();
    match view.verdict() {
        Verdict::Running | Verdict::Starting => None,
        // It would be removed, or has died since, or an error has told why it was not.
        Verdict::Dead => None,
        Verdict::Orphaned if arguments.orphans => None,
        // No option removes it.
        Verdict::Corrupt if view.is_leased() => {
            let holder = leases.holder(view.identity(), view.id());
            Some(format!("it is damaged, but its lease is {holder}: {}", damage()))
        }
        Verdict::Corrupt if arguments.corrupt => None,
        Verdict::Unknown if arguments.unknown => None,
        Verdict::Orphaned => {
            Some("its monitor is gone, but its program may live on (--orphans removes it)".into())
        }
        Verdict::Unknown => {
            Some("nothing proves from here that it has ended (--unknown removes it)".into())
        }
        Verdict::Corrupt => {
            Some(format!("it is damaged, and may be running (--corrupt removes it): {}", damage()))
        }
        Verdict::Newer => Some("a later version wrote it, and can tell".into()),
    }
}
