//! Features that a plain build would leave off.

use crate::outcome::{Failure, Outcome, judge};
use crate::workspace::{Package, Workspace};

/// The member that is not meant where none is named.
const BENCHMARKS: &str = "hakurei-bench";

/// Sees that the README's `cargo test` is the whole test: a feature that no member asks for would be
/// off in it, and its tests would not run. Members that it does not reach may have what they like.
pub(crate) fn run() -> Result<Outcome, Failure> {
    let Workspace { packages, default_members, .. } = Workspace::read()?;
    let (reached, others): (Vec<_>, Vec<_>) =
        packages.into_iter().partition(|package| default_members.contains(&package.id));
    judge(
        &[left_off(&reached), left_out(&others)].concat(),
        "ask for the feature in a dependency, if only in tests/Cargo.toml; add the package to \
         default-members in Cargo.toml",
    )
}

/// The benchmarks alone are not tested by the way.
fn left_out(others: &[Package]) -> Vec<String> {
    let forgotten = others.iter().filter(|package| package.name != BENCHMARKS);
    forgotten.map(|package| format!("`cargo test` leaves out {}", package.name)).collect()
}

fn left_off(packages: &[Package]) -> Vec<String> {
    let asked_for = |package: &str, feature: &String| {
        let mut dependencies = packages.iter().flat_map(|member| &member.dependencies);
        dependencies.any(|ours| ours.name == package && ours.features.contains(feature))
    };
    let mut findings = Vec::new();
    for Package { name, features, .. } in packages {
        let by_default = features.get("default").map_or(&[][..], Vec::as_slice);
        for feature in features.keys().filter(|feature| *feature != "default") {
            if !by_default.contains(feature) && !asked_for(name, feature) {
                findings.push(format!("{name}: `cargo test` leaves off `{feature}`"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(default: &[&str], asks_for: &[&str]) -> Package {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let features = [("default", default), ("extra", &[][..])];
        let itself = Dependency { name: "x".into(), features: strings(asks_for), path: None };
        Package {
            name: "x".into(),
            features: features.map(|(name, on)| (name.to_owned(), strings(on))).into(),
            dependencies: vec![itself],
            ..Package::default()
        }
    }

    #[test]
    fn sees_a_feature_that_nobody_asks_for() {
        assert_eq!(left_off(&[package(&["extra"], &[])]), [""; 0]);
        assert_eq!(left_off(&[package(&[], &["extra"])]), [""; 0]);
        let finding = "x: `cargo test` leaves off `extra`";
        assert_eq!(left_off(&[package(&[], &["else"])]), [finding]);
    }

    #[test]
    fn sees_a_package_that_the_tests_leave_out() {
        let named = |name: &str| Package { name: name.into(), ..Package::default() };
        assert_eq!(left_out(&[named(BENCHMARKS)]), [""; 0]);
        assert_eq!(left_out(&[named("x")]), ["`cargo test` leaves out x"]);
    }
}
