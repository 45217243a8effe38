use std::fs::File;

use super::*;
use crate::{Absolute, Guard, Mutex, Rank, Visibility};

struct Scene {
    _directory: tempfile::TempDir,
    paths: Vec<Absolute>,
    mutexes: Vec<Mutex>,
}

impl Scene {
    fn new(count: u8) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |number: u8| Absolute::try_from(directory.path().join(number.to_string()));
        let paths: Vec<_> = (0..count).map(|number| path(number).unwrap()).collect();
        let ranked = |(rank, path): (u8, &Absolute)| Mutex::at(path.clone()).ranked(Rank(rank));
        let mutexes: Vec<_> = (0..count).zip(&paths).map(ranked).collect();
        for mutex in &mutexes {
            mutex.open().unwrap();
        }
        Self { _directory: directory, paths, mutexes }
    }

    fn lock(&self, numbers: impl Iterator<Item = usize>) -> Vec<Guard<'_, Absolute>> {
        numbers.map(|number| self.mutexes[number].lock().unwrap()).collect()
    }

    fn open(&self, number: usize) -> File {
        File::open(self.paths[number].as_path()).unwrap()
    }
}

#[test]
fn many_files_are_answered_in_the_order_of_the_questions() {
    let scene = Scene::new(20);
    let guards = scene.lock((0..20).step_by(2));
    let mut inquiry = Inquiry::new();
    for number in (0..20).rev() {
        // The descriptor is closed again before the answer.
        inquiry.add(scene.open(number)).unwrap();
    }
    let holders = inquiry.holders();
    assert_eq!(holders.len(), 20);
    for (number, holder) in (0..20).rev().zip(holders) {
        let expected = (number % 2 == 0).then(sys::process_id);
        assert_eq!(holder.pid(), expected, "{number}");
        assert_eq!(holder.recorded_by(), expected, "{number}");
        let visibility = expected.map_or(Visibility::Hidden, |_| Visibility::Confirmed);
        assert_eq!(holder.visibility(), visibility, "{number}");
    }
    drop(guards);
}

#[test]
fn a_file_that_is_asked_about_twice_is_answered_twice() {
    let scene = Scene::new(1);
    let guards = scene.lock(0..1);
    let mut inquiry = Inquiry::new();
    inquiry.add(scene.open(0)).unwrap();
    inquiry.add(scene.open(0)).unwrap();
    let [first, second] = &inquiry.holders()[..] else { panic!("there are two") };
    assert_eq!(first, second);
    assert_eq!(first.pid(), Some(sys::process_id()));
    drop(guards);
}

#[test]
fn nobody_is_asked_about_and_nobody_is_named() {
    assert!(Inquiry::new().holders().is_empty());
    assert!(!Inquiry::new().is_recorded());
}

#[test]
fn the_holder_of_any_open_file_is_named() {
    let scene = Scene::new(1);
    let guards = scene.lock(0..1);
    let holder = Holder::of(scene.open(0)).unwrap();
    assert_eq!(holder.visibility(), Visibility::Confirmed);
    assert_eq!(holder.pid(), Some(sys::process_id()));
    drop(guards);
}

#[test]
fn a_process_holds_what_it_has_the_locked_descriptor_of() {
    let scene = Scene::new(1);
    let (file, itself) = (scene.open(0), sys::process_id());
    assert_eq!(is_held_by(&file, itself).unwrap(), Some(false));
    let guards = scene.lock(0..1);
    assert_eq!(is_held_by(&file, itself).unwrap(), Some(true));
    // Beyond the greatest number that the kernel gives.
    assert_eq!(is_held_by(&file, 0x7fff_ffff).unwrap(), None);
    drop(guards);
    assert_eq!(is_held_by(&file, itself).unwrap(), Some(false));
}
