//! The model as stateright wants it: states, and what leads from one to the next.

use stateright::{Model, Property};

use crate::actions::{self, Action};
use crate::properties;
use crate::safeguard::Safeguard;
use crate::scene::{Role, Scene};
use crate::world::World;

/// The protocol in one scene, whole or without one of its safeguards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    /// Who takes part.
    pub(crate) scene: &'static Scene,
    /// What is left out.
    pub(crate) without: Option<Safeguard>,
}

impl Protocol {
    /// Whether it has that safeguard.
    pub(crate) fn has(&self, safeguard: Safeguard) -> bool {
        self.without != Some(safeguard)
    }

    /// The role of a process.
    pub(crate) fn role(&self, process: usize) -> Role {
        self.scene.roles[process]
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.scene)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions::possible(self, world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        actions::happen(self, &mut next, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(self.scene)
    }
}
