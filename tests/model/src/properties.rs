//! What must hold always, and what must be possible.

use stateright::Property;

use crate::actions;
use crate::look::Verdict;
use crate::protocol::Protocol;
use crate::scene::{Role, Scene, Way};
use crate::steps::Pc;
use crate::world::{Content, Life, Lock, Process, World, bit};

type Condition = fn(&Protocol, &World) -> bool;

/// By these names they are known.
const ALWAYS: &[(&str, Condition)] = &[
    ("one holds the segment's lock", |protocol, world| {
        let inside = |(number, process): &(usize, &Process)| {
            process.life == Life::Alive
                && process.lock != Lock::None
                && process.pc.is_inside(protocol, *number)
        };
        world.processes.iter().enumerate().filter(inside).count() <= 1
    }),
    ("what is published is leased", |protocol, world| {
        launchers(protocol).all(|(number, way)| {
            let (entry, process) = (&world.entries[number], &world.processes[number]);
            let is_his = process.life == Life::Alive && process.pc != Pc::Given;
            let is_published = entry.named && entry.content == Content::Whole;
            way == Way::Go || !is_his || !is_published || entry.lease != 0
        })
    }),
    ("what appears at once is never half", |protocol, world| {
        told(protocol, world).all(|(entry, verdict)| {
            protocol.role(entry) != Role::Launcher(Way::Unnamed)
                || !matches!(verdict, Verdict::Starting | Verdict::Corrupt)
        })
    }),
    ("who lives is not called dead", |protocol, world| {
        told(protocol, world)
            .all(|(entry, verdict)| verdict != Verdict::Dead || is_over(protocol, world, entry))
    }),
    ("who ended in order is not called dead", |protocol, world| {
        told(protocol, world)
            .all(|(entry, verdict)| verdict != Verdict::Dead || !world.entries[entry].ended)
    }),
    ("who lives is not collected", |protocol, world| {
        let collected = |entry: usize| world.entries[entry].collected == Some(Verdict::Dead);
        entries(world).all(|entry| !collected(entry) || is_over(protocol, world, entry))
    }),
    ("what starts is neither corrupt nor collected", |protocol, world| {
        let is_over =
            |entry: usize| world.entries[entry].content == Content::Whole || !world.is_alive(entry);
        told(protocol, world)
            .all(|(entry, verdict)| verdict != Verdict::Corrupt || !world.is_alive(entry))
            && entries(world)
                .all(|entry| world.entries[entry].collected.is_none() || is_over(entry))
    }),
    ("a lease has one owner", |protocol, world| {
        entries(world).all(|entry| world.owners(protocol.scene, entry).count() <= 1)
    }),
    ("an owner has the lease", |protocol, world| {
        entries(world).filter(|entry| !protocol.role(*entry).is_go()).all(|entry| {
            let mut owners = world.owners(protocol.scene, entry);
            owners.all(|owner| world.entries[entry].lease & bit(owner) != 0)
        })
    }),
    ("a lease that is handed over is never free", |protocol, world| {
        launchers(protocol)
            .all(|(number, _)| !world.entries[number].message || world.entries[number].lease != 0)
    }),
    ("what is adopted had its name", |protocol, world| {
        entries(world).all(|entry| {
            let mut owners = world.owners(protocol.scene, entry);
            owners.all(|owner| world.entries[entry].nameless & bit(owner) == 0)
        })
    }),
    ("who is refused as leased is", |_, world| {
        world.processes.iter().all(|process| process.pc != Pc::Refused { rightly: false })
    }),
    ("nobody takes another's entry away", |_, world| !world.robbed),
    ("nothing is taken back from who is there", |_, world| !world.wronged),
    ("a wait ends with what it waits for", |protocol, world| {
        let waiters = (0..world.processes.len())
            .filter(|number| matches!(protocol.role(*number), Role::Waiter(_)));
        waiters.into_iter().all(|number| {
            let entry = protocol.role(number).entry(number);
            let is_told = matches!(world.processes[number].pc, Pc::Told(_));
            !is_told || !world.entries[entry].named || is_over(protocol, world, entry)
        })
    }),
    ("nobody waits in vain", |protocol, world| {
        let mut possible = Vec::new();
        let unfinished = |process: &Process| {
            process.life == Life::Alive && process.pc != Pc::Idle && !process.pc.is_through()
        };
        let is_stuck = world.processes.iter().any(unfinished);
        if is_stuck {
            actions::possible(protocol, world, &mut possible);
        }
        !is_stuck || !possible.is_empty()
    }),
];

/// What can be seen in some order of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    Absent,
    Running,
    Orphaned,
    Starting,
    Dead,
    Unknown,
    Corrupt,
    Collected,
    Adopted,
    Refused,
    TakenOver,
}

impl Sight {
    fn property(self) -> Property<Protocol> {
        match self {
            Self::Absent => sometimes("absent", |p, w| is_told(p, w, Verdict::Absent)),
            Self::Running => sometimes("running", |p, w| is_told(p, w, Verdict::Running)),
            Self::Orphaned => sometimes("orphaned", |p, w| is_told(p, w, Verdict::Orphaned)),
            Self::Starting => sometimes("starting", |p, w| is_told(p, w, Verdict::Starting)),
            Self::Dead => sometimes("dead", |p, w| is_told(p, w, Verdict::Dead)),
            Self::Unknown => sometimes("unknown", |p, w| is_told(p, w, Verdict::Unknown)),
            Self::Corrupt => sometimes("corrupt", |p, w| is_told(p, w, Verdict::Corrupt)),
            Self::Collected => sometimes("collected", |_, world| {
                world.entries.iter().any(|entry| entry.collected == Some(Verdict::Dead))
            }),
            Self::Adopted => sometimes("adopted", |protocol, world| {
                owns(protocol, world, |role| matches!(role, Role::Adopter(_)))
            }),
            Self::Refused => sometimes("refused", |_, world| {
                world.processes.iter().any(|process| process.pc == Pc::Refused { rightly: true })
            }),
            Self::TakenOver => sometimes("taken over", |protocol, world| {
                owns(protocol, world, |role| matches!(role, Role::Successor(_)))
            }),
        }
    }
}

/// The properties of a scene.
pub(crate) fn of(scene: &Scene) -> Vec<Property<Protocol>> {
    let always = ALWAYS.iter().map(|(name, condition)| Property::always(name, *condition));
    always.chain(scene.sights.iter().map(|sight| sight.property())).collect()
}

fn sometimes(name: &'static str, condition: Condition) -> Property<Protocol> {
    Property::sometimes(name, condition)
}

fn entries(world: &World) -> std::ops::Range<usize> {
    0..world.entries.len()
}

fn launchers(protocol: &Protocol) -> impl Iterator<Item = (usize, Way)> {
    protocol.scene.roles.iter().enumerate().filter_map(|(number, role)| match role {
        Role::Launcher(way) => Some((number, *way)),
        Role::Namesake(_) => Some((number, Way::Unnamed)),
        _ => None,
    })
}

/// What has been said, and of which entry.
fn told(protocol: &Protocol, world: &World) -> impl Iterator<Item = (usize, Verdict)> {
    world.processes.iter().enumerate().filter_map(|(number, process)| match process.pc {
        Pc::Told(verdict) => Some((protocol.role(number).entry(number), verdict)),
        _ => None,
    })
}

fn is_told(protocol: &Protocol, world: &World, verdict: Verdict) -> bool {
    told(protocol, world).any(|(_, said)| said == verdict)
}

fn owns(protocol: &Protocol, world: &World, is_meant: fn(Role) -> bool) -> bool {
    let mut meant = (0..world.processes.len()).filter(|number| is_meant(protocol.role(*number)));
    meant.any(|number| world.processes[number].pc == Pc::Owning)
}

/// Whether all that an instance lived by is gone.
fn is_over(protocol: &Protocol, world: &World, entry: usize) -> bool {
    world.is_monitor_gone(entry)
        && world.entries[entry].shim_gone
        && world.owners(protocol.scene, entry).next().is_none()
}
