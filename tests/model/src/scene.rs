//! Who takes part, and what must be possible.

use crate::properties::Sight;

/// A few processes around one segment.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Launchers first: an entry has the number of its launcher.
    pub(crate) roles: &'static [Role],
    /// How often somebody replaces the segment's lock file while nobody holds it.
    pub(crate) replacements: u8,
    /// Whether somebody takes entries away by hand.
    pub(crate) removes: bool,
    /// What can be seen in some order, so that the properties speak of something.
    pub(crate) sights: &'static [Sight],
}

/// What a process does. All but launchers are about one entry, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Saves an instance and ends it.
    Launcher(Way),
    /// Saves an instance under the name of another launcher's, once that is free: an id is drawn once,
    /// but a record can be saved again.
    Namesake(usize),
    /// Adopts.
    Adopter(usize),
    /// Is sent the launcher's lease, and owns the instance from then on.
    Successor(usize),
    /// Looks, without a lock.
    Reader(usize),
    /// The same from another process namespace, where no process is known.
    Stranger(usize),
    /// Collects the dead.
    Collector(usize),
    /// Collects the dead and the corrupt.
    Cleaner(usize),
    /// Waits for the end.
    Waiter(usize),
}

/// How an instance is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a file that gets its name last.
    Unnamed,
    /// Under its name, where a filesystem has no unnamed files.
    InPlace,
    /// As Go does: under its name, and without a lease.
    Go,
}

/// All scenes.
pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "publish",
        roles: &[Role::Launcher(Way::Unnamed), Role::Reader(0), Role::Collector(0)],
        replacements: 1,
        removes: false,
        sights: &[Sight::Absent, Sight::Running, Sight::Orphaned, Sight::Dead, Sight::Collected],
    },
    Scene {
        name: "publish in place",
        roles: &[Role::Launcher(Way::InPlace), Role::Reader(0), Role::Cleaner(0)],
        replacements: 0,
        removes: false,
        sights: &[Sight::Starting, Sight::Running, Sight::Corrupt, Sight::Dead, Sight::Collected],
    },
    Scene {
        name: "another namespace",
        roles: &[Role::Launcher(Way::Unnamed), Role::Stranger(0), Role::Adopter(0)],
        replacements: 0,
        removes: false,
        sights: &[Sight::Running, Sight::Unknown, Sight::Adopted],
    },
    Scene {
        name: "adopt",
        roles: &[
            Role::Launcher(Way::Unnamed),
            Role::Adopter(0),
            Role::Reader(0),
            Role::Collector(0),
        ],
        replacements: 0,
        removes: false,
        sights: &[Sight::Adopted, Sight::Running, Sight::Orphaned, Sight::Dead, Sight::Collected],
    },
    Scene {
        name: "adopt twice",
        roles: &[Role::Launcher(Way::Unnamed), Role::Adopter(0), Role::Adopter(0)],
        replacements: 1,
        removes: true,
        sights: &[Sight::Adopted, Sight::Refused],
    },
    Scene {
        name: "hand over",
        roles: &[
            Role::Launcher(Way::Unnamed),
            Role::Successor(0),
            Role::Adopter(0),
            Role::Reader(0),
        ],
        replacements: 0,
        removes: false,
        sights: &[Sight::TakenOver, Sight::Adopted, Sight::Running, Sight::Dead],
    },
    Scene {
        name: "wait",
        roles: &[
            Role::Launcher(Way::Unnamed),
            Role::Successor(0),
            Role::Adopter(0),
            Role::Waiter(0),
        ],
        replacements: 0,
        removes: false,
        sights: &[Sight::TakenOver, Sight::Adopted, Sight::Absent, Sight::Dead],
    },
    Scene {
        name: "one id twice",
        roles: &[Role::Launcher(Way::Unnamed), Role::Namesake(0), Role::Collector(0)],
        replacements: 0,
        removes: true,
        sights: &[Sight::Collected],
    },
    Scene {
        name: "account",
        roles: &[Role::Launcher(Way::Unnamed), Role::Launcher(Way::Unnamed), Role::Collector(0)],
        replacements: 1,
        removes: false,
        sights: &[Sight::Collected],
    },
    // Go locks whatever it has opened, so that nobody may replace it.
    Scene {
        name: "Go",
        roles: &[Role::Launcher(Way::Go), Role::Reader(0), Role::Cleaner(0)],
        replacements: 0,
        removes: false,
        sights: &[
            Sight::Starting,
            Sight::Running,
            Sight::Orphaned,
            Sight::Dead,
            Sight::Corrupt,
            Sight::Collected,
        ],
    },
    Scene {
        name: "beside Go",
        roles: &[Role::Launcher(Way::Go), Role::Launcher(Way::Unnamed), Role::Cleaner(0)],
        replacements: 0,
        removes: false,
        sights: &[Sight::Collected],
    },
];

impl Scene {
    /// How many launchers there are.
    pub(crate) fn launchers(&self) -> usize {
        self.roles.iter().filter(|role| role.saves()).count()
    }

    /// Whether a lease can be handed over in it.
    pub(crate) fn hands_over(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Successor(_)))
    }
}
