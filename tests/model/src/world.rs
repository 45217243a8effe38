//! All that the kernel keeps: files, locks, processes.

use crate::look::Verdict;
use crate::scene::{Role, Scene, Way};
use crate::steps::Pc;

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    /// In the order of the scene's roles.
    pub(crate) processes: Vec<Process>,
    /// Those of the scene's launchers, which are its first processes.
    pub(crate) entries: Vec<Entry>,
    /// Which file the name of the segment's lock means; it is numbered by how often it was replaced.
    pub(crate) lock_file: u8,
    /// For the record: resources were taken back from somebody who was there.
    pub(crate) wronged: bool,
    /// For the record: somebody who ended has taken another's entry away.
    pub(crate) robbed: bool,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    /// Whether it lives.
    pub(crate) life: Life,
    /// What it has of the segment's lock.
    pub(crate) lock: Lock,
    /// What it does next.
    pub(crate) pc: Pc,
}

/// Whether a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Life {
    /// It goes on.
    Alive,
    /// It does nothing any more; the kernel closes its descriptors one by one.
    Ending,
    /// Its pidfd says so.
    Gone,
}

/// What a process has of the segment's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lock {
    /// Nothing.
    None,
    /// That file, open.
    Open(u8),
    /// That file, locked.
    Held(u8),
}

/// An entry: one inode, and the name that it gets. Ids are never used twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// How much of it is written.
    pub(crate) content: Content,
    /// Whether its name means it.
    pub(crate) named: bool,
    /// Who has the open file description open that holds the lease, a bit for each process, and
    /// [`MESSAGE`]; 0 if nobody holds it.
    pub(crate) lease: u8,
    /// Whether that description is on its way to another process.
    pub(crate) message: bool,
    /// Who asks for the lease at this moment, a bit for each process.
    pub(crate) probes: u8,
    /// Whether the shim is gone.
    pub(crate) shim_gone: bool,
    /// For the record: who took its lease when it had no name any more, a bit for each process; that
    /// it was published; that its owner took it away; as what somebody collected it.
    pub(crate) nameless: u8,
    pub(crate) published: bool,
    pub(crate) ended: bool,
    pub(crate) collected: Option<Verdict>,
}

/// How much of an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    /// Nothing, or the beginning.
    Half,
    /// All of it.
    Whole,
}

/// Among those who have a description open: the message that carries it.
pub(crate) const MESSAGE: u8 = 1 << 7;

/// The bit of a process.
pub(crate) fn bit(process: usize) -> u8 {
    1 << process
}

impl World {
    pub(crate) fn new(scene: &Scene) -> Self {
        let process = Process { life: Life::Alive, lock: Lock::None, pc: Pc::Idle };
        let entry = Entry {
            content: Content::Half,
            named: false,
            lease: 0,
            message: false,
            probes: 0,
            shim_gone: false,
            nameless: 0,
            published: false,
            ended: false,
            collected: None,
        };
        Self {
            processes: vec![process; scene.roles.len()],
            entries: vec![entry; scene.launchers()],
            lock_file: 0,
            wronged: false,
            robbed: false,
        }
    }

    /// Whether somebody has that file locked.
    pub(crate) fn is_locked(&self, file: u8) -> bool {
        self.processes.iter().any(|process| process.lock == Lock::Held(file))
    }

    /// Whether the process that an entry names as its monitor can be seen to be gone.
    pub(crate) fn is_monitor_gone(&self, entry: usize) -> bool {
        self.processes[entry].life == Life::Gone
    }

    /// The processes that own an entry's instance now.
    pub(crate) fn owners<'a>(
        &'a self,
        scene: &'a Scene,
        entry: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        let owns = move |&number: &usize| {
            let process = &self.processes[number];
            scene.roles[number].entry(number) == entry
                && process.life == Life::Alive
                && process.pc.owns()
        };
        (0..self.processes.len()).filter(owns)
    }

    /// The entry that a name means now.
    pub(crate) fn under(&self, scene: &Scene, name: usize) -> Option<usize> {
        let is_it =
            |entry: &usize| self.entries[*entry].named && scene.roles[*entry].name(*entry) == name;
        (0..self.entries.len()).find(is_it)
    }

    /// What a look that takes no time would find.
    pub(crate) fn truth(&self, entry: usize) -> Verdict {
        let found = &self.entries[entry];
        if !found.named {
            Verdict::Absent
        } else if found.content == Content::Half {
            if self.is_locked(self.lock_file) { Verdict::Starting } else { Verdict::Corrupt }
        } else if found.lease != 0 || !self.is_monitor_gone(entry) {
            Verdict::Running
        } else if !found.shim_gone {
            Verdict::Orphaned
        } else {
            Verdict::Dead
        }
    }
}

impl Role {
    /// The entry that a process is about: its own, for a launcher.
    pub(crate) fn entry(self, process: usize) -> usize {
        match self {
            Self::Launcher(_) | Self::Namesake(_) => process,
            Self::Adopter(entry)
            | Self::Successor(entry)
            | Self::Reader(entry)
            | Self::Stranger(entry)
            | Self::Collector(entry)
            | Self::Cleaner(entry)
            | Self::Waiter(entry) => entry,
        }
    }

    /// The name of the entry that a process makes, by the number of the first that had it.
    pub(crate) fn name(self, process: usize) -> usize {
        match self {
            Self::Namesake(name) => name,
            other => other.entry(process),
        }
    }

    /// Whether it saves an instance.
    pub(crate) fn saves(self) -> bool {
        matches!(self, Self::Launcher(_) | Self::Namesake(_))
    }

    /// Whether it is a launcher of the Go system.
    pub(crate) fn is_go(self) -> bool {
        self == Self::Launcher(Way::Go)
    }
}
