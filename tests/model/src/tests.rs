//! That the properties have teeth: without any one safeguard, one of them fails.

use super::*;

fn scene(name: &str) -> &'static Scene {
    SCENES.iter().find(|scene| scene.name == name).unwrap()
}

/// Whether a property fails in some order.
fn fails(scene: &'static Scene, without: Option<Safeguard>, property: &'static str) -> bool {
    let until = HasDiscoveries::AnyOf([property].into());
    let checker = Protocol { scene, without }.checker().threads(2).finish_when(until);
    checker.spawn_bfs().join().discovery(property).is_some()
}

#[test]
fn each_safeguard_is_needed() {
    for safeguard in Safeguard::ALL {
        let (name, property) = safeguard.failing();
        let scene = scene(name);
        assert!(
            fails(scene, Some(safeguard), property),
            "{name} without {safeguard:?}: {property}"
        );
        assert!(!fails(scene, None, property), "{name}: {property}");
    }
}

#[test]
fn names_of_scenes_and_properties_are_unique() {
    for (number, scene) in SCENES.iter().enumerate() {
        assert!(SCENES[..number].iter().all(|other| other.name != scene.name));
        let properties = Protocol { scene, without: None }.properties();
        for (number, property) in properties.iter().enumerate() {
            assert!(properties[..number].iter().all(|other| other.name != property.name));
        }
    }
}
