use std::time::Duration;

use super::*;

/// A file that no other test has: no filesystem has such a device.
fn inode(number: u64) -> Inode {
    Inode { device: u64::MAX, number }
}

#[test]
fn one_file_has_one_line_and_another_file_another() {
    let (line, same, other) = (Line::of(inode(1)), Line::of(inode(1)), Line::of(inode(2)));
    let turn = line.turn_now(Mode::Exclusive);
    assert!(turn.is_some());
    assert!(same.turn_now(Mode::Exclusive).is_none());
    assert!(same.turn(Mode::Shared, Patience::For(Duration::from_micros(1))).is_none());
    assert!(other.turn_now(Mode::Exclusive).is_some());
    drop(turn);
    assert!(same.turn(Mode::Exclusive, Patience::Endless).is_some());
}

#[test]
fn sharers_stand_beside_each_other() {
    let line = Line::of(inode(3));
    let turn = line.turn_now(Mode::Shared);
    assert!(turn.is_some());
    assert!(line.turn_now(Mode::Shared).is_some());
    assert!(line.turn_now(Mode::Exclusive).is_none());
}

#[test]
fn nothing_is_left_of_ten_thousand_lines() {
    let inodes = || (10_000..20_000).map(inode);
    for inode in inodes() {
        drop(Line::of(inode));
    }
    let lines: Vec<_> = inodes().map(Line::of).collect();
    assert!(inodes().all(is_registered));
    drop(lines);
    assert!(!inodes().any(is_registered));
}

#[test]
fn a_turn_keeps_its_line() {
    let turn = Line::of(inode(4)).turn_now(Mode::Exclusive);
    assert!(turn.is_some());
    assert!(Line::of(inode(4)).turn_now(Mode::Exclusive).is_none());
    drop(turn);
    assert!(!is_registered(inode(4)));
}

#[test]
fn who_leaves_late_does_not_take_another_line_off() {
    let line = Line::of(inode(5));
    // The end of a line that was there before, whose place this one has taken meanwhile.
    drop(Key { process: Generation::current(), inode: inode(5) });
    assert!(is_registered(inode(5)));
    // And of one that the parent had, of which a forked child knows nothing.
    drop(line);
    let line = Line::of(inode(5));
    drop(Key { process: Generation(0), inode: inode(5) });
    assert!(is_registered(inode(5)));
    drop(line);
}
