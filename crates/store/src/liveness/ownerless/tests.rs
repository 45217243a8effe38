use std::process::{Command, Stdio};

use super::*;

const FOREVER: Duration = Duration::from_secs(1 << 40);

#[test]
fn a_number_is_judged_by_whose_it_is_and_when_that_began() {
    let user = sys::effective_uid();
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let pid = i64::from(child.id());
    let judge = |uid, written| judge_one(pid, Whose::User(uid), written).life;
    // Nobody knows users in a namespace of their own.
    let known = |life| if proc::is_first_user_namespace() { life } else { Life::NotKnown };
    assert_eq!(judge(user, sys::realtime()), known(Life::Alive));
    assert_eq!(judge(user, FOREVER), known(Life::Alive));
    assert_eq!(judge(user, Duration::ZERO), Life::NotKnown, "only by the clocks it is another");
    assert_eq!(judge(user.wrapping_add(1), FOREVER), known(Life::Gone));
    drop(child.stdin.take());
    child.wait().unwrap();
    assert_eq!(judge(user, FOREVER), Life::Gone);
    for nobody in [0, -1, i64::MAX] {
        assert_eq!(judge_one(nobody, Whose::User(user), FOREVER).life, Life::NotKnown);
    }
}

#[test]
fn a_shim_is_of_its_identity_whosever_subordinate_it_is() {
    let (offset, start) = (hakurei_hst::USER_OFFSET, hakurei_hst::APP_START);
    for user in [0, 1, 7] {
        assert!(Whose::Identity(9).is(user * offset + start + 9));
        assert!(!Whose::Identity(9).is(user * offset + start + 8));
        assert!(!Whose::Identity(9).is(user * offset + 9));
    }
    assert!(Whose::User(1000).is(1000));
    assert!(!Whose::User(1000).is(1001));
}

#[test]
fn numbers_of_another_namespace_say_nothing() {
    let written = Written { at: FOREVER, pid: std::process::id().into(), shim_pid: 0 };
    let judged = judge(&written, sys::effective_uid(), 0, &Surroundings::without_namespaces());
    assert_eq!(judged.map(|one| one.life), [Life::NotKnown; 2]);
    let here = Surroundings::of_this_process();
    if here.is_first_pid_namespace() && proc::is_first_user_namespace() {
        let judged = judge(&written, sys::effective_uid(), 0, &here);
        assert_eq!(judged.map(|one| one.life), [Life::Alive, Life::Gone]);
    }
}
