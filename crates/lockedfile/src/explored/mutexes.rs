//! Whole mutexes: never two guards of one file, and no thread waits for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use shuttle::thread;

use super::places::Files;
use super::{Inside, explore};
use crate::{LockErrorKind, Mode, Mutex, Rank, Wait};

#[test]
fn mutexes_of_one_file_exclude_each_other() {
    let files = Files::new(1);
    explore(move || {
        let name = files.name();
        let (inside, shared) = (Arc::new(Inside::default()), Arc::new(Mutex::at(name.clone())));
        let takers: Vec<_> = (0..3)
            .map(|number| {
                let (inside, name, shared) = (Arc::clone(&inside), name.clone(), shared.clone());
                thread::spawn(move || match number {
                    // One has a mutex of its own, two have one in common.
                    0 => hold(&Mutex::at(name), &inside),
                    _ => hold(&shared, &inside),
                })
            })
            .collect();
        takers.into_iter().for_each(|taker| taker.join().unwrap());
    });
}

fn hold(mutex: &Mutex<super::places::Name>, inside: &Inside) {
    let guard = mutex.lock().unwrap();
    inside.alone();
    assert!(mutex.place().is_refused_to_others(), "another process would be let in");
    guard.unlock().unwrap();
    if let Some(guard) = mutex.try_lock().unwrap() {
        inside.alone();
        assert!(mutex.place().is_refused_to_others(), "another process would be let in");
        drop(guard);
    }
}

#[test]
fn sharers_stand_beside_each_other_and_nobody_else() {
    let files = Files::new(1);
    let most = Arc::new(AtomicU32::new(0));
    let met = Arc::clone(&most);
    explore(move || {
        let mutex = Arc::new(Mutex::at(files.name()));
        let inside = Arc::new(Inside::default());
        let takers: Vec<_> = [Mode::Shared, Mode::Exclusive, Mode::Shared]
            .map(|mode| {
                let (inside, mutex, met) = (inside.clone(), mutex.clone(), met.clone());
                thread::spawn(move || {
                    let guard = mutex.lock_with(mode, Wait::forever()).unwrap();
                    match mode {
                        Mode::Exclusive => inside.alone(),
                        Mode::Shared => drop(met.fetch_max(inside.sharing(), SeqCst)),
                    }
                    drop(guard);
                })
            })
            .into();
        takers.into_iter().for_each(|taker| taker.join().unwrap());
    });
    assert_eq!(most.load(SeqCst), 1, "in some order, two share it");
}

#[test]
fn a_file_that_is_replaced_while_it_is_free_is_never_held_beside_its_successor() {
    let files = Files::new(2);
    explore(move || {
        let name = files.name();
        let inside = Arc::new(Inside::default());
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let (inside, mutex) = (Arc::clone(&inside), Mutex::at(name.clone()));
                thread::spawn(move || {
                    for _ in 0..2 {
                        let guard = mutex.lock().unwrap();
                        inside.alone();
                        drop(guard);
                    }
                })
            })
            .collect();
        for _ in 0..3 {
            thread::yield_now();
            if inside.is_empty() {
                name.replace();
                break;
            }
        }
        takers.into_iter().for_each(|taker| taker.join().unwrap());
    });
}

#[test]
fn a_thread_that_would_wait_for_itself_is_told_so() {
    let files = Files::new(1);
    explore(move || {
        let (name, inside) = (files.name(), Arc::new(Inside::default()));
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let (name, inside) = (name.clone(), Arc::clone(&inside));
                thread::spawn(move || {
                    let (first, second) = (Mutex::at(name.clone()), Mutex::at(name));
                    let guard = first.lock().expect("nothing of another thread is in the way");
                    inside.alone();
                    let error = second.lock().expect_err("this thread holds it");
                    assert_eq!(error.kind(), LockErrorKind::Deadlock);
                    drop(guard);
                    drop(second.lock().expect("it no longer does"));
                })
            })
            .collect();
        takers.into_iter().for_each(|taker| taker.join().unwrap());
    });
}

#[test]
fn locks_that_are_taken_in_two_orders_do_not_wait_for_each_other() {
    let (first, second) = (Files::new(1), Files::new(1));
    explore(move || {
        let low = Arc::new(Mutex::at(first.name()).ranked(Rank(1)));
        let high = Arc::new(Mutex::at(second.name()).ranked(Rank(2)));
        let upwards = {
            let (low, high) = (Arc::clone(&low), Arc::clone(&high));
            thread::spawn(move || {
                let held = low.lock().unwrap();
                drop(high.lock().expect("that is the order"));
                drop(held);
            })
        };
        let held = high.lock().unwrap();
        let error = low.lock().expect_err("that is against the order");
        assert_eq!(error.kind(), LockErrorKind::Deadlock);
        drop(held);
        upwards.join().unwrap();
    });
}
