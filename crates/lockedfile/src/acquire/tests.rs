use std::cell::Cell;

use super::{PROBES, past_probes};

/// Asks for a lock that so many probes and then perhaps an owner are in the way of; says whether it
/// was granted, and how often it was asked for.
fn ask(probes: u32, is_owned: bool) -> (bool, u32) {
    let asked = Cell::new(0);
    let take = || {
        asked.set(asked.get() + 1);
        Ok((asked.get() > probes).then_some(()))
    };
    let is_shareable = || Ok(asked.get() < probes || !is_owned);
    let granted = past_probes(take, is_shareable).expect("nothing fails");
    (granted.is_some(), asked.get())
}

#[test]
fn who_only_asks_is_in_nobodys_way() {
    assert_eq!(ask(0, false), (true, 1));
    assert_eq!(ask(5, false), (true, 6));
}

#[test]
fn an_owner_is_final() {
    assert_eq!(ask(0, true), (false, 0));
    assert_eq!(ask(5, true), (false, 5));
}

#[test]
fn who_shares_a_lock_for_good_is_no_probe() {
    assert_eq!(ask(u32::MAX, false), (false, PROBES));
}
