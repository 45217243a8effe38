//! Whether there is an order of all calls under the lock, each at one moment between its call and its
//! answer, in which one who does one thing at a time would have given the same answers
//! (linearizability; Herlihy and Wing, 1990). The search is stateright's.

use std::collections::{BTreeMap, BTreeSet};

use stateright::semantics::{ConsistencyTester as _, LinearizabilityTester, SequentialSpec};

use crate::history::{Answer, Call, History, Who};
use crate::plan::{Act, What};

/// A segment, as if one thing happened at a time.
#[derive(Clone, Debug, Default)]
struct Segment(BTreeMap<u32, Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Who has its lease, or had it when he died.
    owner: Who,
    has_shim: bool,
}

/// A call, and what is known of the others for as long as it lasted.
#[derive(Clone, Debug)]
struct Operation {
    act: Act,
    who: Who,
    /// They had ended before it was called.
    gone: BTreeSet<Who>,
    /// Nobody had tried to kill them before it was answered.
    alive: BTreeSet<Who>,
}

/// What came of it, as far as it is compared here.
type Outcome = Answer;

/// One caller; or one part of a call that somebody died in, which may have come to pass or not.
type Caller = (Who, usize);

/// Looks for such an order.
///
/// # Errors
///
/// If there is none.
pub(super) fn check(history: &History, segment: u16) -> Result<(), String> {
    let mut tester = LinearizabilityTester::<Caller, Segment>::new(Segment::default());
    for event in events(history, segment) {
        let done = match event.what {
            Happened::Called(operation) => tester.on_invoke(event.by, operation),
            Happened::Answered(outcome) => tester.on_return(event.by, outcome),
        };
        done.map(drop)?;
    }
    if tester.is_consistent() {
        Ok(())
    } else {
        Err("there is no order in which these answers make sense".into())
    }
}

struct Event {
    at: u64,
    by: Caller,
    what: Happened,
}

enum Happened {
    Called(Operation),
    Answered(Outcome),
}

/// Calls and answers, in the order in which they came.
fn events(history: &History, segment: u16) -> Vec<Event> {
    let mut events = Vec::new();
    let under_lock = |call: &&Call| {
        call.is_in(segment)
            && !matches!(call.act.what, What::Look | What::Try)
            && call.answer() != Some(&Answer::Nothing)
    };
    for call in history.calls.iter().filter(under_lock) {
        match &call.answered {
            Some((end, answer)) => {
                let by = (call.who, 0);
                let operation = Operation::new(history, call, call.act);
                events.push(Event { at: call.start, by, what: Happened::Called(operation) });
                let outcome = of_segment(answer, call.act.what, segment);
                events.push(Event { at: *end, by, what: Happened::Answered(outcome) });
            }
            None => events.extend(parts(history, call).into_iter().zip(1..).map(|(act, part)| {
                let what = Happened::Called(Operation::new(history, call, act));
                Event { at: call.start, by: (call.who, part), what }
            })),
        }
    }
    // At the same moment calls come first, so that they overlap.
    events.sort_by_key(|event| (event.at, matches!(event.what, Happened::Answered(_))));
    events
}

/// What may have come to pass of a call that its caller did not survive, each part by itself.
fn parts(history: &History, call: &Call) -> Vec<Act> {
    match call.act.what {
        What::Collect | What::Gc => {
            let saves = history.calls.iter().filter(|call| call.act.what == What::Save);
            let instances: BTreeSet<u32> = saves.map(|call| call.act.instance).collect();
            let one = |instance| Act { what: What::Collect, instance, ..call.act };
            instances.into_iter().map(one).collect()
        }
        _ => vec![call.act],
    }
}

/// Of what was collected in all segments, that of one.
fn of_segment(answer: &Answer, what: What, segment: u16) -> Outcome {
    match answer {
        Answer::Collected(those) if what == What::Gc => {
            let here = those.iter().filter(|number| *number / 1000 == u32::from(segment));
            Answer::Collected(here.map(|number| number % 1000).collect())
        }
        Answer::Listed(_, _, those) => Answer::Listed(0, 0, those.clone()),
        other => other.clone(),
    }
}

impl Operation {
    fn new(history: &History, call: &Call, act: Act) -> Self {
        let end = history.end(call);
        let everybody = 0..history.lives.len();
        Self {
            act,
            who: call.who,
            gone: everybody.clone().filter(|who| history.was_gone(*who, call.start)).collect(),
            alive: everybody.filter(|who| history.still_lived(*who, end)).collect(),
        }
    }

    /// Whether an entry may have been dead: nobody is left of it.
    fn may_be_dead(&self, entry: &Entry) -> bool {
        !entry.has_shim && !self.alive.contains(&entry.owner)
    }

    fn must_be_dead(&self, entry: &Entry) -> bool {
        !entry.has_shim && self.gone.contains(&entry.owner)
    }
}

impl Segment {
    fn save(&mut self, operation: &Operation) -> bool {
        let has_shim = operation.act.what == What::SaveWithShim;
        let is_free = !self.0.contains_key(&operation.act.instance);
        if is_free {
            self.0.insert(operation.act.instance, Entry { owner: operation.who, has_shim });
        }
        is_free
    }

    /// An owner's entry goes; another's, that has come in its place, stays.
    fn end(&mut self, operation: &Operation) {
        if self.0.get(&operation.act.instance).is_some_and(|entry| entry.owner == operation.who) {
            self.0.remove(&operation.act.instance);
        }
    }

    fn adopt(&mut self, operation: &Operation) -> bool {
        let entry = self.0.get_mut(&operation.act.instance);
        let orphan =
            entry.filter(|entry| entry.has_shim && !operation.alive.contains(&entry.owner));
        orphan.map(|entry| entry.owner = operation.who).is_some()
    }

    /// How many may be said to be left.
    fn is_count(&self, operation: &Operation, count: usize) -> bool {
        let entries = || self.0.values();
        let least = entries().filter(|entry| !operation.may_be_dead(entry)).count();
        let most = entries().filter(|entry| !operation.must_be_dead(entry)).count();
        (least..=most).contains(&count)
    }

    fn is_refusal(&self, operation: &Operation, answer: &Answer) -> bool {
        match (self.0.get(&operation.act.instance), answer) {
            (None, answer) => *answer == Answer::Missing,
            (Some(entry), Answer::Leased) => !operation.gone.contains(&entry.owner),
            (Some(entry), Answer::Ended) => operation.may_be_dead(entry),
            _ => false,
        }
    }
}

impl SequentialSpec for Segment {
    type Op = Operation;
    type Ret = Outcome;

    /// What a call does whose caller did not live to be answered, if it comes to pass.
    fn invoke(&mut self, operation: &Operation) -> Outcome {
        match operation.act.what {
            What::Save | What::SaveWithShim => drop(self.save(operation)),
            What::End | What::EndWithAccount => self.end(operation),
            What::Adopt => drop(self.adopt(operation)),
            What::Destroy => drop(self.0.remove(&operation.act.instance)),
            What::Collect | What::Gc => {
                let instance = operation.act.instance;
                if self.0.get(&instance).is_some_and(|entry| operation.may_be_dead(entry)) {
                    self.0.remove(&instance);
                }
            }
            What::List | What::Look | What::Try => {}
        }
        Answer::Nothing
    }

    fn is_valid_step(&mut self, operation: &Operation, answer: &Outcome) -> bool {
        match (operation.act.what, answer) {
            (What::Save | What::SaveWithShim, Answer::Done) => self.save(operation),
            (What::Save | What::SaveWithShim, Answer::Exists) => {
                self.0.contains_key(&operation.act.instance)
            }
            (What::End, Answer::Done) => {
                self.end(operation);
                true
            }
            (What::EndWithAccount, Answer::Left(count)) => {
                self.end(operation);
                self.is_count(operation, *count)
            }
            (What::Destroy, Answer::Done) => self.0.remove(&operation.act.instance).is_some(),
            (What::Destroy, Answer::Missing) => !self.0.contains_key(&operation.act.instance),
            (What::List, Answer::Listed(_, _, those)) => self.0.keys().eq(those),
            (What::Collect | What::Gc, Answer::Collected(those)) => {
                let all_may = those.iter().all(|instance| {
                    self.0.get(instance).is_some_and(|entry| operation.may_be_dead(entry))
                });
                self.0.retain(|instance, _| !those.contains(instance));
                all_may && !self.0.values().any(|entry| operation.must_be_dead(entry))
            }
            (What::Adopt, Answer::Done) => self.adopt(operation),
            (What::Adopt, refusal) => self.is_refusal(operation, refusal),
            _ => false,
        }
    }
}
