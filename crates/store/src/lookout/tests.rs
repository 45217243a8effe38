use std::time::Duration;

use super::*;
use crate::fresh;

/// What looks out for a store that does not exist.
fn lookout() -> (tempfile::TempDir, Lookout) {
    let (directory, store) = fresh::store();
    let mut lookout = Lookout::new(&store.shared.base, Scope::All).expect("there are descriptors");
    lookout.begin().expect("nothing is wrong with it");
    (directory, lookout)
}

fn in_a_minute() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(60))
}

#[test]
fn a_deadline_holds_even_if_there_is_always_something_to_look_at() {
    let (_directory, mut lookout) = lookout();
    // The other end is gone, so that it stays readable.
    let (source, _) = std::os::unix::net::UnixStream::pair().expect("there are descriptors");
    lookout.wakers.add(&source).expect("added");
    let (told, tell) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let _nobody_listens_any_more = told.send(lookout.next_until(Some(Instant::now())));
        drop(source);
    });
    let next = tell.recv_timeout(Duration::from_secs(60)).expect("it came back");
    assert_eq!(next.expect("nothing is wrong with it"), None);
}

#[test]
fn what_cannot_be_read_is_tried_again_and_keeps_nothing_from_being_told() {
    let (_directory, mut lookout) = lookout();
    assert!(!sys::wait_until_readable(&lookout, Some(Instant::now())).expect("polled"));
    lookout.watches = Watches::that_cannot_be_read();
    let key = (Identity::MIN, InstanceId::from_bytes([1; 16]));
    lookout.lives.came(key);
    assert!(lookout.settle().is_err());
    assert!(sys::wait_until_readable(&lookout, in_a_minute()).expect("polled"));
    let event = lookout.try_next().expect("it is known already").expect("it has come");
    assert_eq!((event.identity, event.id), key);
}
