//! Whether a listing without a lock told the truth.
//!
//! It is no picture of one moment. What it promises: an entry that is there for all the time is listed,
//! one that is there at no time of it is not; and each verdict was right at some moment in between.

use hakurei_store::Verdict;

use crate::history::{Answer, Call, History, Seen, Who};
use crate::plan::What;

/// Checks each listing of a segment; returns how many verdicts there were.
///
/// # Errors
///
/// What was not so.
pub(super) fn check(history: &History, segment: u16) -> Result<usize, String> {
    let mut verdicts = 0;
    for call in history.calls.iter().filter(|call| call.is_in(segment)) {
        let Some(Answer::Seen(seen)) = call.answer() else { continue };
        let look = Look { history, call, from: call.start, to: history.end(call) };
        look.check(seen)
            .map_err(|error| format!("process {} saw at its look: {error}", call.who))?;
        verdicts += seen.len();
    }
    Ok(verdicts)
}

struct Look<'a> {
    history: &'a History,
    call: &'a Call,
    from: u64,
    to: u64,
}

impl<'a> Look<'a> {
    fn check(&self, seen: &[Seen]) -> Result<(), String> {
        for (at, one) in seen.iter().enumerate() {
            if seen[..at].iter().any(|other| other.instance == one.instance) {
                return Err(format!("instance {} twice", one.instance));
            }
            self.check_one(one).map_err(|error| format!("{one:?}: {error}"))?;
        }
        let is_seen = |save: &&Call| seen.iter().any(|one| one.instance == save.act.instance);
        match self.saves().find(|save| self.was_there(save) && !is_seen(save)) {
            Some(save) => Err(format!("not instance {}, which was there", save.act.instance)),
            None => Ok(()),
        }
    }

    fn check_one(&self, seen: &Seen) -> Result<(), String> {
        let saves = self.saves().filter(|save| {
            save.act.instance == seen.instance && self.history.lives[save.who].pid == seen.pid
        });
        // One process saves an instance once.
        let save = saves.last().ok_or("nobody had saved that")?;
        if !self.may_have_been_there(save) {
            return Err("it was not there any more, or not yet".into());
        }
        let owners = || self.owners(save);
        let has_shim = save.act.what == What::SaveWithShim;
        let monitor_lives = self.history.still_lived(save.who, self.to);
        let somebody_lived = owners().any(|who| !self.history.was_gone(who, self.from));
        let is_right = match seen.verdict {
            Verdict::Running => somebody_lived,
            Verdict::Dead => !has_shim && !monitor_lives,
            Verdict::Orphaned => has_shim && !monitor_lives && !self.is_surely_adopted(save),
            // Everybody is of one boot, and of one namespace, and writes whole entries.
            _ => false,
        };
        if !is_right {
            return Err("at no moment was that right".into());
        }
        let surely_leased = monitor_lives && self.was_there(save);
        match seen.is_leased {
            true if seen.verdict != Verdict::Running => Err("whose lease is held runs".into()),
            true if !somebody_lived => Err("nobody could have had its lease".into()),
            false if surely_leased => Err("its owner had its lease".into()),
            _ => Ok(()),
        }
    }

    /// The saves of this segment that came to something, or may have.
    fn saves(&self) -> impl Iterator<Item = &'a Call> {
        let segment = self.call.act.segment;
        let calls = self.history.calls.iter();
        calls.filter(move |call| {
            call.act.segment == segment
                && call.act.what.is_save()
                && matches!(call.answer(), None | Some(Answer::Done))
        })
    }

    /// Who may have had an entry's lease by the end of the look: who saved it, or adopted it.
    fn owners(&self, save: &'a Call) -> impl Iterator<Item = Who> {
        let adopted = self.adoptions(save).map(|call| call.who);
        adopted.chain([save.who])
    }

    fn adoptions(&self, save: &'a Call) -> impl Iterator<Item = &'a Call> {
        let to = self.to;
        self.history.calls.iter().filter(move |call| {
            call.act.what == What::Adopt
                && call.act.segment == save.act.segment
                && call.act.instance == save.act.instance
                && matches!(call.answer(), None | Some(Answer::Done))
                && call.start <= to
        })
    }

    /// Whether somebody who lived on had adopted it before, and had not begun to end it.
    fn is_surely_adopted(&self, save: &'a Call) -> bool {
        self.was_there(save)
            && self.adoptions(save).any(|call| {
                call.answered.is_some()
                    && self.history.end(call) <= self.from
                    && call.start >= self.history.end(save)
                    && self.history.still_lived(call.who, self.to)
            })
    }

    /// Whether it was there for all the time of the look.
    fn was_there(&self, save: &Call) -> bool {
        let is_saved = save.answered.is_some() && self.history.end(save) <= self.from;
        let may_be_removed = |call: &Call| {
            self.removes(call, save, Certainty::Possible)
                && self.history.end(call) >= save.start
                && call.start <= self.to
        };
        is_saved && !self.history.calls.iter().any(may_be_removed)
    }

    /// Whether there was a moment of the look at which it may have been there.
    fn may_have_been_there(&self, save: &Call) -> bool {
        let is_removed = |call: &Call| {
            self.removes(call, save, Certainty::Proven)
                && call.start >= self.history.end(save)
                && self.history.end(call) < self.from
        };
        save.start <= self.to && !self.history.calls.iter().any(is_removed)
    }

    /// Whether a call takes away what was saved.
    fn removes(&self, call: &Call, save: &Call, certainty: Certainty) -> bool {
        if !call.is_in(save.act.segment) {
            return false;
        }
        let is_same = call.act.instance == save.act.instance;
        let number = save.act.instance;
        let number = if call.act.what == What::Gc {
            number + 1000 * u32::from(save.act.segment)
        } else {
            number
        };
        match (call.act.what, call.answer(), certainty) {
            (What::Destroy, Some(Answer::Done), _) => is_same,
            (What::Destroy, None, Certainty::Possible) => is_same,
            (What::Collect | What::Gc, Some(Answer::Collected(those)), _) => {
                those.contains(&number)
            }
            (What::Collect | What::Gc, None, Certainty::Possible) => true,
            (What::End | What::EndWithAccount, Some(Answer::Nothing), _) => false,
            (What::End | What::EndWithAccount, Some(_), Certainty::Proven) => {
                is_same && call.who == save.who
            }
            (What::End | What::EndWithAccount, _, Certainty::Possible) => is_same,
            _ => false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// It may have.
    Possible,
    /// It has.
    Proven,
}
