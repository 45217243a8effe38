//! Signals.

use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::process::Signal;
use rustix_libc_wrappers::process::SignalExt as _;

use super::retry;

/// The signals that have a name of their own, less the SIG. Numbers differ between machines.
pub(crate) const SIGNALS: [(&str, i32); 31] = [
    ("HUP", Signal::HUP.as_raw()),
    ("INT", Signal::INT.as_raw()),
    ("QUIT", Signal::QUIT.as_raw()),
    ("ILL", Signal::ILL.as_raw()),
    ("TRAP", Signal::TRAP.as_raw()),
    ("ABRT", Signal::ABORT.as_raw()),
    ("BUS", Signal::BUS.as_raw()),
    ("FPE", Signal::FPE.as_raw()),
    ("KILL", Signal::KILL.as_raw()),
    ("USR1", Signal::USR1.as_raw()),
    ("SEGV", Signal::SEGV.as_raw()),
    ("USR2", Signal::USR2.as_raw()),
    ("PIPE", Signal::PIPE.as_raw()),
    ("ALRM", Signal::ALARM.as_raw()),
    ("TERM", Signal::TERM.as_raw()),
    ("STKFLT", Signal::STKFLT.as_raw()),
    ("CHLD", Signal::CHILD.as_raw()),
    ("CONT", Signal::CONT.as_raw()),
    ("STOP", Signal::STOP.as_raw()),
    ("TSTP", Signal::TSTP.as_raw()),
    ("TTIN", Signal::TTIN.as_raw()),
    ("TTOU", Signal::TTOU.as_raw()),
    ("URG", Signal::URG.as_raw()),
    ("XCPU", Signal::XCPU.as_raw()),
    ("XFSZ", Signal::XFSZ.as_raw()),
    ("VTALRM", Signal::VTALARM.as_raw()),
    ("PROF", Signal::PROF.as_raw()),
    ("WINCH", Signal::WINCH.as_raw()),
    ("IO", Signal::IO.as_raw()),
    ("PWR", Signal::POWER.as_raw()),
    ("SYS", Signal::SYS.as_raw()),
];

/// Sends a signal to the process of a descriptor, whoever has its number by now (Linux 5.1). EINVAL
/// for what the C library keeps to itself: 32 and 33.
pub(crate) fn pidfd_send_signal(pidfd: impl AsFd, number: u8) -> Result<(), Errno> {
    let signal = Signal::from_raw(number.into()).ok_or(Errno::INVAL)?;
    retry(|| rustix::process::pidfd_send_signal(&pidfd, signal))
}
