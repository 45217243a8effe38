use hakurei_hst::{State, template};

use super::*;
use crate::format::{self, Format};
use crate::owner::{BootId, Owner};

fn doubt(owner: &Owner, here: &Surroundings) -> Doubt {
    let state = State { config: template(), ..State::default() };
    let entry = format::encode(&state, owner, Format::Cbor).unwrap();
    let front = format::decode_front(&entry).unwrap();
    Doubt::about(&front.summary, here)
}

#[test]
fn why_nothing_is_known_is_said_for_each_reason() {
    let here = Surroundings::of_this_process();
    let complete = Owner::of(std::process::id().into(), 0);
    assert_eq!(doubt(&complete, &here), Doubt::Kernel);
    for incomplete in [
        Owner { boot: None, ..complete },
        Owner { pid_namespace: None, ..complete },
        Owner { monitor: None, ..complete },
    ] {
        assert_eq!(doubt(&incomplete, &here), Doubt::Unrecorded, "{incomplete:?}");
        assert_eq!(doubt(&incomplete, &Surroundings::without_namespaces()), Doubt::Proc);
    }
    let before = Owner { boot: Some(BootId::of_the_kernel([7; 16])), ..complete };
    assert_eq!(doubt(&before, &here), Doubt::Boot);
    let elsewhere = complete.pid_namespace.map(|inode| inode + 1);
    let elsewhere = Owner { pid_namespace: elsewhere, ..complete };
    assert_eq!(doubt(&elsewhere, &here), Doubt::Namespace);
}

#[test]
fn of_what_go_wrote_nothing_is_known_but_by_namespaces_and_clocks() {
    let state = State { config: template(), ..State::default() };
    let mut entry = format::encode(&state, &Owner::default(), Format::Gob).unwrap();
    // What Go writes ends there.
    let trailer = entry.windows(7).rposition(|bytes| bytes == b"hkowner").unwrap();
    entry.truncate(trailer);
    let front = format::decode_front(&entry).unwrap();
    // Those that a machine starts with.
    let expected = match ["pid", "user"].map(proc::namespace) {
        [Some(0xEFFF_FFFC), Some(0xEFFF_FFFD)] => Doubt::Clocks,
        [Some(0xEFFF_FFFC), _] => Doubt::Users,
        _ => Doubt::Numbers,
    };
    assert_eq!(Doubt::about(&front.summary, &Surroundings::of_this_process()), expected);
    let nowhere = Surroundings::without_namespaces();
    assert_eq!(Doubt::about(&front.summary, &nowhere), Doubt::Numbers);
}

#[test]
fn each_reason_has_words_of_its_own() {
    let doubts = [
        Doubt::Proc,
        Doubt::Unrecorded,
        Doubt::Boot,
        Doubt::Namespace,
        Doubt::Numbers,
        Doubt::Users,
        Doubt::Clocks,
        Doubt::Kernel,
    ];
    let words: std::collections::BTreeSet<String> =
        doubts.iter().map(|doubt| Refusal::NotKnown(*doubt).to_string()).collect();
    assert!(words.len() == doubts.len() && words.iter().all(|words| words.len() > 20), "{words:?}");
    assert_eq!(Refusal::Ended.to_string(), "it has ended");
}
