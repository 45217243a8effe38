//! The registry: one line for each inode, for as long as anybody stands in it.

use std::sync::Arc;

use shuttle::thread;

use super::{Inside, explore};
use crate::registry::{Line, is_registered};
use crate::wait::Patience;
use crate::{Inode, Mode};

/// No file has it.
const INODE: Inode = Inode { device: u64::MAX, number: 1971 };

#[test]
fn threads_that_come_and_go_find_one_line_and_leave_none() {
    explore(|| {
        let inside = Arc::new(Inside::default());
        let comers: Vec<_> = (0..3)
            .map(|_| {
                let inside = Arc::clone(&inside);
                thread::spawn(move || {
                    // Twice, so that a line may end while another thread looks for it.
                    for _ in 0..2 {
                        let turn = Line::of(INODE).turn(Mode::Exclusive, Patience::Endless);
                        inside.alone();
                        assert!(is_registered(INODE), "the line of a lock that is held was lost");
                        drop(turn);
                    }
                })
            })
            .collect();
        comers.into_iter().for_each(|comer| comer.join().unwrap());
        assert!(!is_registered(INODE), "a line is left that nobody stands in");
    });
}

#[test]
fn a_line_that_ends_is_not_taken_for_the_next_one() {
    explore(|| {
        let (keeper, leaver) = (Line::of(INODE), Line::of(INODE));
        let leaving = thread::spawn(move || drop(leaver));
        let other = thread::spawn(|| drop(Line::of(INODE)));
        drop(keeper);
        let turn = Line::of(INODE).turn_now(Mode::Exclusive);
        assert!(turn.is_some(), "nobody has taken a turn");
        leaving.join().unwrap();
        other.join().unwrap();
        assert!(Line::of(INODE).turn_now(Mode::Shared).is_none(), "the turn is on another line");
        drop(turn);
        assert!(!is_registered(INODE), "a line is left that nobody stands in");
    });
}
