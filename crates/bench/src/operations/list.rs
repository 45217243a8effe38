//! Listing 10,000 instances that run, 100 to a segment: by their names, their headers, what `ps`
//! shows, and in full.

use std::ffi::CString;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use hakurei_hst::Identity;
use hakurei_store::{Error, Lease, Store, View};

use super::Setting;
use crate::bar::{Bar, FLOOR, THIS};
use crate::figure::Unit;
use crate::floor::{self, Reader};
use crate::peers::{self, SQLITE, What};
use crate::place::Place;
use crate::rounds::{Contender, Effort, used};
use crate::row::Row;
use crate::scene::{Instance, Scene};
use crate::{Result, mirror, sys};

const SEGMENTS: u16 = 100;
const EACH: u16 = 100;

/// Two threads that share the segments.
const THREADS: &str = "2 threads";

/// What a listing of summaries has to beat.
const SQLITE_IN_FULL: &str = "SQLite in full";

/// Descriptors that are left for everything else.
const SPARE: u64 = 256;

pub(super) fn measure(setting: &Setting<'_>) -> Result<Vec<Row>> {
    let listed = Listed::new(setting.place)?;
    // A listing is long enough to be timed alone.
    let effort = Effort { turn: Duration::ZERO, fewest: 4, ..setting.effort };
    let setting = Setting { effort, ..*setting };
    let mut rows = Vec::new();
    for what in What::ALL {
        let contenders = listed.contenders(what)?;
        rows.push(setting.row(name(what), Unit::Milli, bars(what), contenders)?);
    }
    Ok(rows)
}

fn name(what: What) -> String {
    let what = match what {
        What::Ids => "ids",
        What::Headers => "headers",
        What::Summaries => "summaries with verdicts",
        What::Full => "in full",
    };
    format!("list 10,000: {what}")
}

fn bars(what: What) -> Vec<Bar> {
    let threads = || Bar::speeds_up(THREADS, 1.5);
    let mut bars = vec![Bar::times_floor(1.2)];
    match what {
        What::Ids | What::Headers => {}
        What::Summaries => bars.extend([threads(), Bar::faster_than(SQLITE_IN_FULL)]),
        What::Full => bars.push(threads()),
    }
    bars
}

/// The same instances in every form.
struct Listed {
    scene: Rc<Scene>,
    base: CString,
    peers: Vec<peers::Shared>,
    _leases: Vec<Lease>,
}

impl Listed {
    fn new(place: &Place) -> Result<Self> {
        let scene = Scene::new(place)?;
        let peers = peers::shared(place)?;
        let most = usize::try_from(sys::limit_descriptors()?.saturating_sub(SPARE))?;
        let mut leases = Vec::new();
        for identity in 0..SEGMENTS {
            let instances: Vec<_> =
                (0..EACH).map(|_| Instance::new(identity)).collect::<Result<_>>()?;
            for instance in &instances {
                let lease = scene.save(instance)?;
                // Without one, the monitor is looked for: by the floor as well.
                if leases.len() < most { leases.push(lease) } else { lease.release() }
            }
            for peer in &peers {
                peer.borrow_mut().save_all(&instances)?;
            }
        }
        let base = sys::c_path(&scene.base)?;
        Ok(Self { scene: Rc::new(scene), base, peers, _leases: leases })
    }

    fn contenders(&self, what: What) -> Result<Vec<Contender>> {
        let mut contenders = vec![self.this(what), self.floor(what)];
        if matches!(what, What::Summaries | What::Full) {
            contenders.push(self.threads(what)?);
        }
        if what == What::Summaries {
            let sqlite = self.peers.iter().find(|peer| peer.borrow().name() == SQLITE);
            contenders.extend(sqlite.map(|sqlite| contender(sqlite, SQLITE_IN_FULL, What::Full)));
        }
        contenders.extend(self.peers.iter().map(|peer| {
            let name = peer.borrow().name();
            contender(peer, name, what)
        }));
        Ok(contenders)
    }

    fn this(&self, what: What) -> Contender {
        let scene = Rc::clone(&self.scene);
        Contender::new(THIS, move || {
            let store = &scene.store;
            expect_all(match what {
                What::Ids => store.ids()?.try_fold(0, |count, id| id.map(|_| count + 1))?,
                What::Headers => headers(store)?,
                What::Summaries | What::Full => {
                    let mut count = Ok(0);
                    let _visited = store.visit(|view| look(what, view, &mut count))?;
                    count?
                }
            })
        })
    }

    /// Each thread lists every other segment.
    fn threads(&self, what: What) -> Result<Contender> {
        let scene = Rc::clone(&self.scene);
        let identities = scene.store.identities()?;
        let (one, other) = identities.split_at(identities.len() / 2);
        let (one, other) = (one.to_vec(), other.to_vec());
        Ok(Contender::new(THREADS, move || {
            let store = &scene.store;
            let part = |part: &[Identity]| visit_part(store, part, what);
            let counts = std::thread::scope(|scope| {
                let other = scope.spawn(|| part(&other));
                let one = part(&one);
                (one, other.join())
            });
            let other = counts.1.map_err(|_| "a thread has panicked")?;
            expect_all(counts.0? + other?)
        }))
    }

    fn floor(&self, what: What) -> Contender {
        let base = self.base.clone();
        let mut reader = Reader::new();
        Contender::new(FLOOR, move || {
            expect_all(floor::each_entry(&base, |segment, name| match what {
                What::Ids => used(floor::id(name)?),
                What::Headers => used(reader.header(segment, name)?),
                What::Summaries => used(reader.summary(segment, name)?),
                What::Full => {
                    let (entry, is_leased) = reader.read_with_lease(segment, name)?;
                    used((mirror::read_both(entry)?, is_leased))
                }
            })?)
        })
    }
}

fn contender(peer: &peers::Shared, name: &'static str, what: What) -> Contender {
    let peer = Rc::clone(peer);
    Contender::new(name, move || expect_all(peer.borrow_mut().list(what)?))
}

/// Under each segment's lock, for only there is a header read alone.
fn headers(store: &Store) -> Result<usize> {
    let mut count = 0;
    for identity in store.segments()? {
        let handle = store.handle(identity?)?;
        let segment = handle.lock()?;
        for entry in segment.entries()? {
            black_box(entry?.header()?);
            count += 1;
        }
    }
    Ok(count)
}

fn visit_part(store: &Store, part: &[Identity], what: What) -> std::result::Result<usize, Error> {
    let mut count = Ok(0);
    for identity in part {
        let _visited = store.entries_of(*identity)?.visit(|view| look(what, view, &mut count));
    }
    count
}

fn look(
    what: What,
    view: std::result::Result<View<'_>, Error>,
    count: &mut std::result::Result<usize, Error>,
) -> ControlFlow<()> {
    let looked = view.and_then(|view| {
        if what == What::Full {
            black_box((view.verdict(), view.state()?));
        } else {
            black_box((view.verdict(), view.summary().map_err(Clone::clone)?));
        }
        Ok(())
    });
    match (looked, count) {
        (Ok(()), Ok(count)) => {
            *count += 1;
            ControlFlow::Continue(())
        }
        (Err(error), count) => {
            *count = Err(error);
            ControlFlow::Break(())
        }
        (Ok(()), Err(_)) => ControlFlow::Break(()),
    }
}

/// Who lists fewer has not done the same.
fn expect_all(count: usize) -> Result<()> {
    let all = usize::from(SEGMENTS) * usize::from(EACH);
    if count == all { Ok(()) } else { Err(format!("listed {count} of {all}").into()) }
}
