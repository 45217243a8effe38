//! What is measured: the table of all jobs, one file for each.

mod contention;
mod full;
mod growth;
mod handles;
mod header;
mod latency;
mod list;
mod lock;
mod process;
mod reading;
mod save;
mod summary;

pub(crate) use self::contention::worker as contend;
pub(crate) use self::growth::{step_of, worker as iterate};

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::Result;
use crate::bar::Bar;
use crate::figure::Unit;
use crate::place::Place;
use crate::rounds::{self, Contender, Effort};
use crate::row::{self, Row};

/// How often a missed row is measured once more.
const AGAIN: u32 = 3;

/// Something that users of a store do, measured by everybody who can do it.
pub(crate) struct Job {
    pub(crate) topic: Topic,
    /// Whether a disk's filesystem makes a difference worth a row.
    pub(crate) on_disk: bool,
    pub(crate) measure: fn(&Setting<'_>) -> Result<Vec<Row>>,
}

/// What `--only` may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// Taking a segment's lock and letting it go.
    Lock,
    /// Saving an instance and taking it away again.
    Save,
    /// Reading the eight bytes that all formats share.
    Header,
    /// Reading what a listing shows of one instance, with the verdict.
    Summary,
    /// Reading and checking a whole state.
    Full,
    /// Getting at a segment, a new one and one that is there.
    Handles,
    /// Listing 10,000 instances.
    List,
    /// Eight processes on one segment.
    Contention,
    /// Listing more and more instances.
    Growth,
    /// `ps` as a whole process.
    Process,
    /// How late something is noticed.
    Latency,
}

impl Topic {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// All jobs, the short ones first.
pub(crate) const JOBS: &[Job] = &[
    Job { topic: Topic::Lock, on_disk: true, measure: lock::measure },
    Job { topic: Topic::Save, on_disk: true, measure: save::measure },
    Job { topic: Topic::Header, on_disk: true, measure: header::measure },
    Job { topic: Topic::Summary, on_disk: true, measure: summary::measure },
    Job { topic: Topic::Full, on_disk: true, measure: full::measure },
    Job { topic: Topic::Handles, on_disk: true, measure: handles::measure },
    Job { topic: Topic::Process, on_disk: false, measure: process::measure },
    Job { topic: Topic::Latency, on_disk: false, measure: latency::measure },
    Job { topic: Topic::List, on_disk: false, measure: list::measure },
    Job { topic: Topic::Contention, on_disk: false, measure: contention::measure },
    Job { topic: Topic::Growth, on_disk: false, measure: growth::measure },
];

/// Where, how long, and how much is measured.
pub(crate) struct Setting<'a> {
    pub(crate) place: &'a Place,
    pub(crate) effort: Effort,
    pub(crate) scale: Scale,
    pub(crate) again: &'a Again,
}

/// What is measured once more if it is missed.
#[derive(Default)]
pub(crate) struct Again {
    /// How long may be spent on that.
    pub(crate) spare: Cell<Duration>,
    /// The rows that it is not spent on.
    pub(crate) except: BTreeSet<String>,
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Within a minute.
    Quick,
    /// To 1,000,000 instances.
    Full,
}

impl Setting<'_> {
    /// Measures one row.
    fn row(
        &self,
        name: impl Into<String>,
        unit: Unit,
        bars: Vec<Bar>,
        mut contenders: Vec<Contender>,
    ) -> Result<Row> {
        let row = Row::new(name, unit, bars);
        let [row] = self.until_met(|| {
            let mut row = row.clone();
            rounds::fill(&mut row, &mut contenders, self.effort)?;
            Ok([row])
        })?;
        Ok(row)
    }

    /// Measures rows, and those that are missed again, while there is time for it.
    fn until_met<const N: usize>(
        &self,
        mut measure: impl FnMut() -> Result<[Row; N]>,
    ) -> Result<[Row; N]> {
        let start = Instant::now();
        let mut rows = measure()?;
        let taken = start.elapsed();
        for _ in 0..AGAIN {
            let Again { spare, except } = self.again;
            let Some(left) = spare.get().checked_sub(taken) else { break };
            if !rows.iter().any(|row| row.is_missed() && !except.contains(&row.name)) {
                break;
            }
            spare.set(left);
            row::take_better(&mut rows, measure()?);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::{FLOOR, THIS};
    use crate::samples::Samples;

    /// None where there is no tmpfs, which is told.
    fn with_setting(spare: Duration, test: impl FnOnce(&Setting<'_>)) {
        let place = match Place::tmpfs() {
            Ok(place) => place,
            Err(error) => return println!("skipped: {error}"),
        };
        let effort = Effort { row: Duration::ZERO, turn: Duration::ZERO, fewest: 2 };
        let again = Again { spare: Cell::new(spare), except: ["once".to_owned()].into() };
        test(&Setting { place: &place, effort, scale: Scale::Quick, again: &again });
    }

    /// Sees that the short operations still do what they say; how fast they are is seen elsewhere.
    #[test]
    fn this_and_the_floor_do_every_short_operation() {
        with_setting(Duration::ZERO, |setting| {
            for job in JOBS.iter().filter(|job| job.on_disk) {
                for row in (job.measure)(setting).expect("it can be measured") {
                    let cells = [THIS, FLOOR].map(|who| row.samples(who).is_some());
                    assert_eq!(cells, [true; 2], "{}", row.name);
                }
            }
        });
    }

    /// How often a row is measured whose floor takes a second and which itself takes these.
    fn attempts(name: &str, spare: Duration, seconds: &[f64]) -> Option<u32> {
        let mut attempts = None;
        with_setting(spare, |setting| {
            let mut seconds = seconds.iter();
            let measured = setting.until_met(|| {
                let mut row = Row::new(name, Unit::Milli, vec![Bar::times_floor(1.25)]);
                let this = seconds.next().ok_or("it is measured too often")?;
                row.add(THIS, Samples::new(vec![*this]));
                row.add(FLOOR, Samples::new(vec![1.0]));
                Ok([row])
            });
            attempts = measured.ok().map(|[row]| row.attempts);
        });
        attempts
    }

    #[test]
    fn a_missed_row_is_measured_up_to_three_times_more() {
        if Place::tmpfs().is_err() {
            return println!("skipped: there is no tmpfs");
        }
        assert_eq!(attempts("row", Duration::MAX, &[1.0]), Some(1));
        assert_eq!(attempts("row", Duration::MAX, &[2.0, 1.0]), Some(2));
        assert_eq!(attempts("row", Duration::MAX, &[2.0, 2.0, 2.0, 2.0]), Some(4));
        assert_eq!(attempts("row", Duration::ZERO, &[2.0]), Some(1));
        assert_eq!(attempts("once", Duration::MAX, &[2.0]), Some(1));
    }
}
