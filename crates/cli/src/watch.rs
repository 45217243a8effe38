//! `watch`: a line for each change.

use std::io;

use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_store::{Change, Event};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::report::{Failure, Printed, print_on};
use crate::{json, sys, watching};

pub(crate) fn watch(context: &Context) -> Result<Exit, Failure> {
    let store = context.store_to_read()?;
    watching::prepare(context.report);
    let mut watch = store.watch().map_err(Failure::failed)?;
    loop {
        while let Some(event) = watch.try_next().map_err(Failure::failed)? {
            if print_on(&line(&event, context.report.json))? == Printed::ToNobody {
                return Ok(Exit::Done);
            }
        }
        let is_heard = sys::wait_for_either(&watch, io::stdout());
        if !is_heard.map_err(|error| Failure::failed(AppError::new("await changes", error)))? {
            return Ok(Exit::Done);
        }
    }
}

fn line(event: &Event, as_json: bool) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        event: &'a str,
        instance: InstanceId,
        identity: Identity,
    }
    let change = match event.change {
        Change::Appeared => "appeared",
        Change::Ended => "ended",
        Change::Removed => "removed",
    };
    let (instance, identity) = (event.id, event.identity);
    if !as_json {
        return format!("{change} {instance} {identity}\n");
    }
    // Nothing in it is anything but a word of ours, digits or a number.
    json::line(&Object { event: change, instance, identity }).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use hakurei_hst::{Identity, InstanceId};
    use hakurei_store::{Change, Event};

    use super::line;

    #[test]
    fn a_change_is_a_line() {
        let id = InstanceId::from_parts(1, *b"\x17\x28\x82\x81\0\0\0\0");
        let event = Event { change: Change::Ended, identity: Identity::from_static(9), id };
        assert_eq!(line(&event, false), format!("ended {id} 9\n"));
        let object = format!("{{\"event\":\"ended\",\"instance\":\"{id}\",\"identity\":9}}\n");
        assert_eq!(line(&event, true), object);
    }
}
