//! The descriptors of processes, as `/proc` shows them.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::Process;
use super::proc::{self, File, LONGEST_ENTRY};
use crate::sys;

/// How many descriptors of other processes are looked at.
const MOST_DESCRIPTORS: usize = 1 << 17;

/// How many more descriptors may be looked at.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MOST_DESCRIPTORS)
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    fn spend(&mut self) -> bool {
        let is_left = !self.is_spent();
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}

/// Whether `/proc` is that of this process's pid namespace; otherwise its numbers mean nothing here.
pub(super) fn is_own_proc() -> bool {
    let link = fs::read_link("/proc/self").ok();
    link.is_some_and(|link| link == Path::new(&sys::process_id().to_string()))
}

/// All processes that can be seen.
pub(super) fn processes() -> impl Iterator<Item = u32> {
    numbers("/proc").into_iter().flatten()
}

/// Shows each file on which a descriptor of the process holds a lock, until `each` has seen enough;
/// answers whether every descriptor was looked at.
pub(super) fn each_lock(
    pid: u32,
    budget: &mut Budget,
    each: &mut dyn FnMut(File) -> ControlFlow<()>,
) -> bool {
    let Ok(mut looked) = each_lock_in(&format!("/proc/{pid}/fdinfo"), budget, each) else {
        return false;
    };
    // A leading thread that has ended has none; those that it left behind still do.
    if looked == Looked::NothingThere {
        let Ok(threads) = numbers(format!("/proc/{pid}/task")) else { return false };
        for thread in threads {
            let directory = format!("/proc/{pid}/task/{thread}/fdinfo");
            match each_lock_in(&directory, budget, each) {
                Ok(Looked::NothingThere) => {}
                Ok(seen) => {
                    looked = seen;
                    break;
                }
                // It has ended in between.
                Err(error) if is_gone(&error) => {}
                Err(_) => return false,
            }
        }
    }
    looked != Looked::NotEverywhere
}

/// What there was to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looked {
    Everywhere,
    NotEverywhere,
    NothingThere,
}

fn each_lock_in(
    directory: &str,
    budget: &mut Budget,
    each: &mut dyn FnMut(File) -> ControlFlow<()>,
) -> io::Result<Looked> {
    let mut looked = Looked::NothingThere;
    for descriptor in fs::read_dir(directory)? {
        let descriptor = descriptor?;
        if looked == Looked::NothingThere {
            looked = Looked::Everywhere;
        }
        if !budget.spend() {
            return Ok(Looked::NotEverywhere);
        }
        let text = match proc::try_read(descriptor.path(), LONGEST_ENTRY) {
            Ok(text) => text,
            // It has been closed in between.
            Err(error) if is_gone(&error) => continue,
            Err(_) => {
                looked = Looked::NotEverywhere;
                continue;
            }
        };
        if proc::held(&text).try_for_each(&mut *each).is_break() {
            return Ok(Looked::NotEverywhere);
        }
    }
    Ok(looked)
}

fn is_gone(error: &io::Error) -> bool {
    // A thread that ends while its files are read answers ESRCH.
    const ESRCH: i32 = 3;
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH)
}

/// The names of a directory that are numbers.
fn numbers(directory: impl AsRef<Path>) -> io::Result<impl Iterator<Item = u32>> {
    let names = fs::read_dir(directory)?;
    Ok(names.filter_map(|name| name.ok()?.file_name().to_str()?.parse().ok()))
}

pub(super) fn describe(pid: u32) -> Process {
    let comm = proc::read(format!("/proc/{pid}/comm"), LONGEST_ENTRY);
    let stat = proc::read(format!("/proc/{pid}/stat"), LONGEST_ENTRY);
    Process {
        pid,
        command: comm.map(|text| super::escaped(text.strip_suffix('\n').unwrap_or(&text))),
        is_stopped: stat.is_some_and(|text| proc::is_stopped(&text)),
    }
}

#[cfg(test)]
mod tests;
