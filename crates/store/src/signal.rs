//! Signals by number and by name.

use std::fmt;
use std::str::FromStr;

use crate::sys::SIGNALS;

/// A signal, from 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signal(u8);

/// The realtime signals by the numbers that programs know them by; the two below these are the C
/// library's own.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

/// Other names for what has one.
const ALIASES: [(&str, &str); 3] = [("CLD", "CHLD"), ("IOT", "ABRT"), ("POLL", "IO")];

impl Signal {
    /// Asks a process to end.
    pub const TERM: Self = Self(15);
    /// Ends a process.
    pub const KILL: Self = Self(9);

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// What is no signal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no signal {0:?}: a number from 1 to {RTMAX} is one, or a name such as TERM")]
pub struct SignalError(String);

impl TryFrom<i32> for Signal {
    type Error = SignalError;

    fn try_from(number: i32) -> Result<Self, SignalError> {
        let signal = u8::try_from(number).ok().filter(|number| (1..=RTMAX).contains(number));
        signal.map(Self).ok_or_else(|| SignalError(number.to_string()))
    }
}

/// By number, or by name with or without SIG, in capitals or not: `15`, `TERM`, `SIGTERM`,
/// `RTMIN+1`, `RTMAX-2`.
impl FromStr for Signal {
    type Err = SignalError;

    fn from_str(text: &str) -> Result<Self, SignalError> {
        let name = text.to_ascii_uppercase();
        let name = name.strip_prefix("SIG").unwrap_or(&name);
        by_number(text)
            .or_else(|| by_name(name))
            .or_else(|| realtime(name))
            .ok_or_else(|| SignalError(text.to_owned()))
    }
}

fn by_number(text: &str) -> Option<Signal> {
    digits(text)?.try_into().ok()
}

fn by_name(name: &str) -> Option<Signal> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    let (_, number) = SIGNALS.iter().find(|(known, _)| *known == name)?;
    (*number).try_into().ok()
}

/// `RTMIN`, `RTMIN+3`, `RTMAX-3`, `RTMAX`.
fn realtime(name: &str) -> Option<Signal> {
    let from = |end: &str, sign: char| match name.strip_prefix(end)? {
        "" => Some(0),
        distance => digits(distance.strip_prefix(sign)?),
    };
    let number = match (from("RTMIN", '+'), from("RTMAX", '-')) {
        (Some(distance), _) => i32::from(RTMIN).checked_add(distance)?,
        (_, Some(distance)) => i32::from(RTMAX).checked_sub(distance)?,
        (None, None) => return None,
    };
    let signal: Signal = number.try_into().ok()?;
    (signal.0 >= RTMIN).then_some(signal)
}

/// A number without a sign.
fn digits(text: &str) -> Option<i32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// With SIG before it, as it is read back: `SIGTERM`, `SIGRTMIN+1`; by number if it has no name.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = SIGNALS.iter().find(|(_, number)| *number == i32::from(self.0));
        match (named, self.0) {
            (Some((name, _)), _) => write!(f, "SIG{name}"),
            (None, RTMIN) => f.write_str("SIGRTMIN"),
            (None, RTMAX) => f.write_str("SIGRTMAX"),
            (None, number @ RTMIN..RTMAX) => write!(f, "SIGRTMIN+{}", number - RTMIN),
            (None, number) => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_read() {
        for (text, number) in [
            ("1", 1),
            ("64", 64),
            ("015", 15),
            ("TERM", 15),
            ("SIGTERM", 15),
            ("sigterm", 15),
            ("Kill", 9),
            ("SIGIOT", 6),
            ("RTMIN", 34),
            ("SIGRTMIN+1", 35),
            ("rtmin+30", 64),
            ("RTMAX", 64),
            ("RTMAX-30", 34),
        ] {
            assert_eq!(text.parse::<Signal>().map(Signal::number), Ok(number), "{text}");
        }
        assert_eq!("TERM".parse(), Ok(Signal::TERM));
        assert_eq!("KILL".parse(), Ok(Signal::KILL));
    }

    #[test]
    fn what_is_no_signal_is_said() {
        for text in [
            "",
            "0",
            "65",
            "-1",
            "+9",
            "SIG",
            "SIG9",
            "SIGSIGTERM",
            "TERM ",
            "FOO",
            "RTMIN-1",
            "RTMIN+31",
            "RTMAX-31",
            "RTMAX+1",
            "RTMIN+",
            "RTMIN+-1",
            "99999999999",
            "RTMIN+99999999999",
        ] {
            let error = text.parse::<Signal>().expect_err(text).to_string();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
        for number in [i32::MIN, -1, 0, 65, 256 + 9, i32::MAX] {
            Signal::try_from(number).expect_err("no signal");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for number in 1..=64 {
            let signal = Signal::try_from(number).expect("within bounds");
            assert_eq!(signal.to_string().parse(), Ok(signal), "{signal}");
        }
        assert_eq!(Signal::TERM.to_string(), "SIGTERM");
        assert_eq!(Signal(35).to_string(), "SIGRTMIN+1");
        assert_eq!(Signal(33).to_string(), "33");
    }

    #[test]
    fn no_two_signals_share_a_name_or_a_number() {
        for (at, (name, number)) in SIGNALS.iter().enumerate() {
            let others = &SIGNALS[at + 1..];
            assert!(
                others.iter().all(|(other, others)| other != name && others != number),
                "{name}"
            );
        }
    }
}
