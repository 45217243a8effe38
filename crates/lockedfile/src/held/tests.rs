use super::*;

const HERE: Generation = Generation(2);
const PARENT: Generation = Generation(1);

fn inode(number: u64) -> Inode {
    Inode { device: 1, number }
}

#[test]
fn no_lock_is_taken_twice_by_one_thread() {
    insert(HERE, inode(1), None);
    assert_eq!(conflict(HERE, inode(1), None), Some(Conflict::Itself));
    assert_eq!(conflict(HERE, inode(1), Some(Rank(9))), Some(Conflict::Itself));
    assert_eq!(conflict(HERE, inode(2), None), None);
    remove(HERE, inode(1));
    assert_eq!(conflict(HERE, inode(1), None), None);
}

#[test]
fn ranks_only_go_up() {
    insert(HERE, inode(1), Some(Rank(2)));
    let order = |wanted| Some(Conflict::Order { held: Rank(2), wanted: Rank(wanted) });
    assert_eq!(conflict(HERE, inode(2), Some(Rank(1))), order(1));
    assert_eq!(conflict(HERE, inode(2), Some(Rank(2))), order(2));
    assert_eq!(conflict(HERE, inode(2), Some(Rank(3))), None);
    assert_eq!(conflict(HERE, inode(2), None), None, "without a rank, outside of the order");
    insert(HERE, inode(3), None);
    assert_eq!(conflict(HERE, inode(2), Some(Rank(1))), order(1), "not hidden by a later one");
}

#[test]
fn the_highest_rank_counts_whichever_was_released() {
    insert(HERE, inode(1), Some(Rank(1)));
    insert(HERE, inode(2), Some(Rank(2)));
    remove(HERE, inode(1));
    let order = Conflict::Order { held: Rank(2), wanted: Rank(2) };
    assert_eq!(conflict(HERE, inode(3), Some(Rank(2))), Some(order));
}

#[test]
fn what_the_parent_held_does_not_count() {
    insert(PARENT, inode(1), Some(Rank(2)));
    assert_eq!(conflict(HERE, inode(1), Some(Rank(1))), None);
    insert(HERE, inode(1), None);
    remove(HERE, inode(1));
    assert_eq!(conflict(PARENT, inode(1), None), Some(Conflict::Itself), "only its own is removed");
}

#[test]
fn another_thread_holds_nothing() {
    insert(HERE, inode(1), None);
    let elsewhere = std::thread::spawn(|| conflict(HERE, inode(1), None));
    assert_eq!(elsewhere.join().unwrap(), None);
}
