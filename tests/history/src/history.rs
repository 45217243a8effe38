//! What was called, what was answered, and who lived when.

use std::collections::BTreeSet;
use std::str::FromStr;

use hakurei_store::Verdict;

use crate::plan::{Act, What};

/// Nanoseconds on the clock that all processes share.
pub(crate) type Instant = u64;

/// A process of a round, by its place in the plan; the last is who watches over them.
pub(crate) type Who = usize;

/// A round, as it went.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) calls: Vec<Call>,
    pub(crate) lives: Vec<Life>,
}

/// One call. Of one that somebody died in, no answer is known, nor how far it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) who: Who,
    pub(crate) act: Act,
    pub(crate) start: Instant,
    pub(crate) answered: Option<(Instant, Answer)>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was not called: there was no such lease.
    Nothing,
    Done,
    Exists,
    Missing,
    /// Not adopted, for somebody has its lease.
    Leased,
    /// Not adopted, for it has ended.
    Ended,
    /// Its lock was held by another.
    Busy,
    Left(usize),
    Collected(BTreeSet<u32>),
    /// And when the lock was held.
    Listed(Instant, Instant, BTreeSet<u32>),
    Seen(Vec<Seen>),
}

/// One entry of a listing without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) instance: u32,
    pub(crate) verdict: Verdict,
    pub(crate) is_leased: bool,
    pub(crate) pid: i64,
}

/// When a process was killed, if it was, and when the kernel had told of its end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    pub(crate) pid: i64,
    pub(crate) killed: Option<Instant>,
    pub(crate) gone: Option<Instant>,
}

impl History {
    /// Whether a process had ended for all to know before some time.
    pub(crate) fn was_gone(&self, who: Who, before: Instant) -> bool {
        self.lives[who].gone.is_some_and(|gone| gone < before)
    }

    /// Whether nobody had even tried to kill a process until some time.
    pub(crate) fn still_lived(&self, who: Who, at: Instant) -> bool {
        self.lives[who].killed.is_none_or(|killed| killed > at)
    }

    /// When a call was over: when it was answered, or its process was gone.
    pub(crate) fn end(&self, call: &Call) -> Instant {
        let answered = call.answered.as_ref().map(|(end, _)| *end);
        answered.or(self.lives[call.who].gone).unwrap_or(Instant::MAX)
    }
}

impl Call {
    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.answered.as_ref().map(|(_, answer)| answer)
    }

    /// Whether it takes part in what happens in a segment.
    pub(crate) fn is_in(&self, segment: u16) -> bool {
        self.act.segment == segment || self.act.what == What::Gc
    }
}

impl Answer {
    /// As a process writes it down.
    pub(crate) fn to_line(&self) -> String {
        let numbers = |numbers: &BTreeSet<u32>| {
            numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
        };
        match self {
            Self::Nothing => "nothing".into(),
            Self::Done => "done".into(),
            Self::Exists => "exists".into(),
            Self::Missing => "missing".into(),
            Self::Leased => "leased".into(),
            Self::Ended => "ended".into(),
            Self::Busy => "busy".into(),
            Self::Left(count) => format!("left {count}"),
            Self::Collected(those) => format!("collected {}", numbers(those)),
            Self::Listed(from, to, those) => format!("listed {from} {to} {}", numbers(those)),
            Self::Seen(seen) => {
                let one = |it: &Seen| {
                    format!("{}:{}:{}:{}", it.instance, it.verdict, it.is_leased, it.pid)
                };
                format!("seen {}", seen.iter().map(one).collect::<Vec<_>>().join(","))
            }
        }
    }
}

impl FromStr for Answer {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let refused = || line.to_owned();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let numbers = |list: &str| -> Result<BTreeSet<u32>, String> {
            let words = list.split(',').filter(|word| !word.is_empty());
            words.map(|word| word.parse().map_err(|_| refused())).collect()
        };
        Ok(match word {
            "nothing" => Self::Nothing,
            "done" => Self::Done,
            "exists" => Self::Exists,
            "missing" => Self::Missing,
            "leased" => Self::Leased,
            "ended" => Self::Ended,
            "busy" => Self::Busy,
            "left" => Self::Left(rest.parse().map_err(|_| refused())?),
            "collected" => Self::Collected(numbers(rest)?),
            "listed" => {
                let mut words = rest.splitn(3, ' ');
                let mut next = || words.next().ok_or_else(refused);
                let time = |word: &str| word.parse().map_err(|_| refused());
                Self::Listed(time(next()?)?, time(next()?)?, numbers(next()?)?)
            }
            "seen" => {
                let words = rest.split(',').filter(|word| !word.is_empty());
                Self::Seen(words.map(str::parse).collect::<Result<_, _>>()?)
            }
            // An error is none that any of these calls may give.
            _ => return Err(refused()),
        })
    }
}

impl FromStr for Seen {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let parts: Vec<&str> = word.split(':').collect();
        let [instance, verdict, is_leased, pid] = parts[..] else { return Err(word.to_owned()) };
        use Verdict::{Corrupt, Dead, Newer, Orphaned, Running, Starting, Unknown};
        let known = [Running, Orphaned, Starting, Dead, Unknown, Corrupt, Newer];
        let found = known.into_iter().find(|it| it.as_str() == verdict);
        let number = |text: &str| text.parse::<i64>().map_err(|_| word.to_owned());
        Ok(Self {
            instance: u32::try_from(number(instance)?).map_err(|_| word.to_owned())?,
            verdict: found.ok_or_else(|| word.to_owned())?,
            is_leased: is_leased == "true",
            pid: number(pid)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_can_be_written_down_and_read_again() {
        let seen = Seen { instance: 3, verdict: Verdict::Orphaned, is_leased: true, pid: 4711 };
        let answers = [
            Answer::Nothing,
            Answer::Busy,
            Answer::Left(2),
            Answer::Collected([1, 5].into()),
            Answer::Listed(7, 9, [].into()),
            Answer::Seen(vec![seen, Seen { verdict: Verdict::Dead, ..seen }]),
            Answer::Seen(Vec::new()),
        ];
        for answer in answers {
            assert_eq!(answer.to_line().parse(), Ok(answer));
        }
        "error System: no room".parse::<Answer>().expect_err("no answer");
    }
}
