//! Taking a lease that others may be asking about just now.

use std::os::fd::AsFd;
use std::time::Duration;

use crate::sys::{self, Answer, Errno, Probe};

/// How often a probe may be in the way. All of them take half a second, for which no probe holds on
/// unless its process has been stopped.
const ATTEMPTS: u32 = 500;

/// So many of them follow at once, since a probe is over at once.
const WITHOUT_A_PAUSE: u32 = 20;

const PAUSE: Duration = Duration::from_millis(1);

/// Whether a lease could be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Taken,
    /// Somebody else holds it.
    Held,
}

/// Takes the lease of an open entry, unless somebody holds it. The description that has it already is
/// given it again, without a gap.
///
/// Who asks whether a lease is held shares its lock for a moment, and keeps nobody from sharing it
/// too; an owner does. So a refusal is looked into, and only an owner's is final.
pub(crate) fn claim(file: impl AsFd) -> Result<Claim, Errno> {
    for attempt in 0..ATTEMPTS {
        if sys::try_exclusive(&file)? == Answer::Granted {
            return Ok(Claim::Taken);
        }
        if sys::probe_lease(&file)? == Probe::Held {
            return Ok(Claim::Held);
        }
        if attempt >= WITHOUT_A_PAUSE {
            sys::pause(PAUSE);
        }
    }
    // Somebody shares it and does not let go.
    Ok(Claim::Held)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn who_asks_is_waited_for_and_who_holds_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let dir = sys::open_dir(directory.path()).unwrap();
        let [file, other] = [(); 2].map(|()| {
            let _made = sys::create_exclusive(&dir, c"entry");
            sys::open_for_reading(&dir, c"entry").unwrap()
        });
        let both = Barrier::new(2);
        std::thread::scope(|scope| {
            assert_eq!(sys::try_shared(&other), Ok(Answer::Granted));
            scope.spawn(|| {
                both.wait();
                sys::unlock(&other).unwrap();
            });
            both.wait();
            assert_eq!(claim(&file), Ok(Claim::Taken));
        });
        assert_eq!(claim(&file), Ok(Claim::Taken), "it has it already");
        assert_eq!(claim(&other), Ok(Claim::Held));
    }
}
