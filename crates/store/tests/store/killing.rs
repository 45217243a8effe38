//! Whom a signal reaches, by the verdict on the entry. The signal here is one that nobody minds.

use hakurei_hst::State;
use hakurei_store::{ErrorKind, Life, Member, Role, Signal, View};

use crate::verdicts::{
    CORRUPT, DEAD, MONITORED, Menagerie, NEWER, ORPHANED, RUNNING, TRUNCATED, UNKNOWN,
};
use crate::{id, identity};

fn view(menagerie: &Menagerie, count: u8) -> View<'static> {
    let entry = menagerie.scene.store.entry(identity(7), id(count));
    entry.expect("read").expect("there")
}

fn told(member: &Member) -> (Role, i64, Life) {
    (member.role(), member.pid().into(), member.life())
}

#[test]
fn the_processes_that_an_entry_names_are_told() {
    let menagerie = Menagerie::new();
    let members = |count| view(&menagerie, count).members().iter().map(told).collect::<Vec<_>>();
    let itself = std::process::id().into();
    for count in [RUNNING, MONITORED] {
        assert_eq!(members(count), [(Role::Monitor, itself, Life::Alive)]);
    }
    let State { pid, shim_pid, .. } = view(&menagerie, ORPHANED).state().expect("whole");
    let expected = [(Role::Monitor, pid, Life::Gone), (Role::Shim, shim_pid, Life::Alive)];
    assert_eq!(members(ORPHANED), expected);
    for count in [UNKNOWN, CORRUPT, NEWER, TRUNCATED] {
        assert_eq!(members(count), [], "{count}");
    }
}

#[test]
fn a_signal_reaches_whom_the_entry_lives_by_or_nobody() {
    let menagerie = Menagerie::new();
    let signal: Signal = "CONT".parse().expect("there is one");
    let kill = |count| menagerie.scene.store.kill(identity(7), id(count), signal);
    let itself = std::process::id().into();
    for count in [RUNNING, MONITORED] {
        let member = kill(count).expect("signalled");
        assert_eq!(told(&member), (Role::Monitor, itself, Life::Alive));
    }
    let shim = view(&menagerie, ORPHANED).state().expect("whole").shim_pid;
    let member = kill(ORPHANED).expect("signalled");
    assert_eq!(told(&member), (Role::Shim, shim, Life::Alive));
    for (count, kind) in [
        (DEAD, ErrorKind::Ended),
        (UNKNOWN, ErrorKind::Refused),
        (CORRUPT, ErrorKind::Corrupt),
        (NEWER, ErrorKind::Newer),
        (TRUNCATED, ErrorKind::Corrupt),
        (99, ErrorKind::NotFound),
    ] {
        let error = kill(count).expect_err("nobody is there");
        assert_eq!(error.kind(), kind, "{count}: {}", error.message());
    }
}
