//! Whether a history makes sense.

mod exclusion;
mod looks;
mod order;

use crate::history::{Answer, History};
use crate::plan::SEGMENTS;

/// What was checked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) calls: usize,
    /// Of those, without an answer.
    pub(crate) pending: usize,
    pub(crate) verdicts: usize,
    pub(crate) holders: usize,
}

/// Checks everything that is said of a history in docs/reliability.md.
///
/// # Errors
///
/// What makes no sense.
pub(crate) fn check(history: &History) -> Result<Counts, String> {
    let mut counts = Counts::default();
    for segment in 0..SEGMENTS {
        order::check(history, segment).map_err(|error| explain(history, segment, &error))?;
        let looked = looks::check(history, segment);
        counts.verdicts += looked.map_err(|error| explain(history, segment, &error))?;
        let held = exclusion::check(history, segment);
        counts.holders += held.map_err(|error| explain(history, segment, &error))?;
    }
    let asked = history.calls.iter().filter(|call| call.answer() != Some(&Answer::Nothing));
    counts.calls = asked.clone().count();
    counts.pending = asked.filter(|call| call.answered.is_none()).count();
    Ok(counts)
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.pending += other.pending;
        self.verdicts += other.verdicts;
        self.holders += other.holders;
    }
}

/// What makes no sense, and all that was called in that segment, in microseconds from the first.
fn explain(history: &History, segment: u16, error: &str) -> String {
    let first = history.calls.first().map_or(0, |call| call.start);
    let micros = |at: u64| at.saturating_sub(first) / 1000;
    let mut text = format!("segment {segment}: {error}\n");
    for call in history.calls.iter().filter(|call| call.is_in(segment)) {
        let (who, act, start) = (call.who, call.act, micros(call.start));
        let line = match &call.answered {
            Some((end, answer)) => {
                format!(
                    "  {start:>8} … {:>8}  process {who}: {act} → {}\n",
                    micros(*end),
                    answer.to_line()
                )
            }
            None => format!("  {start:>8} …           process {who}: {act}\n"),
        };
        text.push_str(&line);
    }
    for (who, life) in history.lives.iter().enumerate() {
        if let (Some(killed), Some(gone)) = (life.killed, life.gone) {
            let (killed, gone) = (micros(killed), micros(gone));
            text.push_str(&format!(
                "  {killed:>8} … {gone:>8}  process {who} is killed ({})\n",
                life.pid
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests;
