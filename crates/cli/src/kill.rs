//! `kill`: a signal to instances, and to nobody else.

use hakurei_store::{Member, Role};

use crate::args::Kill;
use crate::context::Context;
use crate::exit::Exit;
use crate::report::Failure;
use crate::{selector, wait};

pub(crate) fn kill(context: &Context, arguments: &Kill) -> Result<Exit, Failure> {
    let report = context.report;
    let store = context.store_to_read()?;
    let mut instances = selector::find_all(&store, &arguments.instances, report)?;
    let all = instances.len();
    instances.retain(|(identity, id)| match store.kill(*identity, *id, arguments.signal) {
        Ok(member) => {
            let (signal, told) = (arguments.signal, in_words(&member));
            report.step(format_args!("signal {signal} is sent to {told} of instance {id}"));
            true
        }
        Err(error) => {
            report.error(error.as_app_error());
            false
        }
    });
    let sent = if instances.len() == all { Exit::Done } else { Exit::Failed };
    if arguments.timeout.is_none() {
        return Ok(sent);
    }
    match wait::for_ends(&store, &instances, arguments.timeout, report) {
        Ok(_) => Ok(sent),
        // That some were not signalled has been told, and counts for more.
        Err(failure) if sent == Exit::Failed => Err(failure.exiting(Exit::Failed)),
        Err(failure) => Err(failure),
    }
}

fn in_words(member: &Member) -> String {
    let role = match member.role() {
        Role::Monitor => "the monitor",
        Role::Shim => "the program",
    };
    format!("{role}, process {},", member.pid())
}
