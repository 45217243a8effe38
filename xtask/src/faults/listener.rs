//! Who listens to a command that ends when nobody does.

use std::io::{PipeReader, Read as _};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// For how long the next line is waited for. What a fault has hidden is looked for again sooner, or is
/// never told.
const PATIENCE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// Listens to so many lines, and goes away.
pub(super) fn listen(from: PipeReader, lines: usize) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut heard = 0;
        let mut buffer = [0; 4096];
        while heard < lines {
            let mut ready = [PollFd::new(&from, PollFlags::IN)];
            if !poll(&mut ready, Some(&PATIENCE)).is_ok_and(|ready| ready > 0) {
                return;
            }
            match (&from).read(&mut buffer) {
                Ok(length) if length > 0 => {
                    heard += buffer[..length].iter().filter(|byte| **byte == b'\n').count();
                }
                _ => return,
            }
        }
    })
}
