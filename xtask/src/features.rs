//! Features that a plain workspace build would leave off.

use crate::outcome::{Failure, Outcome, judge};
use crate::workspace::{Package, Workspace};

/// Sees that the README's `cargo test --workspace` is the whole test: a feature that no member asks
/// for would be off in it, and its tests would not run.
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    judge(
        &left_off(&workspace.packages),
        "ask for the feature in a dependency, if only in tests/Cargo.toml",
    )
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
                findings.push(format!("{name}: `cargo test --workspace` leaves off `{feature}`"));
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
        let finding = "x: `cargo test --workspace` leaves off `extra`";
        assert_eq!(left_off(&[package(&[], &["else"])]), [finding]);
    }
}
