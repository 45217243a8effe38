//! Who does what to a store, and what happens to him meanwhile.
//!
//! A plan can be written down and read again, a line for each process:
//!
//! ```text
//! save 0 1, list 0, end 0 1; kill 2 150
//! save 0 1 shim, look 0; pause 1 80 900
//! ```

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;

/// A store has so many segments here.
pub(crate) const SEGMENTS: u16 = 2;

/// So many processes at most take part; a search for an order takes long if there are many.
const MOST: u64 = 5;

/// The most instances that they argue about; the fewer, the more they meet.
const INSTANCES: u64 = 4;

/// All processes of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan(pub(crate) Vec<Part>);

/// One process: what it does, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) acts: Vec<Act>,
    pub(crate) fates: Vec<Fate>,
}

/// One call, on a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) what: What,
    pub(crate) segment: u16,
    /// Of which instance; 0 where it is of all.
    pub(crate) instance: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    Save,
    /// With a shim that outlives everybody.
    SaveWithShim,
    /// Ends its own lease.
    End,
    /// The same, and says how many are left.
    EndWithAccount,
    /// Takes somebody's entry away by its name.
    Destroy,
    /// Lists twice under the lock, which must give the same.
    List,
    /// Lists without a lock.
    Look,
    /// Takes the dead away, under the lock.
    Collect,
    /// The same in all segments.
    Gc,
    Adopt,
    /// Takes the lock if it is free, and lets it go.
    Try,
}

/// What happens to a process, so many microseconds after it was given leave for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) at: usize,
    pub(crate) after: u64,
    pub(crate) what: Blow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    Kill,
    /// Stopped for so many microseconds.
    Pause(u64),
}

/// The word for each, and how often it is drawn.
const WORDS: &[(&str, What, u64)] = &[
    ("save", What::Save, 5),
    ("save-with-shim", What::SaveWithShim, 2),
    ("end", What::End, 3),
    ("end-with-account", What::EndWithAccount, 1),
    ("destroy", What::Destroy, 2),
    ("list", What::List, 2),
    ("look", What::Look, 3),
    ("collect", What::Collect, 1),
    ("gc", What::Gc, 1),
    ("adopt", What::Adopt, 2),
    ("try", What::Try, 1),
];

impl What {
    pub(crate) fn is_save(self) -> bool {
        matches!(self, Self::Save | Self::SaveWithShim)
    }

    fn is_of_one(self) -> bool {
        use What::{Adopt, Destroy, End, EndWithAccount, Save, SaveWithShim};
        matches!(self, Save | SaveWithShim | End | EndWithAccount | Destroy | Adopt)
    }

    fn by_chance(chance: &mut Rng) -> Self {
        let mut left = chance.u64(..WORDS.iter().map(|(.., often)| often).sum::<u64>());
        let found = WORDS.iter().find(|(.., often)| {
            let is_it = left < *often;
            left = left.saturating_sub(*often);
            is_it
        });
        found.map_or(Self::Save, |(_, what, _)| *what)
    }
}

impl Plan {
    /// Any plan, by a seed.
    pub(crate) fn by_chance(seed: u64) -> Self {
        let mut chance = Rng::with_seed(seed);
        let count = 2 + chance.u64(..MOST - 1);
        let instances = 1 + chance.u64(..INSTANCES);
        let parts = (0..count).map(|_| Part::by_chance(&mut chance, instances));
        let mut plan = Self(parts.collect());
        plan.meet(&mut chance);
        plan
    }

    /// Has most of those who adopt or destroy do it to what somebody saves.
    fn meet(&mut self, chance: &mut Rng) {
        let acts = || self.0.iter().flat_map(|part| &part.acts);
        let saved: Vec<Act> = acts().filter(|act| act.what.is_save()).copied().collect();
        let with_shim: Vec<Act> =
            saved.iter().filter(|act| act.what == What::SaveWithShim).copied().collect();
        for act in self.0.iter_mut().flat_map(|part| &mut part.acts) {
            match act.what {
                What::Adopt => act.aim_at(&with_shim, chance),
                What::Destroy => act.aim_at(&saved, chance),
                _ => {}
            }
        }
    }

    /// Plans that are smaller by one thing, the coarsest first.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let without = |part: usize| {
            let mut parts = self.0.clone();
            parts.remove(part);
            Self(parts)
        };
        let mut plans: Vec<Self> =
            (0..self.0.len()).filter(|_| self.0.len() > 1).map(without).collect();
        for (number, part) in self.0.iter().enumerate() {
            let with = |part: Part| {
                let mut parts = self.0.clone();
                parts[number] = part;
                Self(parts)
            };
            plans.extend(part.smaller().into_iter().map(with));
        }
        plans
    }
}

impl Part {
    fn by_chance(chance: &mut Rng, instances: u64) -> Self {
        let count = 2 + chance.u64(..5);
        let mut acts: Vec<Act> = (0..count).map(|_| Act::by_chance(chance, instances)).collect();
        // One saves an instance once, so that it is known which of its leases is meant.
        let mut saved: Vec<Act> = Vec::new();
        acts.retain_mut(|act| {
            if matches!(act.what, What::End | What::EndWithAccount) {
                act.aim_at(&saved, chance);
            }
            let is_again = saved.iter().any(|other| other.instance == act.instance);
            let is_save = act.what.is_save();
            saved.extend(is_save.then_some(*act));
            !(is_save && is_again)
        });
        let mut fates = Vec::new();
        let at = |chance: &mut Rng| usize::try_from(chance.u64(..count)).unwrap_or_default();
        if chance.bool() {
            let (at, after) = (at(chance), chance.u64(..400));
            fates.push(Fate { at, after, what: Blow::Pause(500 + chance.u64(..4000)) });
        }
        if chance.bool() {
            let (at, after) = (at(chance), chance.u64(..400));
            fates.push(Fate { at, after, what: Blow::Kill });
        }
        Self { acts, fates }
    }

    fn smaller(&self) -> Vec<Self> {
        let without_act = |at: usize| {
            let mut acts = self.acts.clone();
            acts.remove(at);
            // What happens happens at the same act as before.
            let moved = |fate: &Fate| Fate { at: fate.at - usize::from(fate.at > at), ..*fate };
            Self { acts, fates: self.fates.iter().map(moved).collect() }
        };
        let without_fate = |at: usize| {
            let mut fates = self.fates.clone();
            fates.remove(at);
            Self { acts: self.acts.clone(), fates }
        };
        let fewer_acts = (0..self.acts.len()).filter(|_| self.acts.len() > 1).map(without_act);
        fewer_acts.chain((0..self.fates.len()).map(without_fate)).collect()
    }
}

impl Act {
    fn by_chance(chance: &mut Rng, instances: u64) -> Self {
        let what = What::by_chance(chance);
        // Most meet in one segment.
        let segment = if chance.u8(..4) == 0 { SEGMENTS - 1 } else { 0 };
        let number = u32::try_from(1 + chance.u64(..instances)).unwrap_or_default();
        Self { what, segment, instance: if what.is_of_one() { number } else { 0 } }
    }

    /// Is mostly about the instance of one of those acts, if there are any.
    fn aim_at(&mut self, acts: &[Self], chance: &mut Rng) {
        if let Some(other) = chance.choice(acts)
            && chance.u8(..5) > 0
        {
            (self.segment, self.instance) = (other.segment, other.instance);
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| writeln!(f, "{part}"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, act) in self.acts.iter().enumerate() {
            write!(f, "{}{act}", if number > 0 { ", " } else { "" })?;
        }
        for Fate { at, after, what } in &self.fates {
            match what {
                Blow::Kill => write!(f, "; kill {at} {after}")?,
                Blow::Pause(time) => write!(f, "; pause {at} {after} {time}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word =
            WORDS.iter().find(|(_, what, _)| *what == self.what).map_or("", |(word, ..)| word);
        write!(f, "{word} {}", self.segment)?;
        if self.what.is_of_one() { write!(f, " {}", self.instance) } else { Ok(()) }
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(text.lines().map(str::parse).collect::<Result<_, _>>()?))
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut parts = line.split("; ");
        let acts = parts.next().unwrap_or_default().split(", ").map(str::parse);
        let acts = acts.collect::<Result<_, _>>()?;
        Ok(Self { acts, fates: parts.map(str::parse).collect::<Result<_, _>>()? })
    }
}

impl FromStr for Act {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("no act: {text}");
        let words: Vec<&str> = text.split(' ').collect();
        let [word, segment, rest @ ..] = &words[..] else { return Err(refused()) };
        let found = WORDS.iter().find(|(known, ..)| known == word);
        let (_, what, _) = found.ok_or_else(refused)?;
        let instance = rest.first().copied().unwrap_or("0").parse().map_err(|_| refused())?;
        Ok(Self { what: *what, segment: segment.parse().map_err(|_| refused())?, instance })
    }
}

impl FromStr for Fate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("nothing happens by: {text}");
        let mut words = text.split(' ');
        let word = words.next().unwrap_or_default();
        let mut number =
            || words.next().and_then(|word| word.parse::<u64>().ok()).ok_or_else(refused);
        let (at, after) = (usize::try_from(number()?).map_err(|_| refused())?, number()?);
        let what = match word {
            "kill" => Blow::Kill,
            "pause" => Blow::Pause(number()?),
            _ => return Err(refused()),
        };
        Ok(Self { at, after, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_can_be_written_down_and_read_again() {
        for seed in 0..200 {
            let plan = Plan::by_chance(seed);
            assert_eq!(plan.to_string().parse(), Ok(plan));
        }
    }

    #[test]
    fn a_plan_becomes_smaller_until_one_act_is_left() {
        let mut plan = Plan::by_chance(1);
        let mut steps = 0;
        while let Some(smaller) = plan.smaller().into_iter().next() {
            plan = smaller;
            steps += 1;
        }
        assert!(steps > 3);
        assert_eq!((plan.0.len(), plan.0[0].acts.len(), plan.0[0].fates.len()), (1, 1, 0));
    }
}
