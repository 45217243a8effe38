//! How many instructions the hot operations take in this program, counted under valgrind; the kernel's
//! are not counted. `cargo xtask instructions` runs them and holds them against their baseline.
#![expect(missing_docs, reason = "the macros make public items, and nobody can use them")]
#![expect(clippy::disallowed_methods, reason = "the macro of the main function exits")]
#![expect(clippy::expect_used, reason = "what fails here has nobody to tell")]

use std::hint::black_box;
use std::ops::ControlFlow;

use gungraun::prelude::*;
use hakurei_check::Absolute;
use hakurei_hst::{State, template};
use hakurei_store::{Format, Handle, Lease, Record, Segment, Store, decode, new_instance_id};
use tempfile::TempDir;

/// How many instances there are in the store, all in one segment.
const COUNT: usize = 32;

/// A store that everything has been done in once, so that nothing is counted that happens once.
struct Warm {
    store: Store,
    handle: &'static Handle,
    state: State,
    leases: Vec<Lease>,
    _directory: TempDir,
}

/// The same, while the segment's lock is held.
struct Locked {
    segment: Segment<'static>,
    warm: Warm,
}

fn state() -> State {
    State {
        id: new_instance_id().expect("the kernel has random bytes"),
        pid: std::process::id().into(),
        config: template(),
        ..State::default()
    }
}

fn warm() -> Warm {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let base = Absolute::try_from(directory.path().join("state")).expect("it is absolute");
    let store = Store::new(base);
    let states: Vec<State> = (0..COUNT).map(|_| state()).collect();
    let handle = store.handle(states[0].config.identity).expect("the segment can be made");
    let handle: &'static Handle = Box::leak(Box::new(handle));
    let save = |state| handle.save(&Record::new(state).expect("it is valid")).expect("it is saved");
    let leases = states.iter().map(save).collect();
    let warm = Warm { store, handle, state: state(), leases, _directory: directory };
    list(&warm);
    save(&warm.state).destroy().expect("it is taken away");
    warm
}

fn locked() -> Locked {
    let warm = warm();
    let segment = warm.handle.lock().expect("nobody holds the lock");
    let id = warm.leases[0].id();
    segment.entry(id).load().expect("it is whole");
    Locked { segment, warm }
}

/// Has malloc join what the preparation has freed, so that it is counted for nobody: glibc puts that off
/// until somebody asks for more than a kilobyte (`malloc_consolidate`).
fn settled<T>(prepared: T) -> T {
    drop(black_box(Vec::<u8>::with_capacity(64 * 1024)));
    prepared
}

fn list(warm: &Warm) {
    let _visited = warm.store.visit(|view| {
        let view = view.expect("there are only entries");
        black_box((view.verdict(), view.summary().expect("it is whole")));
        ControlFlow::<()>::Continue(())
    });
}

fn record_of(format: Format) -> Record {
    let record = Record::in_format(&state(), format).expect("it is valid");
    decode(record.as_bytes()).expect("it is whole");
    record
}

#[library_benchmark]
#[bench::cbor(settled(warm()))]
fn encode(warm: Warm) -> Warm {
    black_box(Record::new(&warm.state).expect("it is valid"));
    warm
}

#[library_benchmark]
#[bench::cbor(settled(record_of(Format::Cbor)))]
#[bench::gob(settled(record_of(Format::Gob)))]
fn decoding(record: Record) -> Record {
    black_box(decode(record.as_bytes()).expect("it is whole"));
    record
}

#[library_benchmark]
#[bench::warm(settled(warm()))]
fn lock(warm: Warm) -> Warm {
    warm.handle.lock().expect("nobody holds it").unlock().expect("it is held");
    warm
}

#[library_benchmark]
#[bench::warm(settled(warm()))]
fn save(warm: Warm) -> Warm {
    let record = Record::new(&warm.state).expect("it is valid");
    let lease = warm.handle.save(&record).expect("the id is free");
    lease.destroy().expect("it is there");
    warm
}

#[library_benchmark]
#[bench::warm(settled(locked()))]
fn header(locked: Locked) -> Locked {
    let entry = locked.segment.entry(locked.warm.leases[1].id());
    black_box(entry.header().expect("it is whole"));
    locked
}

#[library_benchmark]
#[bench::warm(settled(locked()))]
fn summary(locked: Locked) -> Locked {
    black_box(locked.segment.entry(locked.warm.leases[1].id()).view().expect("it is there"));
    locked
}

#[library_benchmark]
#[bench::warm(settled(locked()))]
fn full(locked: Locked) -> Locked {
    let entry = locked.segment.entry(locked.warm.leases[1].id());
    black_box(entry.load().expect("it is whole"));
    locked
}

#[library_benchmark]
#[bench::ids_of_32(settled(warm()))]
fn ids(warm: Warm) -> Warm {
    black_box(warm.store.ids().expect("it can be listed").count());
    warm
}

#[library_benchmark]
#[bench::summaries_of_32(settled(warm()))]
fn listing(warm: Warm) -> Warm {
    list(&warm);
    warm
}

library_benchmark_group!(
    name = operations,
    benchmarks = [encode, decoding, lock, save, header, summary, full, ids, listing]
);

main!(library_benchmark_groups = operations);
