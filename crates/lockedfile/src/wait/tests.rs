use std::cell::Cell;

use super::*;
use crate::LockErrorKind;

const AN_HOUR: Duration = Duration::from_secs(3600);

/// What came of a wait for something that is free at the attempt of that number, or never; and the
/// patience of each attempt. Nothing here sleeps: that is left to the attempts.
fn attempts(
    mut wait: Wait<'_>,
    free_at: usize,
) -> (Result<Option<()>, LockErrorKind>, Vec<Patience>) {
    let path = Absolute::from_static("/run/lock");
    let holder = || unreachable!("nobody asks for the holder");
    let waiting = Waiting::new(&path, &holder);
    let mut seen = Vec::new();
    let outcome = wait.grant_later(&waiting, |patience| {
        seen.push(patience);
        Ok((seen.len() == free_at).then_some(()))
    });
    (outcome.map_err(|error| error.kind()), seen)
}

fn pauses(micros: &[u64]) -> Vec<Patience> {
    micros.iter().map(|micros| Patience::For(Duration::from_micros(*micros))).collect()
}

#[test]
fn without_a_limit_it_waits_for_ever_after_a_brief_wait_if_somebody_is_told() {
    let mut observer = |_: &Waiting<'_>| {};
    let (outcome, mut seen) = attempts(Wait::forever().observed_by(&mut observer), 2);
    assert_eq!(outcome, Ok(Some(())));
    assert_eq!(seen.pop(), Some(Patience::Endless));
    assert_eq!(seen, pauses(&[1000]));
    assert_eq!(attempts(Wait::forever(), 1), (Ok(Some(())), vec![Patience::Endless]));
}

#[test]
fn never_is_no_further_attempt() {
    assert_eq!(attempts(Wait::never(), 1), (Ok(None), vec![]));
    let never = Wait::never().cancelled_by(&|| true);
    assert_eq!(attempts(never, usize::MAX).0, Ok(None), "there is no wait to cancel");
}

#[test]
fn a_deadline_in_the_past_is_no_further_attempt() {
    assert_eq!(attempts(Wait::until(Instant::now()), 1), (Ok(None), vec![]));
}

#[test]
fn pauses_double_up_to_twenty_milliseconds() {
    let expected = pauses(&[1000, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
    let far = Wait::until(Instant::now() + AN_HOUR);
    assert_eq!(attempts(far, 9), (Ok(Some(())), expected.clone()));
    let cancellable = Wait::forever().cancelled_by(&|| false);
    assert_eq!(attempts(cancellable, 9), (Ok(Some(())), expected));
}

#[test]
fn no_pause_goes_beyond_the_deadline() {
    let soon = Instant::now() + Duration::from_millis(2);
    let Patience::For(pause) = Wait::until(soon).at_most(AN_HOUR).unwrap() else { panic!() };
    assert!(pause <= Duration::from_millis(2));
    assert_eq!(Wait::until(Instant::now()).at_most(AN_HOUR), None);
}

#[test]
fn cancelling_is_looked_at_before_each_wait() {
    let left = Cell::new(3);
    let cancelled = || {
        left.set(left.get() - 1);
        left.get() == 0
    };
    let (outcome, seen) = attempts(Wait::forever().cancelled_by(&cancelled), usize::MAX);
    assert_eq!(outcome, Err(LockErrorKind::Cancelled));
    assert_eq!(seen, pauses(&[1000, 500]));
}

#[test]
fn the_observer_is_told_once_and_not_before_the_brief_wait() {
    let told = Cell::new(0);
    let mut observer = |waiting: &Waiting<'_>| {
        assert_eq!(waiting.path().to_string(), "/run/lock");
        told.set(told.get() + 1);
    };
    let wait = Wait::until(Instant::now() + AN_HOUR).observed_by(&mut observer);
    assert_eq!(attempts(wait, 1).0, Ok(Some(())));
    assert_eq!(told.get(), 0, "it became free within a millisecond");
    let mut observer = |_: &Waiting<'_>| told.set(told.get() + 1);
    let wait = Wait::until(Instant::now() + AN_HOUR).observed_by(&mut observer);
    assert_eq!(attempts(wait, 9).0, Ok(Some(())));
    assert_eq!(told.get(), 1);
}
