//! Memory that a forked child finds empty.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

/// A number that is 0 in this process until it is set, and 0 again in each child that is forked; none
/// where the kernel has no such memory.
#[inline(always)]
pub(crate) fn wiped_on_fork() -> Option<&'static AtomicU64> {
    // Set without a lock, for a child may be forked at any moment and has no thread to let one go.
    static PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());
    let page = PAGE.load(Ordering::Acquire);
    let page = if page.is_null() { prepare(&PAGE) } else { page };
    if ptr::eq(page, none()) {
        return None;
    }
    #[expect(unsafe_code, reason = "memory that a fork wipes can be had of the kernel alone")]
    // SAFETY: it is the page that `prepare` has mapped for good: aligned, zeroed, readable and
    // writable, longer than eight bytes, and looked at as an atomic by everybody.
    Some(unsafe { &*page })
}

/// Stands for a page that there is not.
fn none() -> *mut AtomicU64 {
    static NONE: AtomicU64 = AtomicU64::new(0);
    (&raw const NONE).cast_mut()
}

/// Maps the page, or finds that another thread has.
#[cold]
fn prepare(place: &AtomicPtr<AtomicU64>) -> *mut AtomicU64 {
    let mapped = map();
    let page = mapped.unwrap_or_else(none);
    let set = place.compare_exchange(ptr::null_mut(), page, Ordering::AcqRel, Ordering::Acquire);
    let Err(others) = set else { return page };
    if let Some(page) = mapped {
        unmap(page);
    }
    others
}

/// What is mapped; the kernel makes a page of it.
const LENGTH: usize = size_of::<AtomicU64>();

#[expect(unsafe_code, reason = "memory that a fork wipes can be had of the kernel alone")]
fn map() -> Option<*mut AtomicU64> {
    // SAFETY: the kernel chooses where, so that nothing that is mapped is replaced.
    let page = unsafe {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        mmap_anonymous(ptr::null_mut(), LENGTH, access, MapFlags::PRIVATE).ok()?
    };
    // SAFETY: the page has just been mapped, and nobody knows of it yet.
    let advised = |advice| unsafe { madvise(page, LENGTH, advice) }.is_ok();
    // Anonymous memory has no file to remove anything of: who grants that, an emulator, believes
    // whatever it is told and does nothing about it.
    if !advised(Advice::LinuxRemove) && advised(Advice::LinuxWipeOnFork) {
        return Some(page.cast());
    }
    unmap(page.cast());
    None
}

#[expect(unsafe_code, reason = "memory that a fork wipes can be had of the kernel alone")]
fn unmap(page: *mut AtomicU64) {
    // There is nothing that a failure could be told to, and it would cost a page.
    // SAFETY: `map` has mapped it, and has shown it to nobody but this.
    let _unmapped = unsafe { munmap(page.cast(), LENGTH) };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel says of the mapping that an address lies in: two letters each (proc(5), smaps).
    fn flags(address: usize) -> Option<String> {
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut lines = smaps.lines();
        lines.find(|line| {
            let ends = line.split_once(' ').and_then(|(range, _)| range.split_once('-'));
            let number = |end| usize::from_str_radix(end, 16).ok();
            ends.and_then(|(from, to)| Some(number(from)?..number(to)?))
                .is_some_and(|range| range.contains(&address))
        })?;
        lines.find_map(|line| line.strip_prefix("VmFlags:")).map(str::to_owned)
    }

    #[test]
    fn the_kernel_knows_what_it_is_to_wipe() {
        let page = wiped_on_fork().map(ptr::from_ref);
        let anything = flags(flags as fn(_) -> _ as usize);
        if anything.is_none() {
            return println!("skipped: /proc/self/smaps says nothing of mappings here");
        }
        let page = page.expect("Linux has such memory since 4.14");
        assert!(flags(page.addr()).unwrap().split(' ').any(|flag| flag == "wf"));
        assert!(ptr::eq(wiped_on_fork().unwrap(), page), "it stays where it is");
    }
}
