//! Whether one process at a time held the lock of a segment, and nobody was refused without a reason.

use crate::history::{Answer, Call, History};
use crate::plan::What;

/// Sees that no two held it at a time; returns how many were seen to hold it.
///
/// # Errors
///
/// Who did.
pub(super) fn check(history: &History, segment: u16) -> Result<usize, String> {
    let mut held: Vec<(u64, u64, &Call)> = history
        .calls
        .iter()
        .filter(|call| call.is_in(segment))
        .filter_map(|call| match call.answer()? {
            Answer::Listed(from, to, _) => Some((*from, *to, call)),
            _ => None,
        })
        .collect();
    held.sort_by_key(|(from, ..)| *from);
    for ((_, to, first), (from, _, second)) in held.iter().zip(held.iter().skip(1)) {
        if from < to {
            return Err(format!(
                "processes {} and {} held the lock at a time",
                first.who, second.who
            ));
        }
    }
    let refused = history
        .calls
        .iter()
        .filter(|call| call.is_in(segment) && call.answer() == Some(&Answer::Busy));
    for call in refused {
        if !history.calls.iter().any(|other| may_hold(history, other, call)) {
            return Err(format!("process {} was refused the lock, and nobody had it", call.who));
        }
    }
    Ok(held.len())
}

/// Whether another call may have held the lock while this one asked for it.
fn may_hold(history: &History, other: &Call, call: &Call) -> bool {
    other.who != call.who
        && other.is_in(call.act.segment)
        && other.act.what != What::Look
        && other.start <= history.end(call)
        && history.end(other) >= call.start
}
