//! A descriptor on its way to another program: over a socket, or across an exec.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Result};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Sends a descriptor to whoever listens on a socket; it stays open here.
///
/// # Errors
///
/// What the kernel answers.
pub fn send(descriptor: BorrowedFd<'_>, socket: &Path) -> Result<()> {
    let stream = UnixStream::connect(socket)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(ErrorKind::StorageFull.into());
    }
    sendmsg(stream, &[IoSlice::new(b"!")], &mut control, SendFlags::empty())?;
    Ok(())
}

/// The descriptor that comes over a connection, if one does; closed on exec.
///
/// # Errors
///
/// What the kernel answers.
pub fn receive(stream: &UnixStream) -> Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    Ok(control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}

/// Keeps a descriptor open in the program that is executed next, and gives its number there.
///
/// # Errors
///
/// What the kernel answers.
pub fn keep_on_exec(descriptor: &OwnedFd) -> Result<RawFd> {
    fcntl_setfd(descriptor.as_fd(), FdFlags::empty())?;
    Ok(descriptor.as_raw_fd())
}
