use hakurei_hst::{Identity, InstanceId};

use super::*;

const KEY: Key = (Identity::MIN, InstanceId::from_bytes([1; 16]));

fn wakers() -> Wakers {
    Wakers::new().expect("there are descriptors")
}

fn is_readable(wakers: &Wakers) -> bool {
    sys::wait_until_readable(wakers, Some(Instant::now())).expect("polled")
}

fn ended_child() -> OwnedFd {
    let mut child = std::process::Command::new("true").spawn().expect("spawned");
    let pidfd = sys::pidfd_open(child.id().try_into().expect("a number")).expect("a child");
    child.wait().expect("a child");
    pidfd
}

#[test]
fn what_is_to_be_told_now_makes_it_readable_once() {
    let mut wakers = wakers();
    assert!(!is_readable(&wakers));
    wakers.set(true, false).expect("set");
    assert!(sys::wait_until_readable(&wakers, None).expect("polled"));
    let ready = wakers.ready().expect("looked");
    assert_eq!((ready.is_any, ready.is_time), (true, false));
    assert!(!is_readable(&wakers));
    assert!(!wakers.ready().expect("looked").is_any);
}

#[test]
fn a_while_passes_even_if_there_is_always_something_to_tell() {
    let mut wakers = wakers();
    wakers.set(false, true).expect("set");
    loop {
        wakers.set(true, true).expect("set");
        assert!(sys::wait_until_readable(&wakers, None).expect("polled"));
        if wakers.ready().expect("looked").is_time {
            break;
        }
    }
    wakers.set(false, false).expect("set");
    assert!(!wakers.ready().expect("looked").is_any);
}

#[test]
fn the_end_of_a_process_makes_it_readable_until_its_alarm_is_given_up() {
    let mut wakers = wakers();
    let alarm = wakers.at_end_of(ended_child(), KEY).expect("there are descriptors");
    assert!(is_readable(&wakers));
    assert_eq!(wakers.ready().expect("looked").ended, [KEY]);
    // Somebody else may have it open, such as a forked child.
    let copy = alarm.pidfd.try_clone().expect("there are descriptors");
    drop(alarm);
    assert!(!is_readable(&wakers));
    drop(copy);
}

#[test]
fn the_last_descriptors_are_left_to_others() {
    assert!(leaves_enough(1000, None));
    assert!(leaves_enough(1007, Some(1024)));
    assert!(!leaves_enough(1008, Some(1024)));
    assert!(!leaves_enough(3, Some(10)));
}
