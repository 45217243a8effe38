//! Measuring in turns, so that whatever else the machine does slows everybody.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Result;
use crate::row::Row;
use crate::samples::Samples;

/// More change nothing any more.
const MOST: usize = 200;

/// Somebody who does what is measured.
pub(crate) struct Contender {
    who: &'static str,
    work: Box<dyn FnMut(u32) -> Result<Duration>>,
}

/// How long is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// For all rounds of one row.
    pub(crate) row: Duration,
    /// For one contender in one round: it does it as often as fits.
    pub(crate) turn: Duration,
    /// The fewest rounds, however long they take.
    pub(crate) fewest: usize,
}

impl Contender {
    /// Does it once at each call, and is timed over many.
    pub(crate) fn new(who: &'static str, mut once: impl FnMut() -> Result<()> + 'static) -> Self {
        Self::timing_itself(who, move |count| timed(count, &mut once))
    }

    /// Does it as often as told, and says how long that took, without what it had to prepare.
    pub(crate) fn timing_itself(
        who: &'static str,
        work: impl FnMut(u32) -> Result<Duration> + 'static,
    ) -> Self {
        Self { who, work: Box::new(work) }
    }

    fn take_turn(&mut self, count: u32) -> Result<Duration> {
        (self.work)(count).map_err(|error| format!("{}: {error}", self.who).into())
    }

    /// How often it does it in one turn, at least once; without a length of turns, just once.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded")]
    fn calibrate(&mut self, turn: Duration) -> Result<u32> {
        let mut count = 1;
        while !turn.is_zero() {
            let taken = self.take_turn(count)?;
            if taken * 4 >= turn || count >= 1 << 20 {
                let one = taken.as_secs_f64() / f64::from(count);
                return Ok((turn.as_secs_f64() / one).clamp(1.0, f64::from(1 << 22)) as u32);
            }
            count *= 4;
        }
        Ok(1)
    }
}

/// Makes what was read look wanted, so that the compiler leaves nothing out.
#[inline]
pub(crate) fn used<T>(value: T) -> Result<()> {
    black_box(value);
    Ok(())
}

/// Does something many times, and says how long that took.
pub(crate) fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}

/// Fills a row: all contenders in turns, and each round begins with another.
pub(crate) fn fill(row: &mut Row, contenders: &mut [Contender], effort: Effort) -> Result<()> {
    let mut counts = Vec::new();
    for contender in contenders.iter_mut() {
        counts.push(contender.calibrate(effort.turn)?);
    }
    let mut figures = vec![Vec::new(); contenders.len()];
    let start = Instant::now();
    for round in 0..MOST {
        if round >= effort.fewest && start.elapsed() >= effort.row {
            break;
        }
        for turn in 0..contenders.len() {
            let at = (round + turn) % contenders.len();
            let taken = contenders[at].take_turn(counts[at])?;
            figures[at].push(taken.as_secs_f64() / f64::from(counts[at]));
        }
    }
    for (contender, figures) in contenders.iter().zip(figures) {
        row.add(contender.who, Samples::new(figures));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::figure::Unit;

    #[test]
    fn takes_turns_and_begins_each_round_with_another() {
        let order = Rc::new(RefCell::new(Vec::new()));
        let contender = |who: &'static str| {
            let order = Rc::clone(&order);
            Contender::timing_itself(who, move |count| {
                order.borrow_mut().push(who);
                Ok(Duration::from_millis(u64::from(count)))
            })
        };
        let mut row = Row::new("row", Unit::Milli, Vec::new());
        let turn = Duration::from_millis(1);
        let effort = Effort { row: Duration::ZERO, turn, fewest: 5 };
        fill(&mut row, &mut [contender("a"), contender("b")], effort).expect("nothing fails");
        let calibrated = ["a", "b"];
        let rounds = ["a", "b", "b", "a", "a", "b", "b", "a", "a", "b"];
        assert_eq!(*order.borrow(), [&calibrated[..], &rounds[..]].concat());
        assert_eq!(row.cells.len(), 2);
        assert_eq!(row.samples("a").map(Samples::count), Some(5));
        assert_eq!(row.fastest("a"), Some(0.001));
    }

    #[test]
    fn says_who_failed() {
        let failing = Contender::new("a", || Err("it broke".into()));
        let mut row = Row::new("row", Unit::Milli, Vec::new());
        let effort = Effort { row: Duration::ZERO, turn: Duration::ZERO, fewest: 1 };
        let error = fill(&mut row, &mut [failing], effort).expect_err("it fails");
        assert_eq!(error.to_string(), "a: it broke");
    }
}
