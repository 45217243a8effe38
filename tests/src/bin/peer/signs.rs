//! What a process hears of the ends of others.

use hakurei_store::{Change, Ends, ErrorKind, Store};

use crate::process::refused_in_a_child;
use crate::{Answer, failed, say};

/// Watches until so many entries have been removed, and says each event.
pub(crate) fn watch(store: &Store, count: u32) -> Answer {
    let mut watch = store.watch().map_err(|e| failed(&e))?;
    say("watching");
    let mut removed = 0;
    while removed < count {
        let Some(event) = watch.next_until(None).map_err(|e| failed(&e))? else { continue };
        let what = match event.change {
            Change::Appeared => "appeared",
            Change::Ended => "ended",
            Change::Removed => "removed",
        };
        removed += u32::from(event.change == Change::Removed);
        say(&format!("{what} {} {}", event.identity, event.id));
    }
    Ok("seen".to_owned())
}

/// Waits for the ends of all that are there, and says each.
pub(crate) fn ends(store: &Store, meanwhile: fn(Ends) -> Result<Ends, String>) -> Answer {
    let mut ends = store.ends().map_err(|e| failed(&e))?;
    for instance in store.ids().map_err(|e| failed(&e))? {
        let (identity, id) = instance.map_err(|e| failed(&e))?;
        ends.add(identity, id).map_err(|e| failed(&e))?;
    }
    let mut ends = meanwhile(ends)?;
    say(&format!("waiting for {}", ends.len()));
    while let Some((_, id)) = ends.next_until(None).map_err(|e| failed(&e))? {
        say(&format!("ended {id}"));
    }
    Ok("all".to_owned())
}

/// Has a forked child ask, and drop, what it has no business with.
pub(crate) fn drop_in_a_child(ends: Ends) -> Result<Ends, String> {
    refused_in_a_child(ends, |mut ends| {
        ends.try_next().is_err_and(|error| error.kind() == ErrorKind::Refused)
    })
}
