//! The command as its users see it: real processes, real stores, and no word of how it works inside.
//!
//! Nothing here sleeps to wait for something. Programs say through a pipe that they run, ends are
//! awaited by the kernel, and each test has a store of its own.

#![expect(clippy::unwrap_used, reason = "what helpers meet unexpectedly fails the test")]

/// Says what is not tried here, and why: past the harness, which keeps what a passing test prints.
macro_rules! skipped {
    ($($why:tt)*) => {{
        use std::io::Write as _;
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        let _unheard = writeln!(std::io::stderr(), "skipped: {test}: {}", format_args!($($why)*));
    }};
}

mod adopt;
mod bwrap;
mod cgroup;
mod doctor;
mod formats;
mod gc;
mod generate;
mod input;
mod instances;
mod kill;
mod locks;
mod place;
mod process;
mod ps;
mod run;
mod show;
mod show_pid;
mod signals;
mod terminal;
mod wait;
mod watch;
