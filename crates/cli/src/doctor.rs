//! `doctor`: what is wrong with a store, why that matters, and what to do.
//!
//! It looks at the way to the store first, for nothing below a bad way is looked at; then at what
//! lies in it; and last at its locks, which takes two seconds if one is held.

mod content;
mod directories;
mod filesystem;
mod finding;
mod locks;
mod progress;
mod repair;
mod shape;
mod want;
mod way;

use hakurei_store::Store;

use self::finding::Finding;
use crate::args::Doctor;
use crate::context::Context;
use crate::exit::Exit;
use crate::json;
use crate::report::{Failure, Report, print_result};

pub(crate) fn doctor(context: &Context, arguments: &Doctor) -> Result<Exit, Failure> {
    let report = context.report;
    let store = context.store_to_read()?;
    let findings = examine(&store, arguments.fix, report)?;
    if report.json {
        let objects: Vec<_> = findings.iter().map(Finding::to_json).collect();
        print_result(&json::array(&objects))?;
    } else if findings.is_empty() {
        print_result("nothing is wrong\n")?;
    } else {
        print_result(&findings.iter().map(ToString::to_string).collect::<String>())?;
    }
    Ok(if findings.iter().all(Finding::is_repaired) { Exit::Done } else { Exit::Found })
}

/// Looks at everything, and repairs on the way what is to be repaired.
fn examine(store: &Store, fix: bool, report: Report) -> Result<Vec<Finding>, Failure> {
    let (mut findings, is_way_good) = way::examine(store, fix)?;
    if !is_way_good {
        report.note("what lies below was not looked at");
        return Ok(findings);
    }
    let mut below = directories::examine(store);
    if fix {
        // First, for they may be in the way of what comes then.
        repair::modes(&mut below);
    }
    findings.append(&mut below);
    findings.append(&mut content::examine(store)?);
    for finding in locks::examine(store, report)? {
        // A file can be wrong in one way because it is in another.
        if findings.iter().all(|found| found.path() != finding.path()) {
            findings.push(finding);
        }
    }
    if fix {
        repair::dead(store, &mut findings, report);
    }
    Ok(findings)
}
