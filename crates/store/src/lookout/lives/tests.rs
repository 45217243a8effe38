use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// A store in which others do as they like, and a kernel that tells of it.
///
/// There is a single segment: nothing that happens in one concerns another.
struct World {
    there: BTreeMap<u8, File>,
    files: u64,
    queue: VecDeque<Notice>,
    /// How many notices the kernel keeps.
    capacity: usize,
    has_lost: bool,
    /// What can be seen already, and is told in a moment.
    pending: Option<Notice>,
    /// What others will do, one thing whenever they get the chance.
    plans: VecDeque<Plan>,
    /// How many entries there have been of each name.
    lived: BTreeMap<u8, usize>,
}

#[derive(Clone, Copy, Debug)]
struct File {
    number: u64,
    is_dead: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Notice {
    Came(u8),
    Went(u8),
    Lost,
}

/// What others do.
#[derive(Clone, Copy, Debug)]
enum Plan {
    Save(u8),
    Destroy(u8),
    Kill(u8),
    Nothing,
}

/// What the one who looks out does.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// Leaves it to the others.
    Nothing,
    Read,
    Look,
    List,
    Tick,
}

const NAMES: u8 = 2;

impl World {
    fn new(capacity: usize, plans: Vec<Plan>) -> Self {
        let mut world = Self {
            there: BTreeMap::new(),
            files: 0,
            queue: VecDeque::new(),
            capacity,
            has_lost: false,
            pending: None,
            plans: plans.into(),
            lived: BTreeMap::new(),
        };
        // What was there before inotify was asked to tell.
        for _ in 0..NAMES {
            world.go_on();
        }
        world.finish();
        world.queue.clear();
        world.has_lost = false;
        world.lived = world.there.keys().map(|name| (*name, 1)).collect();
        world
    }

    /// Others do one thing.
    fn go_on(&mut self) {
        self.finish();
        match self.plans.pop_front().unwrap_or(Plan::Nothing) {
            Plan::Save(name) if !self.there.contains_key(&name) => {
                self.files += 1;
                self.there.insert(name, File { number: self.files, is_dead: false });
                *self.lived.entry(name).or_default() += 1;
                self.pending = Some(Notice::Came(name));
            }
            Plan::Destroy(name) => {
                if self.there.remove(&name).is_some() {
                    self.pending = Some(Notice::Went(name));
                }
            }
            Plan::Kill(name) => {
                self.there.entry(name).and_modify(|file| file.is_dead = true);
            }
            Plan::Save(_) | Plan::Nothing => {}
        }
    }

    /// Who lists a directory waits for what is being done in it.
    fn finish(&mut self) {
        if let Some(notice) = self.pending.take() {
            self.notice(notice);
        }
    }

    fn notice(&mut self, notice: Notice) {
        if self.queue.len() < self.capacity {
            self.queue.push_back(notice);
        } else if self.queue.back() != Some(&Notice::Lost) {
            self.has_lost = true;
            self.queue.push_back(Notice::Lost);
        }
    }

    fn inode(&self, name: u8) -> Option<Inode> {
        self.there.get(&name).map(|file| Inode { device: 1, number: file.number })
    }
}

/// One who looks out as the machinery does.
struct Watcher {
    world: World,
    lives: Lives<()>,
    is_listed: bool,
    told: Vec<Event>,
}

fn key(name: u8) -> Key {
    (Identity::MIN, InstanceId::from_bytes([name; 16]))
}

fn name(id: InstanceId) -> u8 {
    id.as_bytes()[0]
}

impl Watcher {
    fn new(scope: Scope, world: World) -> Self {
        Self { world, lives: Lives::new(scope), is_listed: false, told: Vec::new() }
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Nothing => self.world.go_on(),
            Turn::Read => self.read(),
            Turn::Look => self.look(),
            Turn::List => self.list(),
            Turn::Tick => self.lives.tick(),
        }
        self.told.extend(std::iter::from_fn(|| self.lives.next()));
    }

    fn read(&mut self) {
        while let Some(notice) = self.world.queue.pop_front() {
            match notice {
                Notice::Came(name) => self.lives.came(key(name)),
                Notice::Went(name) => self.lives.went(key(name)),
                Notice::Lost => {
                    self.lives.abandon_listing();
                    self.is_listed = false;
                }
            }
        }
    }

    fn look(&mut self) {
        for due in self.lives.take_due() {
            self.world.go_on();
            let name = name(due.1);
            let Some(file) = self.world.there.get(&name) else {
                self.is_listed = false;
                self.lives.postpone(due);
                continue;
            };
            let look = match (file.is_dead, file.number % 3) {
                (true, _) => Look::Ended,
                (false, 0) => Look::Later,
                (false, _) => Look::Until(()),
            };
            self.lives.looked(due, self.world.inode(name), look);
        }
    }

    fn list(&mut self) {
        self.read();
        self.world.go_on();
        self.lives.begin_listing(Identity::MIN);
        let mut found = BTreeMap::new();
        for name in 0..NAMES {
            // The kernel lists in pieces.
            self.world.go_on();
            self.world.finish();
            if self.world.there.contains_key(&name) {
                found.insert(key(name).1, None);
            }
        }
        self.world.go_on();
        let known: Vec<_> = self.lives.of_segment(Identity::MIN).collect();
        for (id, inode) in known.into_iter().filter(|(_, inode)| inode.is_some()) {
            self.world.go_on();
            if let Some(there) = found.get_mut(&id) {
                *there = self.world.inode(name(id)).or(inode);
            }
        }
        self.is_listed = true;
        self.read();
        self.world.go_on();
        self.lives.end_listing(&found);
    }

    /// Everybody comes to rest, and whatever tells of an end tells.
    fn settle(&mut self) {
        self.world.plans.clear();
        self.world.go_on();
        for _ in 0..10 {
            self.take(Turn::Read);
            if !self.is_listed {
                self.take(Turn::List);
            }
            for name in 0..NAMES {
                if self.world.there.get(&name).is_some_and(|file| file.is_dead) {
                    self.lives.alarmed(key(name));
                }
            }
            self.take(Turn::Tick);
            self.take(Turn::Look);
            if self.is_listed && self.world.queue.is_empty() && !self.lives.is_any_due() {
                return;
            }
        }
        panic!("it does not come to rest: {:?}", self.lives);
    }

    fn told_of(&self, name: u8) -> Vec<Change> {
        self.told.iter().filter(|e| e.id == key(name).1).map(|event| event.change).collect()
    }
}

fn a_plan() -> impl Strategy<Value = Plan> {
    (0..4_u8, 0..NAMES).prop_map(|(what, name)| match what {
        0 => Plan::Save(name),
        1 => Plan::Destroy(name),
        2 => Plan::Kill(name),
        _ => Plan::Nothing,
    })
}

fn a_turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => Just(Turn::Nothing),
        1 => Just(Turn::Read),
        1 => Just(Turn::Look),
        1 => Just(Turn::List),
        1 => Just(Turn::Tick),
    ]
}

fn a_world() -> impl Strategy<Value = (usize, Vec<Plan>, Vec<Turn>)> {
    let plans = prop::collection::vec(a_plan(), 0..60);
    let turns = prop::collection::vec(a_turn(), 0..40);
    (prop_oneof![Just(usize::MAX), 1..6_usize], plans, turns)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn each_life_is_told_in_order_and_what_is_there_is_known((capacity, plans, turns) in a_world()) {
        let mut watcher = Watcher::new(Scope::All, World::new(capacity, plans));
        watcher.take(Turn::List);
        for turn in turns {
            watcher.take(turn);
        }
        watcher.settle();
        for name in 0..NAMES {
            let told = watcher.told_of(name);
            let file = watcher.world.there.get(&name);
            let current: &[Change] = match file {
                None => &[],
                Some(file) if file.is_dead => &[Change::Appeared, Change::Ended],
                Some(_) => &[Change::Appeared],
            };
            let past = told.strip_suffix(current);
            let past = past.unwrap_or_else(|| panic!("{told:?} of {file:?}"));
            let is_whole = |life: &[Change]| {
                life == [Change::Appeared, Change::Ended, Change::Removed]
            };
            prop_assert!(past.chunks(3).all(is_whole), "{told:?} of {file:?}");
            let lives = past.len() / 3 + usize::from(file.is_some());
            let lived = watcher.world.lived.get(&name).copied().unwrap_or_default();
            prop_assert!(lives <= lived, "{told:?}, of {lived}");
            if !watcher.world.has_lost {
                prop_assert_eq!(lives, lived, "{:?}", told);
            }
        }
    }

    #[test]
    fn of_the_chosen_the_end_is_told_once((capacity, plans, turns) in a_world()) {
        let mut watcher = Watcher::new(Scope::Chosen, World::new(capacity, plans));
        (0..NAMES).for_each(|_| watcher.world.go_on());
        watcher.read();
        let mut chosen = BTreeMap::new();
        for name in 0..NAMES {
            match watcher.world.there.get(&name) {
                Some(file) => {
                    watcher.lives.choose(key(name));
                    chosen.insert(name, file.number);
                }
                None => watcher.lives.choose_ended(key(name)),
            }
        }
        // It is looked at before anything else happens.
        let plans = std::mem::take(&mut watcher.world.plans);
        watcher.look();
        watcher.world.plans = plans;
        for turn in turns {
            watcher.take(turn);
        }
        watcher.settle();
        for name in 0..NAMES {
            let file = watcher.world.there.get(&name);
            let runs = file.is_some_and(|file| {
                chosen.get(&name) == Some(&file.number) && !file.is_dead
            });
            let told: &[Change] = if runs { &[] } else { &[Change::Ended] };
            prop_assert_eq!(watcher.told_of(name), told, "{:?}", file);
        }
    }
}

#[test]
fn a_name_that_came_and_went_unlooked_at_is_told_of() {
    let mut lives = Lives::<()>::new(Scope::All);
    lives.came(key(1));
    lives.went(key(1));
    assert!(!lives.is_any_due(), "there is nothing to look at any more");
    let told: Vec<_> = std::iter::from_fn(|| lives.next()).map(|event| event.change).collect();
    assert_eq!(told, [Change::Appeared, Change::Ended, Change::Removed]);
}

#[test]
fn a_name_that_comes_again_unheard_of_as_gone_is_another_instance() {
    let file = |number| Some(Inode { device: 1, number });
    let mut lives = Lives::new(Scope::Chosen);
    lives.choose(key(1));
    lives.looked(key(1), file(1), Look::Until(()));
    // It has gone while the queue was full; and it comes while the segment is listed because of that.
    lives.begin_listing(Identity::MIN);
    lives.came(key(1));
    lives.end_listing(&BTreeMap::from([(key(1).1, file(2))]));
    assert_eq!(lives.take_due(), BTreeSet::from([key(1)]));
    lives.looked(key(1), file(2), Look::Until(()));
    assert_eq!(lives.next().map(|event| event.change), Some(Change::Ended));
    assert!(!lives.is_known(key(1)));
}

#[test]
fn what_goes_unknown_was_there_before_it_was_listed() {
    let mut lives = Lives::<()>::new(Scope::All);
    lives.begin_listing(Identity::MIN);
    lives.went(key(1));
    lives.end_listing(&BTreeMap::from([(key(1).1, None)]));
    let told: Vec<_> = std::iter::from_fn(|| lives.next()).map(|event| event.change).collect();
    assert_eq!(told, [Change::Appeared, Change::Ended, Change::Removed]);
    assert!(!lives.is_known(key(1)));
}

#[test]
fn a_removed_segment_takes_all_of_its_entries_and_no_others() {
    let other = Identity::new(1).expect("it is one");
    let mut lives = Lives::<()>::new(Scope::All);
    lives.came(key(0));
    lives.came(key(0xff));
    lives.came((other, key(0).1));
    while lives.next().is_some() {}
    lives.forget_segment(Identity::MIN);
    let told: Vec<_> = std::iter::from_fn(|| lives.next()).collect();
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|event| event.identity == Identity::MIN));
    assert!(lives.is_known((other, key(0).1)));
}

#[test]
fn one_that_is_chosen_again_before_its_end_is_told_has_not_ended_twice() {
    let mut lives = Lives::<()>::new(Scope::Chosen);
    lives.choose_ended(key(1));
    lives.choose_ended(key(1));
    lives.choose(key(1));
    lives.looked(key(1), None, Look::Ended);
    assert_eq!(lives.untold(), 1);
    assert_eq!(lives.next().map(|event| event.id), Some(key(1).1));
    assert_eq!(lives.untold(), 0);
    lives.choose_ended(key(1));
    assert_eq!(lives.untold(), 1, "it has ended anew for whoever asks anew");
}
