//! Which crate may depend on which.

use crate::outcome::{Failure, Outcome, judge};
use crate::workspace::{Package, Workspace};

/// Each published crate, and what it may use; tests of a crate may use no more than the crate. What
/// is not published may use anything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("hakurei-cli", &["hakurei-store", "hakurei-hst", "hakurei-check"]),
    ("hakurei-store", &["hakurei-lockedfile", "hakurei-hst", "hakurei-gob", "hakurei-check"]),
    ("hakurei-lockedfile", &["hakurei-check"]),
    ("hakurei-hst", &["hakurei-check"]),
    ("hakurei-gob", &[]),
    ("hakurei-check", &[]),
];

pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    judge(
        &bad_arrows(&workspace.packages),
        "move the code to the lower crate, or argue for the arrow in xtask/src/arrows.rs",
    )
}

fn bad_arrows(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for Package { name, dependencies, .. } in packages.iter().filter(|it| it.is_published()) {
        let Some((_, allowed)) = ALLOWED.iter().find(|(layer, _)| layer == name) else {
            findings.push(format!("{name} is published and has no place among the layers"));
            continue;
        };
        let ours = dependencies.iter().filter(|dependency| dependency.path.is_some());
        let refused = ours.filter(|dependency| !allowed.contains(&&*dependency.name));
        findings.extend(refused.map(|to| format!("{name} → {} is not allowed", to.name)));
    }
    findings
}

#[cfg(test)]
mod tests;
