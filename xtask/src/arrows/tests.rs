use super::*;
use crate::workspace::Dependency;

fn package(name: &str, uses: &[&str]) -> Package {
    let ours = |name: &&str| Dependency {
        name: (*name).to_owned(),
        path: Some("/workspace".into()),
        ..Dependency::default()
    };
    let dependencies = uses.iter().map(ours).collect();
    Package { name: name.into(), dependencies, ..Package::default() }
}

#[test]
fn lets_every_allowed_arrow_pass() {
    let packages: Vec<_> = ALLOWED.iter().map(|(name, uses)| package(name, uses)).collect();
    assert_eq!(bad_arrows(&packages), [""; 0]);
}

#[test]
fn refuses_an_arrow_up_across_or_to_itself() {
    for (from, to) in [
        ("hakurei-check", "hakurei-hst"),
        ("hakurei-hst", "hakurei-store"),
        ("hakurei-hst", "hakurei-lockedfile"),
        ("hakurei-gob", "hakurei-check"),
        ("hakurei-cli", "hakurei-lockedfile"),
        ("hakurei-store", "hakurei-tests"),
        ("hakurei-store", "hakurei-store"),
    ] {
        assert_eq!(bad_arrows(&[package(from, &[to])]), [format!("{from} → {to} is not allowed")]);
    }
}

#[test]
fn every_allowed_arrow_points_down() {
    for (layer, (name, uses)) in ALLOWED.iter().enumerate() {
        for used in *uses {
            let lower = ALLOWED[layer + 1..].iter().any(|(below, _)| below == used);
            assert!(lower, "{name} → {used} does not point down");
        }
    }
}

#[test]
fn gives_no_place_to_a_new_crate_unless_it_stays_here() {
    let new = package("hakurei-new", &[]);
    let finding = "hakurei-new is published and has no place among the layers";
    assert_eq!(bad_arrows(&[new]), [finding]);

    let private = Package { publish: Some(Vec::new()), ..package("bench", &["hakurei-cli"]) };
    assert_eq!(bad_arrows(&[private]), [""; 0]);
}

#[test]
fn leaves_other_peoples_crates_alone() {
    let mut check = package("hakurei-check", &["serde"]);
    check.dependencies[0].path = None;
    assert_eq!(bad_arrows(&[check]), [""; 0]);
}
