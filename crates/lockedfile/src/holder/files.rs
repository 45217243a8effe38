//! What the kernel's list of locks may call an open file.

use std::collections::HashMap;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use super::proc::{self, Device, File, LONGEST_ENTRY, LONGEST_LIST};
use crate::{Inode, sys};

/// The files that are asked about, by every name that the list may have for them.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The places of the files, in the order in which they were asked about.
    places: HashMap<File, Vec<usize>>,
    count: usize,
    /// The devices of the mounts that have been met; most files lie on one.
    mounts: HashMap<u64, Option<Device>>,
}

impl Files {
    /// The list uses the device of the filesystem as mounted, which on btrfs and overlayfs is not the
    /// `st_dev` of the file.
    pub(super) fn add(&mut self, file: BorrowedFd<'_>, inode: Inode) {
        let place = self.count;
        self.count += 1;
        let (major, minor) = sys::halves(inode.device);
        let name = File { device: Device { major, minor }, number: inode.number };
        self.places.entry(name).or_default().push(place);
        let fdinfo = format!("/proc/thread-self/fdinfo/{}", file.as_raw_fd());
        let descriptor = proc::read(fdinfo, LONGEST_ENTRY).map(|text| proc::descriptor(&text));
        let descriptor = descriptor.unwrap_or_default();
        let Some(device) = descriptor.mount.and_then(|mount| self.device_of(mount)) else {
            return;
        };
        let other = File { device, number: descriptor.number.unwrap_or(inode.number) };
        if other != name {
            self.places.entry(other).or_default().push(place);
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The places of those that may be meant.
    pub(super) fn places(&self, file: File) -> &[usize] {
        self.places.get(&file).map_or(&[], Vec::as_slice)
    }

    fn device_of(&mut self, mount: u64) -> Option<Device> {
        *self.mounts.entry(mount).or_insert_with(|| {
            proc::mount_device(&proc::read("/proc/thread-self/mountinfo", LONGEST_LIST)?, mount)
        })
    }
}

#[cfg(test)]
mod tests;
